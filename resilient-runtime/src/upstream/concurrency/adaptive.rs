//! The adaptive concurrency limit, from latencies and overload failures. The method is described at
//! [`Concurrency`](crate::upstream::concurrency::Concurrency).

use crate::{
    clock::nanos,
    sync::{AtomicU64, Mutex, Ordering, lock},
};
use std::{sync::TryLockError, time::Duration};

/// The minimum of samples per window.
const LEAST_SAMPLES: u64 = 20;
/// The maximum of samples per window.
const MOST_SAMPLES: u64 = 1 << 20;
/// One in this many attempts may fail by overload.
const FAILING: u64 = 20;
/// The tolerated slowdown over the unloaded latency: 1.5 times, in the scale of [`log`].
const TOLERANCE: u64 = 38_336;
/// The extra reduction beyond the limit that restores the latency: each reduction also removes a
/// fifth, so that a queue included in the measured "unloaded" latency cannot last.
const UNDERSHOOT: f64 = 0.8;
/// The minimum left by one reduction. If it were larger, a queue of many times the capacity would
/// remain.
const LEAST_LEFT: f64 = 0.3;
/// A window faster than the unloaded latency moves it by this part of the difference.
const FASTER: u64 = 8;
/// A slower window moves it by this part: less than the latency grows while the limit does, or a
/// growing queue would never be detected.
const SLOWER: u64 = 32;

/// An adaptive limit. The samples of a window are summed in two words; the thread that completes
/// the window evaluates it.
#[derive(Debug)]
pub(crate) struct Adaptive {
    /// The numbers of samples, of samples at the limit, and of failures, in 21 bits each.
    counts: AtomicU64,
    /// The sum of the logarithms of the successful latencies.
    logs: AtomicU64,
    /// The number of samples in a window.
    size: AtomicU64,
    start: u32,
    control: Mutex<Control>,
}

const FIELD: u32 = 21;
const AT_LIMIT: u64 = 1 << FIELD;
const FAILED: u64 = AT_LIMIT << FIELD;

/// The samples of a window.
#[derive(Clone, Copy, Debug)]
struct Window {
    count: u64,
    at_limit: u64,
    failed: u64,
    logs: u64,
}

impl Window {
    const fn of(counts: u64, logs: u64) -> Self {
        Self {
            count: counts % AT_LIMIT,
            at_limit: (counts >> FIELD) % AT_LIMIT,
            failed: counts >> (2 * FIELD),
            logs,
        }
    }

    const fn is_failing(&self) -> bool {
        self.failed.saturating_mul(FAILING) > self.count
    }

    /// The mean logarithm of the latencies.
    fn latency(&self) -> Option<u64> {
        self.logs
            .checked_div(self.count.saturating_sub(self.failed))
    }
}

#[derive(Debug)]
struct Control {
    min: u32,
    max: u32,
    limit: u32,
    /// The mean logarithm of the unloaded latencies; zero if not known yet.
    unloaded: u64,
    phase: Phase,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// The limit has not shrunk yet: it doubles.
    Start,
    Watch,
    /// The limit was lowered, and earlier attempts are still ending. If true, the next window
    /// measures the unloaded latency.
    Settle(bool),
    /// Few attempts are in flight: this window measures the unloaded latency.
    Measure,
}

impl Adaptive {
    /// A limit between `min` and `max`; if `min` is the larger, both are `max`.
    pub(crate) const fn new(min: u32, max: u32) -> Self {
        let min = if min > max { max } else { min };
        // Not above `max`, which fits.
        #[expect(clippy::cast_possible_truncation, reason = "see above")]
        let limit = (min as u64).saturating_mul(max as u64).isqrt() as u32;
        let control = Control {
            min,
            max,
            limit,
            unloaded: 0,
            phase: Phase::Start,
        };
        Self {
            counts: AtomicU64::new(0),
            logs: AtomicU64::new(0),
            size: AtomicU64::new(window_for(limit)),
            start: limit,
            control: Mutex::new(control),
        }
    }

    pub(crate) const fn start(&self) -> u32 {
        self.start
    }

    /// Records the end of an attempt: its latency, if meaningful (that of a body which never waited
    /// is zero, and not that of a server: it had a cached result); whether it was free of overload;
    /// whether the limit was reached; the number in flight. A changed limit is passed to `apply`.
    #[inline]
    pub(crate) fn sample(
        &self,
        took: Option<Duration>,
        ok: bool,
        reached: bool,
        in_use: u64,
        apply: impl FnOnce(u32),
    ) {
        let mut counted = 1;
        if !ok {
            counted = 1 | FAILED;
        } else if let Some(took) = took.filter(|took| !took.is_zero()) {
            self.logs.fetch_add(log(nanos(took)), Ordering::Relaxed);
        } else {
            return;
        }
        if reached {
            counted |= AT_LIMIT;
        }
        let counts = self.counts.fetch_add(counted, Ordering::Relaxed);
        let count = counts.saturating_add(counted) % AT_LIMIT;
        if count >= self.size.load(Ordering::Relaxed) {
            self.evaluate(in_use, apply);
        }
    }

    #[cold]
    fn evaluate(&self, in_use: u64, apply: impl FnOnce(u32)) {
        let mut control = match self.control.try_lock() {
            Ok(control) => control,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Another thread evaluates the window.
            Err(TryLockError::WouldBlock) => return,
        };
        if self.counts.load(Ordering::Relaxed) % AT_LIMIT < self.size.load(Ordering::Relaxed) {
            return;
        }
        // A concurrent sample may count partly for this window and partly for the next: one in
        // many.
        let counts = self.counts.swap(0, Ordering::Relaxed);
        let logs = self.logs.swap(0, Ordering::Relaxed);
        let before = control.limit;
        let size = control.step(Window::of(counts, logs), in_use);
        self.size.store(size, Ordering::Relaxed);
        if control.limit != before {
            apply(control.limit);
        }
    }

    /// Sets the upper bound. The limit is passed to `apply`.
    pub(crate) fn set(&self, max: u32, apply: impl FnOnce(u32)) {
        let mut control = lock(&self.control);
        control.max = max;
        control.limit = control.bounded(control.limit);
        apply(control.limit);
    }
}

impl Control {
    fn bounded(&self, limit: u32) -> u32 {
        limit.max(self.min).min(self.max)
    }

    /// Evaluates a window, sets limit and phase, and returns the number of samples of the next
    /// window. `in_use` attempts are in flight.
    fn step(&mut self, window: Window, in_use: u64) -> u64 {
        if let Phase::Settle(measure) = self.phase {
            self.phase = if measure {
                Phase::Measure
            } else {
                Phase::Watch
            };
            return window_for(self.limit);
        }
        if window.is_failing() {
            return self.shrink(UNDERSHOOT, false, in_use);
        }
        let Some(latency) = window.latency() else {
            return window_for(self.limit);
        };
        if self.unloaded == 0 || matches!(self.phase, Phase::Measure) {
            self.unloaded = latency;
        }
        if matches!(self.phase, Phase::Measure) {
            self.phase = Phase::Watch;
        }
        let above = latency.saturating_sub(self.unloaded);
        if above > TOLERANCE {
            let octaves = f64::from(u32::try_from(above).unwrap_or(u32::MAX)) / OCTAVE_F64;
            let part = UNDERSHOOT * (-octaves).exp2();
            return self.shrink(part.max(LEAST_LEFT), true, in_use);
        }
        let below = self.unloaded.saturating_sub(latency);
        self.unloaded = self
            .unloaded
            .saturating_add(above / SLOWER)
            .saturating_sub(below / FASTER);
        if window.at_limit.saturating_mul(2) >= window.count {
            let step = match self.phase {
                Phase::Start => self.limit,
                _ => self.limit.isqrt(),
            };
            self.limit = self.bounded(self.limit.saturating_add(step));
        }
        window_for(self.limit)
    }

    /// Lowers the limit. Skips the attempts in flight, and as many again, because the slowest of
    /// them end last.
    fn shrink(&mut self, part: f64, measure: bool, in_use: u64) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of a limit"
        )]
        let limit = (f64::from(self.limit) * part) as u32;
        self.limit = self.bounded(limit);
        self.phase = Phase::Settle(measure);
        in_use.saturating_mul(2).clamp(1, MOST_SAMPLES)
    }
}

/// The number of samples in a window at this limit.
const fn window_for(limit: u32) -> u64 {
    let limit = limit as u64;
    if limit < LEAST_SAMPLES {
        LEAST_SAMPLES
    } else if limit > MOST_SAMPLES {
        MOST_SAMPLES
    } else {
        limit
    }
}

/// A doubled latency, in the scale of [`log`].
const OCTAVE: u64 = 1 << OCTAVE_BITS;
const OCTAVE_F64: f64 = 65_536.0;
const OCTAVE_BITS: u32 = 16;

/// The logarithm to base 2 in units of 1/65,536, accurate to 0.01.
const fn log(number: u64) -> u64 {
    let number = if number == 0 { 1 } else { number };
    let octaves = number.ilog2() as u64;
    // The bits below the highest one.
    let part = ((number << number.leading_zeros()) << 1) >> (u64::BITS - OCTAVE_BITS);
    let bend = part.saturating_mul(OCTAVE.saturating_sub(part)) >> OCTAVE_BITS;
    (octaves << OCTAVE_BITS)
        .saturating_add(part)
        .saturating_add(bend.saturating_mul(88) / 256)
}

#[cfg(test)]
#[path = "adaptive_test.rs"]
mod tests;
