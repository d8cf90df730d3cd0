//! A published crate as a folder that can be changed and built.

use crate::{
    diagnostics::Diagnostic,
    functions::{self, Function},
    root,
    source::{copy, published},
    subjects::Subject,
};
use std::{
    collections::BTreeSet,
    error::Error,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The attribute, by a path that no name of the crate hides.
const ATTRIBUTE: &str = "#[::resilient_runtime::resilient] ";
/// No attribute of this name exists, so that the compiler reports each function that it sees.
const UNKNOWN: &str = "#[resilient_realcode_unknown] ";

/// A file of the crate, as it was published.
pub struct File {
    pub path: PathBuf,
    /// The path in messages of the compiler.
    name: String,
    text: String,
    functions: Vec<Function>,
}

/// The copy of a crate, and its files as they were published.
pub struct Package<'s> {
    pub subject: &'s Subject,
    pub folder: PathBuf,
    pub target: PathBuf,
    pub files: Vec<File>,
}

/// A function by the index of its file, and its own in the file.
pub type Id = (usize, usize);

impl<'s> Package<'s> {
    /// Fetches the crate by cargo and copies it into `target/realcode`.
    pub fn fetch(subject: &'s Subject, has_kit: bool) -> Result<Self> {
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
        let mut features = subject.runtime_features.to_vec();
        features.extend(has_kit.then_some("testing"));
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
        self.write(UNKNOWN, &all, &BTreeSet::new())?;
        let check = self.check(&[])?;
        let unknown = |diagnostic: &&Diagnostic| diagnostic.message.contains("resilient_realcode_");
        let blamed = check.diagnostics.iter().filter(unknown);
        Ok(blamed
            .filter_map(|diagnostic| self.blame(diagnostic, &all))
            .collect())
    }

    /// Writes all files, with the attribute on these functions.
    pub fn annotate(&self, on: &BTreeSet<Id>) -> Result<()> {
        self.write(ATTRIBUTE, on, &BTreeSet::new())
    }

    /// The same, and code is generated for those of `rooted` that have a root.
    pub fn annotate_rooted(&self, on: &BTreeSet<Id>, rooted: &BTreeSet<Id>) -> Result<()> {
        self.write(ATTRIBUTE, on, rooted)
    }

    fn write(&self, attribute: &str, on: &BTreeSet<Id>, rooted: &BTreeSet<Id>) -> Result<()> {
        for (index, file) in self.files.iter().enumerate() {
            let mut texts = Vec::new();
            for (number, function) in file.functions.iter().enumerate() {
                if on.contains(&(index, number)) {
                    texts.push((function.at, attribute));
                }
                if let Some(root) = function.root.as_deref()
                    && rooted.contains(&(index, number))
                {
                    texts.push((function.end, root));
                }
            }
            if file.name == "src/lib.rs" && !rooted.is_empty() {
                texts.push((file.text.len(), root::POLL));
            }
            let text = functions::insert(&file.text, texts);
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
}
