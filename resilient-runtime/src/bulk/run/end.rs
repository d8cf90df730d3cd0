//! The end of an item, and that of the run.

use super::{
    super::{
        Stop,
        in_flight::{Ended, Panic},
    },
    Run,
};
use crate::Class;
use std::task::{Context, Poll};

impl<I, F, Fut, R, E> Run<'_, I, F, Fut>
where
    I: Iterator,
    F: FnMut(I::Item) -> Fut,
    Fut: Future<Output = Result<R, E>>,
{
    /// An item has ended. Returns its result, unless it has panicked or waits for its line.
    pub(super) fn ended(&mut self, ended: Ended<Result<R, E>>) -> Option<(usize, Result<R, E>)> {
        let Ended {
            index,
            failed_with,
            result,
        } = ended;
        self.turn = self.turn.saturating_add(1);
        let (output, panic) = match result {
            Ok(output) => (Some(output), None),
            Err(panic) => (None, Some(panic)),
        };
        let failed = match &output {
            Some(Ok(_)) => None,
            Some(Err(_)) => Some(failed_with.unwrap_or(Class::Unknown)),
            None => Some(Class::Unknown),
        };
        match (failed, panic) {
            (None, _) => {
                self.tally.succeeded();
                self.rules.succeeded();
            }
            (Some(class), None) => self.fails(class),
            (Some(_), Some(panic)) => self.panicked(index, panic),
        }
        let Some(journal) = &mut self.journal else {
            return output.map(|output| (index, output));
        };
        if let Some(stop) = journal.ended(index, output, failed) {
            self.stopped = Some(stop);
        }
        None
    }
}

impl<I: Iterator, F, Fut: Future> Run<'_, I, F, Fut> {
    fn fails(&mut self, class: Class) {
        let failed = self.tally.failed(class);
        if let Some(stop) = self.rules.failed(class, failed) {
            self.stop_for(stop);
        }
    }

    pub(super) fn panicked(&mut self, index: usize, panic: Panic) {
        self.fails(Class::Unknown);
        self.stopped = Some(Stop::Panicked { index });
        self.panic.get_or_insert(panic);
    }

    /// Opens the journal, if there is one.
    pub(super) fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let opened = self.journal.as_mut().map(|journal| journal.poll_open(cx));
        self.journal_has_stopped(opened.unwrap_or(Poll::Ready(None)))
    }

    /// Writes the lines of the items that have ended. Returns the result of one of them.
    pub(super) fn written(&mut self, cx: &mut Context<'_>) -> Option<(usize, Fut::Output)> {
        let journal = self.journal.as_mut()?;
        // A run whose results are taken without a wait is synced, too.
        if let Some(stop) = journal.write().or_else(|| journal.poll_sync(cx)) {
            self.stopped = Some(stop);
        }
        journal.next()
    }

    /// Nothing is in flight any more: closes the journal, and reports the end.
    pub(super) fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let closed = self.journal.as_mut().map(|journal| journal.poll_close(cx));
        let closed = self.journal_has_stopped(closed.unwrap_or(Poll::Ready(None)));
        if closed.is_ready() && !std::mem::replace(&mut self.is_over, true) {
            self.report();
            self.tell_of_stop();
        }
        closed
    }

    fn journal_has_stopped(&mut self, polled: Poll<Option<Stop>>) -> Poll<()> {
        polled.map(|stop| {
            if stop.is_some() {
                self.stopped = stop;
            }
        })
    }
}
