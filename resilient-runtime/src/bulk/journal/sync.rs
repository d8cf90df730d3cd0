//! The times at which a journal is brought to the disk.

use super::{JournalError, file::JournalFile};
use crate::{clock::Moment, timer::Timer};
use std::{
    io,
    path::Path,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::task::{JoinHandle, spawn_blocking};

/// Work on a thread that may block.
pub(super) struct Blocking<T> {
    path: Arc<Path>,
    task: JoinHandle<Result<T, JournalError>>,
}

impl<T: Send + 'static> Blocking<T> {
    pub(super) fn spawn(
        path: &Arc<Path>,
        work: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
    ) -> Self {
        Self {
            path: Arc::clone(path),
            task: spawn_blocking(work),
        }
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, JournalError>> {
        Pin::new(&mut self.task).poll(cx).map(|joined| {
            // The runtime shuts down.
            joined
                .unwrap_or_else(|error| Err(JournalError::io(&self.path, io::Error::other(error))))
        })
    }
}

/// Brings a journal to the disk, a while after a line was written.
pub(super) struct Syncing {
    every: Duration,
    /// Lines were written since the last time.
    is_due: bool,
    timer: Pin<Box<Timer>>,
    task: Option<Blocking<()>>,
}

impl Syncing {
    pub(super) fn new(every: Duration) -> Self {
        Self {
            every,
            is_due: false,
            timer: Box::pin(Timer::new()),
            task: None,
        }
    }

    pub(super) const fn lines_were_written(&mut self) {
        self.is_due = true;
    }

    /// Begins and continues to bring it to the disk, when it is time or `at_once`. Ready if nothing
    /// is left to do.
    pub(super) fn poll(
        &mut self,
        journal: &JournalFile,
        at_once: bool,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), JournalError>> {
        loop {
            if let Some(task) = &mut self.task {
                let Poll::Ready(result) = task.poll(cx) else {
                    return Poll::Pending;
                };
                self.task = None;
                result?;
            }
            if !self.is_due {
                return Poll::Ready(Ok(()));
            }
            if !at_once {
                if !self.timer.is_set() {
                    let next = Moment::now().after(self.every);
                    self.timer.as_mut().set(next);
                }
                if self.timer.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
            }
            self.timer.as_mut().unset();
            self.is_due = false;
            let sync = journal.sync_later();
            self.task = Some(Blocking::spawn(journal.path(), || sync.run()));
        }
    }
}
