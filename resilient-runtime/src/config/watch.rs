//! Reads the file again when it changes.

use super::{ConfigFileError, load, store::report};
use std::{
    fmt, fs, io,
    panic::catch_unwind,
    path::{Path, PathBuf},
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread,
    time::{Duration, SystemTime},
};

/// Watches a file until it is dropped; see [`watch`].
pub struct Watching {
    /// The thread ends when this is gone.
    _running: Sender<()>,
}

/// The time between two looks at the file. A change has to last as long, so that a file that is
/// being written is read when it is whole.
const INTERVAL: Duration = Duration::from_millis(500);

/// The features that tell a file from the one before: a rename in its place, a link that leads
/// elsewhere, and its end are changes, too.
#[derive(PartialEq, Eq)]
struct Seen {
    modified: Option<SystemTime>,
    length: u64,
    target: Option<PathBuf>,
    identity: Identity,
}

/// Loads a file as [`load`] does, and reads it again when it changes: written in place, replaced
/// by a rename, or behind a link that leads elsewhere. A thread looks at it twice a second, which
/// works on every file system. A change is read when it has lasted for one such interval.
///
/// A file that is not accepted, or is gone, leaves the values before in effect, and one event
/// `configuration rejected` says so. Dropping what this returns ends the watch, not the values.
///
/// # Errors
/// As [`load`], and if no thread can be started.
#[must_use = "dropping it ends the watch"]
pub fn watch(path: impl Into<PathBuf>) -> Result<Watching, ConfigFileError> {
    let path = path.into();
    // Before it is read: a change in between is one.
    let mut read = look(&path);
    load(&path)?;
    let (running, stopped) = channel();
    let watched = path.clone();
    let look_again = move || {
        let mut last = look(&watched);
        let (mut is_unreadable, mut reported) = (false, None);
        while stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
            let now = look(&watched);
            if now != last {
                last = now;
            } else if now != read || is_unreadable {
                read = now;
                // A subscriber that panics does not end the watch.
                let loaded = catch_unwind(|| load(&*watched));
                let error = loaded.ok().and_then(Result::err);
                is_unreadable = error.as_ref().is_some_and(|it| it.is_unreadable);
                let error = error.map(|it| it.to_string());
                // An unreadable file is tried again, and reported once.
                if let Some(error) = error.as_ref().filter(|_| error != reported) {
                    let _ = catch_unwind(|| report(std::slice::from_ref(error)));
                }
                reported = error;
            }
        }
    };
    let builder = thread::Builder::new().name("resilient-config".to_owned());
    let started: io::Result<_> = builder.spawn(look_again);
    started.map_err(|error| ConfigFileError::unreadable(&path, &error))?;
    Ok(Watching { _running: running })
}

/// The file as it is; `None` if there is none.
fn look(path: &Path) -> Option<Seen> {
    let metadata = fs::metadata(path).ok()?;
    Some(Seen {
        modified: metadata.modified().ok(),
        length: metadata.len(),
        target: fs::canonicalize(path).ok(),
        identity: identity(&metadata),
    })
}

/// Device, number and time of the last change: a file may take the place of another one with the
/// same length and time, such as by `cp -p`.
#[cfg(unix)]
type Identity = (u64, u64, i64, i64);

#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;

    let (seconds, nanos) = (metadata.ctime(), metadata.ctime_nsec());
    (metadata.dev(), metadata.ino(), seconds, nanos)
}

#[cfg(not(unix))]
type Identity = ();

#[cfg(not(unix))]
const fn identity(_: &fs::Metadata) -> Identity {}

impl fmt::Debug for Watching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watching").finish_non_exhaustive()
    }
}
