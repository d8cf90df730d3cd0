//! The attempts in flight while an upstream is degraded. No clock, no lock.

use crate::clock::Moment;
use std::{collections::VecDeque, num::NonZeroU64};

/// An attempt in flight: when it was sent, and a number to tell it from others.
pub(super) type Sent = (Moment, NonZeroU64);

/// The attempts in flight, in the order of their numbers, which only rise.
#[derive(Default)]
pub(super) struct InFlight {
    /// By itself, because often there is no other.
    oldest: Option<Sent>,
    others: VecDeque<Sent>,
    next_number: u64,
}

impl InFlight {
    #[inline(always)]
    pub(super) fn sent(&mut self, now: Moment) -> Sent {
        self.next_number = self.next_number.wrapping_add(1);
        let number = NonZeroU64::new(self.next_number).unwrap_or(NonZeroU64::MIN);
        let sent = (now, number);
        if self.oldest.is_none() {
            self.oldest = Some(sent);
        } else {
            self.others.push_back(sent);
        }
        sent
    }

    #[inline(always)]
    pub(super) fn ended(&mut self, sent: Sent) {
        // Most end in the order in which they were sent.
        if self.oldest == Some(sent) {
            self.oldest = if self.others.is_empty() {
                None
            } else {
                self.others.pop_front()
            };
        } else {
            self.ended_early(sent);
        }
    }

    #[inline(never)]
    fn ended_early(&mut self, sent: Sent) {
        let number = |(_, number): &Sent| *number;
        let Ok(index) = self.others.binary_search_by_key(&sent.1, number) else {
            return;
        };
        // An attempt sent before the last recovery may have the number of another.
        if self.others.get(index) == Some(&sent) {
            self.others.remove(index);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.oldest.is_none()
    }

    /// When the oldest of them was sent.
    pub(super) fn oldest(&self) -> Option<Moment> {
        self.oldest.map(|(at, _)| at)
    }
}
