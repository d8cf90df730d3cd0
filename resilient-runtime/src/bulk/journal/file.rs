//! The file of a journal: how it is opened, locked, repaired and written.

use super::{
    JournalError, JournalProblem,
    line::{Entry, Header},
};
use fs4::{FileExt, TryLockError};
use std::{
    collections::{HashMap, VecDeque},
    fs::{self, File, OpenOptions},
    io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _},
    path::Path,
    sync::Arc,
};

/// A journal that is open and locked. The system releases the lock when the process ends, in
/// whatever way.
pub(super) struct JournalFile {
    file: Arc<File>,
    path: Arc<Path>,
    length: u64,
}

/// The items that are done, by their keys: how many of each.
#[derive(Default)]
pub(super) struct Done {
    counts: HashMap<u128, usize>,
    /// With the number of the line.
    results: HashMap<u128, VecDeque<(u64, Box<str>)>>,
}

impl Done {
    /// Takes one item with this key, if there is one.
    pub(super) fn take(&mut self, key: u128) -> bool {
        match self.counts.get_mut(&key) {
            Some(1) => self.counts.remove(&key).is_some(),
            Some(count) => {
                *count = count.saturating_sub(1);
                true
            }
            None => false,
        }
    }

    /// The result of the item that was taken.
    pub(super) fn take_result(&mut self, key: u128) -> Option<(u64, Box<str>)> {
        let results = self.results.get_mut(&key)?;
        let result = results.pop_front();
        if results.is_empty() {
            self.results.remove(&key);
        }
        result
    }

    fn add(&mut self, key: u128, result: Option<(u64, Box<str>)>) {
        let count = self.counts.entry(key).or_default();
        *count = count.saturating_add(1);
        if let Some(result) = result {
            self.results.entry(key).or_default().push_back(result);
        }
    }
}

impl JournalFile {
    /// Opens or creates a journal, reads it, and removes a last line that is half-written.
    pub(super) fn open(path: &Arc<Path>, header: &Header) -> Result<(Self, Done), JournalError> {
        let problem = |problem| JournalError::new(path, problem);
        let io = |error| JournalError::io(path, error);
        if fs::metadata(path).is_ok_and(|it| !it.is_file()) {
            return Err(problem(JournalProblem::NotAJournal));
        }
        let file = options().open(path).map_err(io)?;
        match FileExt::try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(problem(JournalProblem::InUse)),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let mut journal = Self {
            file: Arc::new(file),
            path: Arc::clone(path),
            length: 0,
        };
        let mut done = Done::default();
        journal.read(header, &mut done)?;
        journal.repair().map_err(io)?;
        if journal.length == 0 {
            journal.write(header.line().as_bytes())?;
            journal.file.sync_all().map_err(io)?;
            sync_folder(path);
        }
        // It may have been removed between opening and locking.
        journal.sync_later().run()?;
        Ok((journal, done))
    }

    /// Reads all whole lines, and sets the length to theirs.
    fn read(&mut self, header: &Header, done: &mut Done) -> Result<(), JournalError> {
        let problem = |problem| Err(JournalError::new(&self.path, problem));
        let mut reader = BufReader::with_capacity(1 << 16, &*self.file);
        let mut text = Vec::new();
        for line in 1.. {
            text.clear();
            let read = reader.read_until(b'\n', &mut text);
            let read = read.map_err(|error| JournalError::io(&self.path, error))?;
            let whole = text.strip_suffix(b"\n");
            match (line, whole) {
                (1, Some(first)) => header
                    .check(first)
                    .map_err(|problem| JournalError::new(&self.path, problem))?,
                (1, None) if !Header::may_begin_with(&text) => {
                    return problem(JournalProblem::NotAJournal);
                }
                (_, None) => break,
                (_, Some(text)) => match Entry::parse(text, header.by_hash) {
                    Some(Entry::Done { key, result }) => {
                        done.add(key, header.results.then(|| (line, result.into())));
                    }
                    Some(Entry::Failed) => {}
                    None => return problem(JournalProblem::DamagedLine { line }),
                },
            }
            let read = u64::try_from(read).unwrap_or(u64::MAX);
            self.length = self.length.saturating_add(read);
        }
        Ok(())
    }

    /// Removes what is behind the last whole line.
    fn repair(&mut self) -> io::Result<()> {
        if self.file.metadata()?.len() > self.length {
            self.file.set_len(self.length)?;
        }
        (&*self.file).seek(SeekFrom::End(0))?;
        Ok(())
    }

    /// Writes lines, to the cache of the system.
    pub(super) fn write(&mut self, lines: &[u8]) -> Result<(), JournalError> {
        let written = (&*self.file).write_all(lines);
        written.map_err(|error| JournalError::io(&self.path, error))?;
        let written = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        self.length = self.length.saturating_add(written);
        Ok(())
    }

    pub(super) const fn path(&self) -> &Arc<Path> {
        &self.path
    }

    /// Brings what is written so far to the disk; to be run on a thread that may block.
    pub(super) fn sync_later(&self) -> SyncFile {
        SyncFile {
            file: Arc::clone(&self.file),
            path: Arc::clone(&self.path),
            length: self.length,
        }
    }
}

/// Releases the lock also while the file is still brought to the disk.
impl Drop for JournalFile {
    fn drop(&mut self) {
        // Closing the file releases it too.
        let _ = FileExt::unlock(&*self.file);
    }
}

/// Brings a journal to the disk.
pub(super) struct SyncFile {
    file: Arc<File>,
    path: Arc<Path>,
    length: u64,
}

impl SyncFile {
    /// Fails also if the file is no longer found at its path with all its lines.
    pub(super) fn run(self) -> Result<(), JournalError> {
        let synced = self.file.sync_data();
        let intact = synced.and_then(|()| self.is_intact());
        match intact {
            Ok(true) => Ok(()),
            Ok(false) => Err(JournalError::new(&self.path, JournalProblem::Replaced)),
            Err(error) => Err(JournalError::io(&self.path, error)),
        }
    }

    fn is_intact(&self) -> io::Result<bool> {
        let own = self.file.metadata()?;
        Ok(match fs::metadata(&self.path) {
            Ok(found) => is_same(&own, &found) && own.len() >= self.length,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(error),
        })
    }
}

#[cfg(unix)]
fn is_same(own: &fs::Metadata, found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (own.dev(), own.ino()) == (found.dev(), found.ino())
}

/// Other systems do not tell files apart.
#[cfg(not(unix))]
fn is_same(own: &fs::Metadata, found: &fs::Metadata) -> bool {
    own.len() == found.len()
}

/// For reading, and for writing at the end; only for the user, because results may be private.
#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = File::options();
    options.read(true).append(true).create(true).mode(0o600);
    options
}

/// Elsewhere, a file that is open for appending cannot be shortened.
#[cfg(not(unix))]
fn options() -> OpenOptions {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    options
}

/// Brings the name of a new file to the disk, where the system can.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
}
