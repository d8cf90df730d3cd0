//! Stage upstream: takes how long attempts took and whether the server was overloaded, gives the limit of concurrency.
//! The method is described at [`Concurrency`](crate::upstream::concurrency::Concurrency).

use crate::{
    clock::nanos,
    sync::{AtomicU64, Mutex, Ordering, lock},
};
use std::{sync::TryLockError, time::Duration};

/// The least number of attempts that say something about the server.
const LEAST_SAMPLES: u64 = 20;
/// The largest number that is waited for.
const MOST_SAMPLES: u64 = 1 << 20;
/// One in so many attempts may fail by overload.
const FAILING: u64 = 20;
/// How much slower than at ease is too slow: 1.5 times, in the measure of [`log`].
const TOLERANCE: u64 = 38_336;
/// What a limit is lowered to beyond what brings the latency back, so that what counts as ease cannot hold a queue for
/// long: each shrinking takes a fifth of it away.
const UNDERSHOOT: f64 = 0.8;
/// The least part that one shrinking leaves. Were it more, a queue many times as long as the capacity would stay.
const LEAST_LEFT: f64 = 0.3;
/// A window that is faster than at ease moves what counts as ease by this part of the difference.
const FASTER: u64 = 8;
/// One that is slower moves it by this part: less than the latency grows by while the limit does, or a queue that
/// builds up would never be seen.
const SLOWER: u64 = 32;

/// A learning limit. The samples of a window are summed up in two words; whoever completes the window judges it.
#[derive(Debug)]
pub(crate) struct Adaptive {
    /// How many samples there are, how many of them were at the limit, and how many failed, in 21 bits each.
    counts: AtomicU64,
    /// The sum of the logarithms of the latencies of those that did not fail.
    logs: AtomicU64,
    /// How many samples complete the window.
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
    /// The mean logarithm of the latencies of the server at ease; zero if not known yet.
    ease: u64,
    phase: Phase,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// There was no trouble so far: the limit doubles.
    Start,
    Watch,
    /// The limit was lowered, and the attempts from before come back; whether the next window says what ease is.
    RetryAccounting(bool),
    /// Few attempts are in flight: this is ease.
    Measure,
}

impl Adaptive {
    /// Between bounds of which `min` is the lower; if it is not, both are `max`.
    pub(crate) const fn new(min: u32, max: u32) -> Self {
        let min = if min > max { max } else { min };
        // Not above `max`, which fits.
        #[expect(clippy::cast_possible_truncation, reason = "see above")]
        let limit = (min as u64).saturating_mul(max as u64).isqrt() as u32;
        let control = Control {
            min,
            max,
            limit,
            ease: 0,
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

    /// An attempt has ended: how long it took, if that says something, and whether it did not fail by overload; whether
    /// the limit was reached, and how many were in flight. A limit that changes goes to `apply`.
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
        } else if let Some(took) = took {
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
            self.judge(in_use, apply);
        }
    }

    #[cold]
    fn judge(&self, in_use: u64, apply: impl FnOnce(u32)) {
        let mut control = match self.control.try_lock() {
            Ok(control) => control,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Somebody else does it.
            Err(TryLockError::WouldBlock) => return,
        };
        if self.counts.load(Ordering::Relaxed) % AT_LIMIT < self.size.load(Ordering::Relaxed) {
            return;
        }
        // A sample that comes in between counts for one window in part and for the next in part: one in many.
        let counts = self.counts.swap(0, Ordering::Relaxed);
        let logs = self.logs.swap(0, Ordering::Relaxed);
        let before = control.limit;
        let size = control.step(Window::of(counts, logs), in_use);
        self.size.store(size, Ordering::Relaxed);
        if control.limit != before {
            apply(control.limit);
        }
    }

    /// Sets the upper bound. The limit goes to `apply`.
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

    /// Takes a window, sets limit and phase, and says how many samples the next window has. `in_use` attempts are in
    /// flight.
    fn step(&mut self, window: Window, in_use: u64) -> u64 {
        if let Phase::RetryAccounting(measure) = self.phase {
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
        if self.ease == 0 || matches!(self.phase, Phase::Measure) {
            self.ease = latency;
        }
        if matches!(self.phase, Phase::Measure) {
            self.phase = Phase::Watch;
        }
        let above = latency.saturating_sub(self.ease);
        if above > TOLERANCE {
            let octaves = f64::from(u32::try_from(above).unwrap_or(u32::MAX)) / OCTAVE_F64;
            let part = UNDERSHOOT * (-octaves).exp2();
            return self.shrink(part.max(LEAST_LEFT), true, in_use);
        }
        let below = self.ease.saturating_sub(latency);
        self.ease = self
            .ease
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

    /// Passes over the attempts in flight, and over as many once more: the slowest of the former come last.
    fn shrink(&mut self, part: f64, measure: bool, in_use: u64) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of a limit"
        )]
        let limit = (f64::from(self.limit) * part) as u32;
        self.limit = self.bounded(limit);
        self.phase = Phase::RetryAccounting(measure);
        in_use.saturating_mul(2).clamp(1, MOST_SAMPLES)
    }
}

/// How many samples make a window at a limit.
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

/// What doubles a latency, in the measure of [`log`].
const OCTAVE: u64 = 1 << OCTAVE_BITS;
const OCTAVE_F64: f64 = 65_536.0;
const OCTAVE_BITS: u32 = 16;

/// The logarithm to base 2 in 1/65,536, at most 0.01 beside the true one.
const fn log(number: u64) -> u64 {
    let number = if number == 0 { 1 } else { number };
    let octaves = number.ilog2() as u64;
    // What follows the highest bit.
    let part = ((number << number.leading_zeros()) << 1) >> (u64::BITS - OCTAVE_BITS);
    let bend = part.saturating_mul(OCTAVE.saturating_sub(part)) >> OCTAVE_BITS;
    (octaves << OCTAVE_BITS)
        .saturating_add(part)
        .saturating_add(bend.saturating_mul(88) / 256)
}

#[cfg(test)]
#[path = "adaptive_test.rs"]
mod tests;
