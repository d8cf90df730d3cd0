//! The rules by which a run stops.

use super::in_flight::Meter;
use crate::{Class, Money, Tokens, shutdown::is_shut_down};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

/// The reason why a run has stopped: it begins no further item. Items in flight are finished, and
/// those that are not begun are given back.
///
/// Its `Display` is a sentence that says what would help.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Stop {
    /// Items have failed in a row with classes after which no other item can succeed either:
    /// [`Bulk::max_refusals`](super::Bulk::max_refusals).
    #[non_exhaustive]
    Refused {
        /// The class of the last of them.
        class: Class,
        /// Their number.
        in_a_row: usize,
    },
    /// Too many items have failed: [`Bulk::max_failures`](super::Bulk::max_failures).
    #[non_exhaustive]
    Failures {
        /// Their number.
        failed: usize,
    },
    /// The budget of tokens is used up: [`Bulk::max_tokens`](super::Bulk::max_tokens).
    #[non_exhaustive]
    Tokens {
        /// The tokens used so far.
        used: Tokens,
    },
    /// The budget of money is used up: [`Bulk::max_cost`](super::Bulk::max_cost).
    #[non_exhaustive]
    Cost {
        /// The money used so far.
        used: Money,
    },
    /// By [`Run::stop`](super::Run::stop), or the future of
    /// [`Bulk::stop_when`](super::Bulk::stop_when).
    Requested,
    /// By [`shutdown`](crate::shutdown()).
    ShutDown,
    /// An item has panicked.
    #[non_exhaustive]
    Panicked {
        /// Its index.
        index: usize,
    },
    /// The journal cannot be used. Results that were handed on since are not in it.
    #[cfg(feature = "journal")]
    #[cfg_attr(docsrs, doc(cfg(feature = "journal")))]
    Journal(super::JournalError),
}

impl Stop {
    /// Its name in events.
    pub(super) const fn label(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::Failures { .. } => "failures",
            Self::Tokens { .. } => "tokens",
            Self::Cost { .. } => "cost",
            Self::Requested => "requested",
            Self::ShutDown => "shut_down",
            Self::Panicked { .. } => "panicked",
            #[cfg(feature = "journal")]
            Self::Journal(_) => "journal",
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { class, in_a_row } => write!(
                f,
                "stopped: {in_a_row} items in a row failed, the last one with {}; {}",
                class.as_str(),
                class.advice()
            ),
            Self::Failures { failed } => write!(
                f,
                "stopped: {failed} items failed; look at their errors, or raise `max_failures`"
            ),
            Self::Tokens { used } => write!(
                f,
                "stopped: {} tokens are used; continue with the items that are left, or raise `max_tokens`",
                used.total()
            ),
            Self::Cost { used } => write!(
                f,
                "stopped: {used:.2} are used; continue with the items that are left, or raise `max_cost`"
            ),
            Self::Requested => {
                f.write_str("stopped as asked for; continue with the items that are left")
            }
            Self::ShutDown => f.write_str(
                "stopped: the process shuts down; continue with the items that are left",
            ),
            Self::Panicked { index } => write!(
                f,
                "stopped: item {index} panicked; its message is in the output of the process"
            ),
            #[cfg(feature = "journal")]
            Self::Journal(error) => write!(f, "stopped: {error}"),
        }
    }
}

impl std::error::Error for Stop {}

type StopWhen<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The rules, and the count of refusals in a row.
pub(super) struct Rules<'a> {
    pub(super) max_refusals: usize,
    pub(super) max_failures: usize,
    pub(super) max_tokens: u64,
    pub(super) max_cost: Option<Money>,
    stop_when: Vec<StopWhen<'a>>,
    refused: usize,
}

impl Default for Rules<'_> {
    fn default() -> Self {
        Self {
            max_refusals: 5,
            max_failures: usize::MAX,
            max_tokens: u64::MAX,
            max_cost: None,
            stop_when: Vec::new(),
            refused: 0,
        }
    }
}

impl<'a> Rules<'a> {
    pub(super) fn stop_when(&mut self, future: StopWhen<'a>) {
        self.stop_when.push(future);
    }

    /// Whether the run is asked to stop.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, meter: &Meter) -> Poll<Stop> {
        let used = meter.tokens();
        if used.total() >= self.max_tokens {
            return Poll::Ready(Stop::Tokens { used });
        }
        if let Some(used) = self.max_cost.and_then(|most| meter.costs().reaches(most)) {
            return Poll::Ready(Stop::Cost { used });
        }
        if is_shut_down() {
            return Poll::Ready(Stop::ShutDown);
        }
        let is_ready = |future: &mut StopWhen<'a>| future.as_mut().poll(cx).is_ready();
        if self.stop_when.iter_mut().any(is_ready) {
            // None of them is polled again.
            self.stop_when.clear();
            return Poll::Ready(Stop::Requested);
        }
        Poll::Pending
    }

    pub(super) const fn succeeded(&mut self) {
        self.refused = 0;
    }

    /// An item has failed, and with it so many.
    pub(super) fn failed(&mut self, class: Class, failed: usize) -> Option<Stop> {
        if is_of_all_items(class) {
            self.refused = self.refused.saturating_add(1);
        }
        if self.refused >= self.max_refusals {
            let in_a_row = self.refused;
            return Some(Stop::Refused { class, in_a_row });
        }
        (failed >= self.max_failures).then_some(Stop::Failures { failed })
    }
}

/// Whether other items cannot succeed either: the account is refused, or this process refuses
/// calls.
const fn is_of_all_items(class: Class) -> bool {
    match class {
        Class::Authentication | Class::Permission | Class::QuotaExhausted => true,
        // That of one call.
        Class::Deadline => false,
        _ => class.is_local(),
    }
}
