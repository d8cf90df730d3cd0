//! The counters of caps, each in its window.

use crate::{
    Money,
    cap::{Amount, Cap, CapUsage, Caps, Window},
    sync::{Mutex, lock},
};
use std::sync::{
    OnceLock,
    atomic::{AtomicBool, Ordering},
};

/// The part of a cap from which on its use is reported.
const NEARING: (u64, u64) = (4, 5);

/// The counters of an upstream, or of one of its keys. Without any caps and prices there is
/// nothing, and no attempt pays for it.
#[derive(Debug)]
pub(crate) struct CapState {
    /// Whether there are counters, in one byte.
    // bench cost: -2 instructions of a call through an upstream
    is_counting: AtomicBool,
    counters: OnceLock<Box<Mutex<Vec<Counter>>>>,
}

/// The use of one cap. Attempts in flight are not included, except their requests.
#[derive(Debug)]
pub(super) struct Counter {
    pub(super) cap: Cap,
    pub(super) window: Window,
    pub(super) used: u64,
    /// The part of `used` that is not reported to other processes.
    #[cfg(feature = "sharing")]
    pub(super) unsent: i64,
    /// The level that was reported in this window.
    reported: Level,
}

/// The use of a cap, as far as it is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Low,
    Nearing,
    Reached,
}

/// A use that is to be reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) usage: CapUsage,
    pub(crate) level: Level,
}

impl Counter {
    fn new(cap: Cap, now: i64) -> Self {
        Self {
            cap,
            window: Window::around(now, cap.period(), cap.offset()),
            used: 0,
            #[cfg(feature = "sharing")]
            unsent: 0,
            reported: Level::Low,
        }
    }

    /// Begins the count anew in a new window. A clock that is set back moves the window, and keeps
    /// the count until the next one: a wrong date ahead neither frees the cap nor holds it.
    fn turn(&mut self, now: i64) {
        let Window { start, end } = self.window;
        if now < start || now >= end {
            self.window = Window::around(now, self.cap.period(), self.cap.offset());
        }
        if now >= end {
            self.used = 0;
            #[cfg(feature = "sharing")]
            {
                self.unsent = 0;
            }
            self.reported = Level::Low;
        }
    }

    fn count(&mut self, number: u64) {
        self.used = self.used.saturating_add(number);
        #[cfg(feature = "sharing")]
        {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            self.unsent = self.unsent.saturating_add(number);
        }
    }

    fn take_back(&mut self) {
        self.used = self.used.saturating_sub(1);
        #[cfg(feature = "sharing")]
        {
            self.unsent = self.unsent.saturating_sub(1);
        }
    }

    const fn is_of_requests(&self) -> bool {
        matches!(self.cap.amount(), Amount::Requests(_))
    }

    const fn is_reached(&self) -> bool {
        self.used >= self.cap.amount().number()
    }

    fn level(&self) -> Level {
        let (part, whole) = NEARING;
        let (used, most) = (
            u128::from(self.used),
            u128::from(self.cap.amount().number()),
        );
        if self.is_reached() {
            Level::Reached
        } else if used.saturating_mul(whole.into()) >= most.saturating_mul(part.into()) {
            Level::Nearing
        } else {
            Level::Low
        }
    }

    fn usage(&self) -> CapUsage {
        CapUsage::new(self.cap, self.used, self.window)
    }
}

impl CapState {
    pub(crate) const fn new() -> Self {
        Self {
            is_counting: AtomicBool::new(false),
            counters: OnceLock::new(),
        }
    }

    /// Whether spending is counted: for own caps, for those of the upstream of a key, because there
    /// is a price, or for other processes that share the upstream.
    #[inline(always)]
    pub(crate) fn is_counting(&self) -> bool {
        self.is_counting.load(Ordering::Relaxed)
    }

    /// Spending is counted from now on, also without caps.
    #[cfg(feature = "sharing")]
    pub(crate) fn begin_counting(&self) {
        self.is_counting.store(true, Ordering::Relaxed);
    }

    /// Sets the caps. One that counts the same in the same windows as before goes on.
    #[cold]
    pub(crate) fn set(&self, caps: &Caps, now: i64) {
        let mut counters = lock(
            self.counters
                .get_or_init(|| Box::new(Mutex::new(Vec::new()))),
        );
        self.is_counting.store(true, Ordering::Relaxed);
        let mut before = std::mem::take(&mut *counters);
        counters.extend(caps.iter().map(|cap| {
            let is_alike = |counter: &Counter| counter.cap.is_alike(cap);
            let Some(at) = before.iter().position(is_alike) else {
                return Counter::new(cap, now);
            };
            let counter = before.swap_remove(at);
            // The use of another amount is reported by that.
            let reported = if counter.cap == cap {
                counter.reported
            } else {
                Level::Low
            };
            Counter {
                cap,
                reported,
                ..counter
            }
        }));
    }

    pub(super) fn with<T>(&self, now: i64, look: impl FnOnce(&mut [Counter]) -> T) -> Option<T> {
        let mut counters = lock(self.counters.get()?);
        for counter in &mut *counters {
            counter.turn(now);
        }
        Some(look(&mut counters))
    }

    /// Counts a request, unless a cap is reached.
    pub(super) fn take_request(&self, now: i64) -> bool {
        let take = |counters: &mut [Counter]| {
            if counters.iter().any(Counter::is_reached) {
                return false;
            }
            for counter in counters.iter_mut().filter(|it| it.is_of_requests()) {
                counter.count(1);
            }
            true
        };
        self.with(now, take).unwrap_or(true)
    }

    /// Counts a request although a cap may be reached.
    pub(super) fn count_request(&self, now: i64) {
        self.with(now, |counters| {
            for counter in counters.iter_mut().filter(|it| it.is_of_requests()) {
                counter.count(1);
            }
        });
    }

    /// Takes a request back that is not sent.
    pub(super) fn give_back_request(&self, now: i64) {
        self.with(now, |counters| {
            for counter in counters.iter_mut().filter(|it| it.is_of_requests()) {
                counter.take_back();
            }
        });
    }

    /// Counts what an attempt has used.
    pub(super) fn spend(&self, tokens: u64, money: Option<Money>, now: i64) {
        self.with(now, |counters| {
            for counter in counters {
                match (counter.cap.amount(), money) {
                    (Amount::Tokens(_), _) => counter.count(tokens),
                    (Amount::Money(of), Some(money)) if of.currency() == money.currency() => {
                        counter.count(money.nanos());
                    }
                    _ => {}
                }
            }
        });
    }

    /// The cap that is reached, if one is: of several, the one whose window ends last.
    pub(super) fn reached(&self, now: i64) -> Option<CapUsage> {
        let reached = |counters: &mut [Counter]| {
            let reached = counters.iter().filter(|it| it.is_reached());
            let last = reached.max_by_key(|it| it.window.end)?;
            Some(last.usage())
        };
        self.with(now, reached)?
    }

    /// The use of each cap in its current window.
    pub(crate) fn usage(&self, now: i64) -> Vec<CapUsage> {
        let usage =
            |counters: &mut [Counter]| counters.iter().map(Counter::usage).collect::<Vec<_>>();
        self.with(now, usage).unwrap_or_default()
    }

    /// Whether anything has been used in a window that has not ended.
    pub(super) fn is_used(&self, now: i64) -> bool {
        let is_used = |counters: &mut [Counter]| counters.iter().any(|it| it.used > 0);
        self.with(now, is_used).unwrap_or_default()
    }

    /// The uses that are to be reported, each once a window.
    pub(super) fn take_reports(&self, now: i64) -> Vec<Report> {
        let take = |counters: &mut [Counter]| {
            let mut reports = Vec::new();
            for counter in counters {
                let level = counter.level();
                if level > counter.reported {
                    counter.reported = level;
                    let usage = counter.usage();
                    reports.push(Report { usage, level });
                }
            }
            reports
        };
        self.with(now, take).unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "counters_test.rs"]
mod tests;
