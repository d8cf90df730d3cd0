//! A child process that ends with its owner, and a temporary folder.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio, id},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// The time that a server may take to start. Java on a busy machine needs a few seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Killed when dropped, also when a test panics.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    /// Starts a program and reads its output until `ready` finds a line which says that it listens.
    ///
    /// # Errors
    /// The output, if the program ended or `PATIENCE` expired before that line.
    pub(crate) fn start<T>(
        program: &Path,
        arguments: &[&str],
        ready: impl Fn(&str) -> Option<T>,
    ) -> Result<(Self, T), String> {
        // One pipe for both streams, since programs disagree on the stream for such a line.
        let mut child = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 2>&1"#])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let output = child.stdout.take();
        let process = Self(child);
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let output = output.into_iter().map(BufReader::new);
            for line in output.flat_map(|output| output.split(b'\n')).flatten() {
                // Continues reading when the output is no longer needed, since a full pipe would
                // stop the server.
                let _ = sender.send(String::from_utf8_lossy(&line).into_owned());
            }
        });
        let mut printed = String::new();
        while let Ok(line) = lines.recv_timeout(PATIENCE) {
            if let Some(found) = ready(&line) {
                return Ok((process, found));
            }
            printed = printed + "\n" + &line;
        }
        Err(format!(
            "{} does not get ready:{printed}",
            program.display()
        ))
    }

    /// Sends a signal, for example `STOP`.
    pub(crate) fn signal(&self, signal: &str) {
        let signal = format!("-{signal}");
        let mut kill = Command::new("kill");
        let status = kill.args([&signal, &self.0.id().to_string()]).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An empty folder that is removed when dropped.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("resilient-servers-{}-{count}", id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
