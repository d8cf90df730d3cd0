//! The sliding window in which a circuit breaker counts.

use crate::{
    clock::{Moment, nanos},
    sync::{AtomicU64, Ordering},
};
use std::{cell::Cell, sync::atomic::AtomicUsize, time::Duration};

/// The window moves by an eighth of its length. Eight counters fill one cache line.
pub(crate) const BUCKETS: usize = 8;

/// The bits of [`Window::clock`] that hold the current bucket. Moments without them have a
/// resolution of 8 ns.
const INDEX: u64 = 7;

/// Threads count in separate stripes, so that two of them rarely write to the same cache line.
const STRIPES: usize = 4;

#[repr(align(64))]
struct Stripe([AtomicU64; BUCKETS]);

/// Counts successes, without a lock.
///
/// A thread that counts while the window moves past its bucket may count in the bucket's next use:
/// at most one success per thread, which then counts for too long.
pub(crate) struct Window {
    /// The end of the current bucket, with its index in the lowest bits.
    clock: AtomicU64,
    stripes: [Stripe; STRIPES],
}

/// Counts the rare results, under the circuit's lock. Mutable access also permits moving the
/// window.
pub(crate) struct Tally {
    failures: [u32; BUCKETS],
    slow: [u32; BUCKETS],
}

/// The sums over the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    pub(crate) slow: u64,
}

impl Tally {
    pub(crate) const EMPTY: Self = Self {
        failures: [0; BUCKETS],
        slow: [0; BUCKETS],
    };
}

impl Window {
    pub(crate) const fn new() -> Self {
        Self {
            clock: AtomicU64::new(0),
            stripes: [const { Stripe([const { AtomicU64::new(0) }; BUCKETS]) }; STRIPES],
        }
    }

    /// Counts a success. Returns false, and counts nothing, if the window has to move first.
    #[inline]
    pub(crate) fn success(&self, now: Moment) -> bool {
        // Acquire: a thread that sees a bucket as current also sees it emptied.
        let clock = self.clock.load(Ordering::Acquire);
        if now.0 >= clock {
            return false;
        }
        self.add(clock);
        true
    }

    /// Moves the window to `now` and counts a success.
    pub(crate) fn late_success(
        &self,
        tally: &mut Tally,
        now: Moment,
        length: Duration,
        slow: bool,
    ) {
        let clock = self.advance(tally, now, length);
        self.add(clock);
        if slow {
            count(&mut tally.slow, clock);
        }
    }

    /// Moves the window to `now` and counts a failure.
    pub(crate) fn failure(&self, tally: &mut Tally, now: Moment, length: Duration, slow: bool) {
        let clock = self.advance(tally, now, length);
        count(&mut tally.failures, clock);
        if slow {
            count(&mut tally.slow, clock);
        }
    }

    /// The bucket in which a success was counted just now.
    pub(crate) fn bucket(&self) -> u64 {
        self.clock.load(Ordering::Relaxed)
    }

    /// Moves the window to `now`. If the bucket is still in it, takes a success back that was
    /// counted there.
    pub(crate) fn take_back(
        &self,
        tally: &mut Tally,
        bucket: u64,
        slow: bool,
        now: Moment,
        length: Duration,
    ) {
        let clock = self.advance(tally, now, length);
        let age = (clock & !INDEX).saturating_sub(bucket & !INDEX);
        if age >= width(length).saturating_mul(BUCKETS as u64) {
            return;
        }
        let mut counts = self.stripes.iter().filter_map(|it| it.0.get(index(bucket)));
        if let Some(count) = counts.find(|count| count.load(Ordering::Relaxed) > 0) {
            // Only the holder of the lock makes it smaller.
            count.fetch_sub(1, Ordering::Relaxed);
        }
        if let Some(count) = tally.slow.get_mut(index(bucket)).filter(|_| slow) {
            *count = count.saturating_sub(1);
        }
    }

    /// The sums as of the last move.
    pub(crate) fn counts(&self, tally: &Tally) -> Counts {
        let sum = |counts: &[u32; BUCKETS]| {
            counts
                .iter()
                .fold(0, |sum: u64, count| sum.saturating_add(u64::from(*count)))
        };
        let failures = sum(&tally.failures);
        let successes = self
            .stripes
            .iter()
            .flat_map(|stripe| &stripe.0)
            .fold(0, |sum: u64, count| {
                sum.saturating_add(count.load(Ordering::Relaxed))
            });
        Counts {
            calls: successes.saturating_add(failures),
            failures,
            slow: sum(&tally.slow),
        }
    }

    /// Clears all counts.
    pub(crate) fn clear(&self, tally: &mut Tally) {
        *tally = Tally::EMPTY;
        for count in self.stripes.iter().flat_map(|stripe| &stripe.0) {
            empty(count);
        }
    }

    #[inline]
    fn add(&self, clock: u64) {
        let stripe = self.stripes.get(stripe());
        if let Some(count) = stripe.and_then(|stripe| stripe.0.get(index(clock))) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Makes the bucket of `now` current and empties skipped ones. If the clock goes back by no
    /// more than threads differ, the current bucket stays; if by more, the window starts again.
    fn advance(&self, tally: &mut Tally, now: Moment, length: Duration) -> u64 {
        let mut clock = self.clock.load(Ordering::Relaxed);
        let width = width(length);
        let ends_behind = Moment(now.0.saturating_add(width)).is_behind(Moment(clock & !INDEX));
        if now.0 < clock && !ends_behind {
            return clock;
        }
        let end = clock & !INDEX;
        let whole = now.0.saturating_sub(end).checked_div(width).unwrap_or(0);
        if whole >= INDEX || ends_behind {
            self.clear(tally);
            clock = now.0.saturating_add(width) & !INDEX;
        } else {
            for _ in 0..=whole {
                let next = clock.wrapping_add(1) & INDEX;
                let end = (clock & !INDEX).saturating_add(width) & !INDEX;
                clock = end | next;
                self.empty(tally, index(clock));
            }
        }
        self.clock.store(clock, Ordering::Release);
        clock
    }

    fn empty(&self, tally: &mut Tally, index: usize) {
        for counts in [&mut tally.failures, &mut tally.slow] {
            if let Some(count) = counts.get_mut(index) {
                *count = 0;
            }
        }
        for stripe in &self.stripes {
            if let Some(count) = stripe.0.get(index) {
                empty(count);
            }
        }
    }
}

#[inline]
const fn index(clock: u64) -> usize {
    (clock & INDEX) as usize
}

/// The length of a bucket.
fn width(length: Duration) -> u64 {
    (nanos(length) >> INDEX.count_ones()).max(INDEX.saturating_add(1))
}

/// Subtracts the value seen, so that concurrent additions remain.
fn empty(count: &AtomicU64) {
    let seen = count.load(Ordering::Relaxed);
    if seen > 0 {
        count.fetch_sub(seen, Ordering::Relaxed);
    }
}

fn count(counts: &mut [u32; BUCKETS], clock: u64) {
    if let Some(count) = counts.get_mut(index(clock)) {
        *count = count.saturating_add(1);
    }
}

thread_local! {
    static STRIPE: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// The stripe of this thread.
#[inline]
fn stripe() -> usize {
    let stripe = STRIPE.get();
    if stripe == usize::MAX {
        new_stripe()
    } else {
        stripe
    }
}

#[cold]
fn new_stripe() -> usize {
    // It synchronises nothing, so models ignore it: all their threads use one stripe.
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    let thread = THREADS.fetch_add(1, Ordering::Relaxed) % STRIPES;
    // The first two are not adjacent: processors fetch cache lines in pairs.
    let stripe = (thread << 1 | thread >> 1) & (STRIPES - 1);
    STRIPE.set(stripe);
    stripe
}

#[cfg(test)]
#[path = "window_test.rs"]
mod tests;
