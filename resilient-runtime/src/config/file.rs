//! Reads files, and puts them into effect.

use super::{
    error::{ConfigFileError, position},
    parse::{Config, LONGEST},
    store::{current, report},
};
use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Held while a file is read and put into effect.
static LOADING: Mutex<()> = Mutex::new(());

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and if the file is missing, is a directory or another thing that
    /// is no regular file, is larger than 1 MiB, or is not UTF-8.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ConfigFileError> {
        read(path.as_ref())
    }
}

fn read(path: &Path) -> Result<Config, ConfigFileError> {
    let name = path.display().to_string();
    let whole = |message: String| ConfigFileError::whole(&name, message);
    let unreadable = |error: &_| ConfigFileError::unreadable(path, error);
    // First, since opening a pipe would wait for its other end.
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
    if metadata.is_dir() {
        return Err(whole("it is a directory, not a file".to_owned()));
    }
    if !metadata.is_file() {
        return Err(whole("it is not a regular file".to_owned()));
    }
    let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX);
    let too_large = |size: u64| {
        let message = format!("{size} bytes are too many: at most {limit} are read");
        Err(whole(message))
    };
    if metadata.len() > limit {
        return too_large(metadata.len());
    }
    // It may grow meanwhile.
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() > LONGEST {
        return too_large(limit.saturating_add(1));
    }
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let (line, column) = position(&String::from_utf8_lossy(valid), valid.len());
        whole(format!("not UTF-8, from line {line}, column {column} on"))
    })?;
    Config::parse(text.strip_prefix('\u{feff}').unwrap_or(text), &name)
}

/// Reads a file and the environment variables, and puts them into effect:
/// [`Config::read`], [`Config::with_variables`] and [`Config::apply`].
///
/// # Errors
/// As these; nothing changes then.
pub fn load(path: impl Into<PathBuf>) -> Result<(), ConfigFileError> {
    let path = path.into();
    // From the reading on: of two at a time, the one that has read later wins.
    let loading = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
    let config = read(&path)?.with_variables(std::env::vars_os())?;
    let mistakes = config.apply_from(Some(path));
    drop(loading);
    report(&mistakes);
    Ok(())
}

/// Puts a text into effect, with the environment variables, as [`load`] does.
///
/// # Errors
/// As [`Config::parse`] and [`Config::with_variables`]; nothing changes then.
pub fn load_str(text: &str) -> Result<(), ConfigFileError> {
    let config = Config::parse(text, "configuration")?;
    config.with_variables(std::env::vars_os())?.apply();
    Ok(())
}

/// Puts the environment variables into effect, without a file.
///
/// # Errors
/// As [`Config::with_variables`]; nothing changes then.
pub fn from_env() -> Result<(), ConfigFileError> {
    Config::default()
        .with_variables(std::env::vars_os())?
        .apply();
    Ok(())
}

/// Reads the file of the last [`load`] again, and puts it into effect. Without one, the environment
/// variables are read again.
///
/// # Errors
/// As [`load`]. The values before stay in effect, and an event `configuration rejected` of level
/// WARN says so.
pub fn reload() -> Result<(), ConfigFileError> {
    let path = current().as_ref().and_then(|it| it.path.clone());
    let result = match path {
        Some(path) => load(path),
        None => from_env(),
    };
    if let Err(error) = &result {
        report(&[error.to_string()]);
    }
    result
}
