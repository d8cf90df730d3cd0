//! The time between two items with content. It runs only while the consumer waits for one.

use crate::{clock::Moment, timer::Timer};
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

/// A timer that is noticed this late was not waited for: the consumer was away.
const AWAY: Duration = Duration::from_secs(1);

/// Since when the consumer has been waiting for content.
#[derive(Debug, Default)]
pub(super) struct Gap {
    since: Moment,
    /// Since when the consumer has had an item without content, and has not waited for another.
    paused: Moment,
}

/// Why a stream is over although nothing has come.
pub(super) enum Over {
    /// It gave no content for so long.
    Stalled(Duration),
    Deadline,
}

impl Gap {
    /// Content has come. The timer is moved when it fires, and not for each item.
    #[inline]
    pub(super) fn end(&mut self) {
        self.since = Moment::UNSET;
    }

    /// Another stream is opened after this wait: its time begins then.
    pub(super) fn begin_after(&mut self, wait: Duration) {
        self.since = match wait {
            Duration::ZERO => Moment::UNSET,
            wait => Moment::now().after(wait),
        };
    }

    /// Whether the consumer waits for content.
    #[inline]
    pub(super) fn is_open(&self) -> bool {
        !self.since.is_unset()
    }

    /// An item without content has come: the time until the next poll is the consumer's own.
    #[cold]
    pub(super) fn pause(&mut self) {
        if self.paused.is_unset() {
            self.paused = Moment::now();
        }
    }

    /// Nothing has come: ready if that has lasted too long.
    pub(super) fn poll(
        &mut self,
        idle: Option<Duration>,
        deadline: Moment,
        mut timer: Pin<&mut Timer>,
        cx: &mut Context<'_>,
    ) -> Poll<Over> {
        if self.since.is_unset() {
            self.since = idle.map_or(Moment::UNSET, |_| Moment::now());
        } else if !self.paused.is_unset() {
            self.since = self.since.after(Moment::now().since(self.paused));
        }
        self.paused = Moment::UNSET;
        loop {
            let end = idle.map_or(Moment::UNSET, |idle| self.since.after(idle));
            let end = end.earlier(deadline);
            // Set for the first content of another stream, whose limit is longer.
            if timer.rings_after(end) {
                timer.as_mut().unset();
            }
            if !timer.is_set() {
                if end.is_unset() {
                    return Poll::Pending;
                }
                timer.as_mut().set(end);
            }
            ready!(timer.as_mut().poll(cx));
            timer.as_mut().unset();
            let now = Moment::now();
            if !deadline.is_unset() && now >= deadline {
                return Poll::Ready(Over::Deadline);
            }
            let Some(idle) = idle.filter(|_| now >= end) else {
                // Content came after it was set.
                continue;
            };
            if now.since(end) < AWAY {
                return Poll::Ready(Over::Stalled(idle));
            }
            self.since = now;
        }
    }
}
