//! The attempts in flight while an upstream is degraded. No clock, no lock.

use crate::clock::Moment;
use std::{collections::VecDeque, num::NonZeroU64};

/// An attempt in flight: when it was sent, and a number to tell it from others.
pub(super) type Sent = (Moment, NonZeroU64);

/// The attempts in flight, in the order of their numbers, which only rise.
#[derive(Default)]
pub(super) struct InFlight {
    attempts: VecDeque<Sent>,
    next_number: u64,
}

impl InFlight {
    pub(super) fn sent(&mut self, now: Moment) -> Sent {
        self.next_number = self.next_number.wrapping_add(1);
        let number = NonZeroU64::new(self.next_number).unwrap_or(NonZeroU64::MIN);
        let sent = (now, number);
        self.attempts.push_back(sent);
        sent
    }

    pub(super) fn ended(&mut self, sent: Sent) {
        // Most end in the order in which they were sent.
        if self.attempts.front() == Some(&sent) {
            self.attempts.pop_front();
            return;
        }
        let number = |(_, number): &Sent| *number;
        let Ok(index) = self.attempts.binary_search_by_key(&sent.1, number) else {
            return;
        };
        // An attempt sent before the last recovery may have the number of another.
        if self.attempts.get(index) == Some(&sent) {
            self.attempts.remove(index);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.attempts.is_empty()
    }

    /// When the oldest of them was sent.
    pub(super) fn oldest(&self) -> Option<Moment> {
        self.attempts.front().map(|(at, _)| *at)
    }
}
