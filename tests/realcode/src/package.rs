//! A published crate as a folder that can be changed and built.

use crate::{
    diagnostics::Diagnostic,
    functions::{self, Function},
    source::{copy, published},
    subjects::Subject,
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    error::Error,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The attribute, by a path that no name of the crate hides.
const ATTRIBUTE: &str = "#[::resilient_runtime::resilient]";
/// No attribute of this name exists, so that the compiler reports each function that it sees.
const UNKNOWN: &str = "#[resilient_realcode_unknown]";

/// A file of the crate, as it was published.
struct File {
    path: PathBuf,
    /// The path in messages of the compiler.
    name: String,
    text: String,
    functions: Vec<Function>,
}

/// The copy of a crate, and its files as they were published.
pub struct Package<'s> {
    subject: &'s Subject,
    folder: PathBuf,
    target: PathBuf,
    files: Vec<File>,
}

/// A function by the index of its file, and its own in the file.
pub type Id = (usize, usize);

impl<'s> Package<'s> {
    /// Fetches the crate by cargo and copies it into `target/realcode`.
    pub fn fetch(subject: &'s Subject) -> Result<Self> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .canonicalize()?;
        let work = workspace.join("target/realcode");
        let published = published(subject, &work.join("fetch").join(subject.name), &workspace)?;
        let folder = work.join("crates").join(subject.name);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let mut names = Vec::new();
        copy(&published, &folder, &mut names)?;
        // The dependencies that the workspace has are not fetched in a second version.
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let manifest = folder.join("Cargo.toml");
        let mut text = fs::read_to_string(&manifest)?;
        let path = workspace.join("resilient-runtime").display().to_string();
        let features = subject.runtime_features;
        write!(
            text,
            "\n[dependencies.resilient-runtime]\npath = {path:?}\nfeatures = {features:?}\n\n[workspace]\n",
        )?;
        fs::write(&manifest, text)?;
        let mut package = Self {
            subject,
            folder,
            target: work.join("build"),
            files: Vec::new(),
        };
        for path in names {
            let name = path
                .strip_prefix(&package.folder)?
                .to_string_lossy()
                .into_owned();
            if !name.starts_with("src/") {
                continue;
            }
            let mut text = fs::read_to_string(&path)?;
            for (file, from, to) in subject.edits {
                if *file == name {
                    if !text.contains(from) {
                        return Err(format!("{}: {name} has no {from:?}", subject.name).into());
                    }
                    text = text.replacen(from, to, 1);
                }
            }
            if name == subject.errors_in {
                text.push('\n');
                text.push_str(subject.errors);
            }
            let functions = functions::find(&text);
            fs::write(&path, &text)?;
            package.files.push(File {
                path,
                name,
                text,
                functions,
            });
        }
        Ok(package)
    }

    pub fn function(&self, (file, function): Id) -> Option<(&str, &Function)> {
        let file = self.files.get(file)?;
        Some((&file.name, file.functions.get(function)?))
    }

    /// All functions of all files, compiled or not.
    pub fn all(&self) -> BTreeSet<Id> {
        let functions = |(index, file): (usize, &File)| {
            (0..file.functions.len())
                .map(move |function| (index, function))
                .collect::<Vec<_>>()
        };
        self.files.iter().enumerate().flat_map(functions).collect()
    }

    /// The functions that the compiler sees with the features of the subject.
    pub fn compiled(&self) -> Result<BTreeSet<Id>> {
        let all = self.all();
        self.write(UNKNOWN, &all)?;
        let check = self.check(&[])?;
        let unknown = |diagnostic: &&Diagnostic| diagnostic.message.contains("resilient_realcode_");
        let blamed = check.diagnostics.iter().filter(unknown);
        Ok(blamed
            .filter_map(|diagnostic| self.blame(diagnostic, &all))
            .collect())
    }

    /// Writes all files, with the attribute on these functions.
    pub fn annotate(&self, on: &BTreeSet<Id>) -> Result<()> {
        self.write(ATTRIBUTE, on)
    }

    fn write(&self, attribute: &str, on: &BTreeSet<Id>) -> Result<()> {
        for (index, file) in self.files.iter().enumerate() {
            let chosen = file.functions.iter().enumerate();
            let chosen = chosen.filter(|(function, _)| on.contains(&(index, *function)));
            let text = functions::insert(&file.text, attribute, chosen.map(|(_, chosen)| chosen));
            // An unchanged file keeps its time, and what is built from it.
            if fs::read_to_string(&file.path)? != text {
                fs::write(&file.path, text)?;
            }
        }
        Ok(())
    }

    /// The innermost of these functions at the first place of the diagnostic that is in one.
    pub fn blame(&self, diagnostic: &Diagnostic, among: &BTreeSet<Id>) -> Option<Id> {
        diagnostic.places.iter().find_map(|(name, line)| {
            let index = self.files.iter().position(|file| file.name == *name)?;
            let functions = self.files.get(index)?.functions.iter().enumerate();
            let around = functions.filter(|(_, function)| {
                let (first, last) = function.lines;
                (first..=last).contains(line)
            });
            let ids = around.map(|(function, _)| (index, function));
            ids.rev().find(|id| among.contains(id))
        })
    }

    /// Runs `cargo check` on the library.
    pub fn check(&self, extra: &[&str]) -> Result<Check> {
        // Warnings of a cached build would be repeated, but its time would be none.
        let mut cargo = self.cargo("check");
        cargo.args(["--lib", "--message-format=json"]).args(extra);
        let start = Instant::now();
        let output = cargo.output()?;
        let time = start.elapsed();
        let text = String::from_utf8_lossy(&output.stdout);
        let diagnostics: Vec<Diagnostic> = text.lines().filter_map(Diagnostic::parse).collect();
        let passed = output.status.success();
        if !passed && !diagnostics.iter().any(|diagnostic| diagnostic.is_error) {
            return Err(failed("cargo check", &output));
        }
        Ok(Check {
            passed,
            diagnostics,
            time,
        })
    }

    /// Writes the errors in full to `target/realcode/errors`.
    pub fn report<'d>(&self, errors: impl Iterator<Item = &'d Diagnostic>) -> Result<()> {
        let path = self.target.with_file_name("errors");
        fs::create_dir_all(&path)?;
        let text: Vec<_> = errors.map(|error| error.rendered.as_str()).collect();
        Ok(fs::write(
            path.join(self.subject.name).with_extension("txt"),
            text.join(
                "
",
            ),
        )?)
    }

    /// Makes cargo build the crate again, though no file has another content.
    pub fn touch(&self) -> Result<()> {
        for file in &self.files {
            fs::write(&file.path, fs::read_to_string(&file.path)?)?;
        }
        Ok(())
    }

    /// The tests of the library that pass.
    pub fn tests(&self) -> Result<BTreeSet<String>> {
        let mut cargo = self.cargo("test");
        cargo
            .args(["--lib", "--no-fail-fast", "--"])
            .args(self.subject.tests.unwrap_or_default());
        let output = cargo.output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !text.contains("test result:") {
            return Err(failed("cargo test", &output));
        }
        let ok = text
            .lines()
            .filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... ok"));
        Ok(ok.map(str::to_owned).collect())
    }

    /// The bytes of machine code in the optimised library, with every function that needs no type.
    pub fn text_bytes(&self) -> Result<u64> {
        let mut cargo = self.cargo("rustc");
        cargo.args(["--lib", "--release", "--message-format=json"]);
        let output = cargo.args(["--", "-C", "link-dead-code"]).output()?;
        if !output.status.success() {
            return Err(failed("cargo rustc", &output));
        }
        let artifacts = String::from_utf8_lossy(&output.stdout);
        let library = artifacts.lines().rev().find_map(|line| {
            let line: Value = serde_json::from_str(line).ok()?;
            let files = line.get("filenames")?.as_array()?.iter();
            let mut names = files.filter_map(Value::as_str);
            names
                .find(|name| {
                    Path::new(name)
                        .extension()
                        .is_some_and(|extension| extension == "rlib")
                })
                .map(str::to_owned)
        });
        let library = library.ok_or("cargo rustc wrote no library")?;
        let output = Command::new("size").args(["-A", &library]).output()?;
        let sections = String::from_utf8_lossy(&output.stdout);
        let sizes = sections.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            words.next().filter(|name| name.starts_with(".text"))?;
            words.next()?.parse::<u64>().ok()
        });
        Ok(sizes.sum())
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .arg(command)
            .arg("--manifest-path")
            .arg(self.folder.join("Cargo.toml"));
        cargo
            .arg("--target-dir")
            .arg(&self.target)
            .stdin(Stdio::null());
        if let Some(features) = self.subject.features {
            cargo.args(["--no-default-features", "--features", features]);
        }
        // Flags of the caller, such as `-D warnings`, would end the count at the first warning.
        cargo.env_remove("RUSTFLAGS").env("CARGO_INCREMENTAL", "0");
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0");
        cargo
    }
}

/// A run of `cargo check`.
pub struct Check {
    pub passed: bool,
    pub diagnostics: Vec<Diagnostic>,
    pub time: Duration,
}

pub fn failed(command: &str, output: &Output) -> Box<dyn Error> {
    format!(
        "{command} failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    )
    .into()
}
