//! A simple model of a circuit: it keeps every call, and counts them anew each time.

use super::*;

/// An attempt in the model.
#[derive(Clone, Copy)]
pub(super) struct Attempt {
    pub(super) generation: u32,
    pub(super) phase: u32,
    pub(super) probe: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Counted {
    pub(super) bucket: u64,
    pub(super) failed: bool,
    pub(super) slow: bool,
}

pub(super) struct Model {
    pub(super) state: BreakerState,
    pub(super) generation: u32,
    /// Counts the breaks that have ended.
    pub(super) phase: u32,
    pub(super) until: u64,
    /// When `until` was set, and whether it follows from the number of breaks.
    pub(super) set: u64,
    pub(super) grown: bool,
    pub(super) breaks: u32,
    pub(super) in_flight: u32,
    pub(super) succeeded: u32,
    pub(super) failed: u32,
    pub(super) consecutive_failures: u32,
    pub(super) calls: Vec<Counted>,
    pub(super) bucket: u64,
    pub(super) bucket_ends: u64,
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            state: Closed,
            generation: 0,
            phase: 0,
            until: 0,
            set: 0,
            grown: false,
            breaks: 0,
            in_flight: 0,
            succeeded: 0,
            failed: 0,
            consecutive_failures: 0,
            calls: Vec::new(),
            bucket: 0,
            bucket_ends: 0,
        }
    }

    /// The state, and whether the circuit would admit an attempt.
    pub(super) fn at(&self, now: u64) -> (BreakerState, bool) {
        let lease_over = self.in_flight == 0 || now >= self.until;
        match self.state {
            Open if now >= self.until => (HalfOpen, true),
            HalfOpen => {
                let free = self.in_flight + self.succeeded < BREAKER.half_open_probes;
                (HalfOpen, lease_over || free)
            }
            state => (state, state == Closed),
        }
    }

    pub(super) fn turn(&mut self, to: BreakerState, break_duration: Option<u64>) -> Option<Change> {
        let isolated = (to == Isolated).then_some(CircuitCause::Isolated);
        let from = self.state;
        self.state = to;
        self.generation += 1;
        self.in_flight = 0;
        if to == Closed {
            self.calls.clear();
            (self.breaks, self.consecutive_failures) = (0, 0);
        }
        let break_duration = break_duration.map(Duration::from_nanos);
        Some(Change {
            from,
            to,
            break_duration,
            cause: isolated,
        })
    }

    pub(super) fn enter(&mut self, now: u64) -> Result<(Attempt, Option<Change>), u64> {
        let mut change = None;
        match self.state {
            Isolated => return Err(u64::MAX),
            Open if now < self.until => return Err(self.until - now),
            Open => {
                change = self.turn(HalfOpen, None);
                (self.succeeded, self.failed, self.consecutive_failures) = (0, 0, 0);
                self.phase += 1;
            }
            HalfOpen if self.in_flight > 0 && now >= self.until => drop(self.turn(HalfOpen, None)),
            HalfOpen if self.in_flight + self.succeeded >= BREAKER.half_open_probes => {
                return Err((self.until - now).min(1_000 * MS));
            }
            _ => {}
        }
        let probe = self.state == HalfOpen;
        if probe {
            self.in_flight += 1;
            self.until = now + nanos(BREAKER.probe_timeout);
        }
        let attempt = Attempt {
            generation: self.generation,
            phase: self.phase,
            probe,
        };
        Ok((attempt, change))
    }

    pub(super) fn open(
        &mut self,
        now: u64,
        wait: Option<u64>,
        cause: CircuitCause,
    ) -> Option<Change> {
        let grown = (5_000 * MS * 2_u64.pow(self.breaks.min(10))).min(60_000 * MS);
        let break_duration = wait.map_or(grown, |wait| wait.max(5_000 * MS));
        (self.set, self.until) = (now, now + break_duration);
        self.grown = wait.is_none();
        self.breaks += 1;
        self.turn(Open, Some(break_duration)).map(|change| Change {
            cause: Some(cause),
            ..change
        })
    }

    pub(super) fn settle(
        &mut self,
        attempt: Attempt,
        now: u64,
        failed: bool,
        slow: bool,
        wait: Option<u64>,
    ) -> Option<Change> {
        if attempt.probe {
            return self.settle_probe(attempt, now, failed, slow, wait);
        }
        if attempt.generation != self.generation {
            return None;
        }
        if !failed {
            self.consecutive_failures = 0;
        }
        if now >= self.bucket_ends + 7 * WIDTH {
            self.calls.clear();
            self.bucket_ends = (now + WIDTH) & !7;
        }
        while now >= self.bucket_ends {
            self.bucket += 1;
            self.bucket_ends += WIDTH;
        }
        let bucket = self.bucket;
        self.calls.retain(|call| call.bucket + 8 > bucket);
        self.calls.push(Counted {
            bucket,
            failed,
            slow,
        });
        self.consecutive_failures += u32::from(failed);
        let part = |which: fn(&Counted) -> bool| {
            let count = self.calls.iter().filter(|call| which(call)).count();
            count as f64 / self.calls.len() as f64
        };
        let enough = self.calls.len() >= 12;
        let cause = if failed && self.consecutive_failures >= 9 {
            CircuitCause::ConsecutiveFailures
        } else if enough && part(|call| call.failed) >= 0.6 {
            CircuitCause::FailureRatio
        } else if enough && part(|call| call.slow) >= 0.5 {
            CircuitCause::SlowCalls
        } else {
            return None;
        };
        (failed || slow)
            .then(|| self.open(now, wait, cause))
            .flatten()
    }

    fn settle_probe(
        &mut self,
        attempt: Attempt,
        now: u64,
        failed: bool,
        slow: bool,
        wait: Option<u64>,
    ) -> Option<Change> {
        let current = attempt.generation == self.generation;
        if failed || slow {
            if !current || now >= self.until {
                return None;
            }
            self.in_flight -= 1;
            self.failed += 1;
            self.consecutive_failures += 1;
            let ratio = f64::from(self.failed) / f64::from(self.failed + self.succeeded);
            let cause = if self.consecutive_failures >= 9 {
                CircuitCause::ConsecutiveFailures
            } else if ratio < 0.6 {
                return None;
            } else if failed {
                CircuitCause::FailureRatio
            } else {
                CircuitCause::SlowCalls
            };
            return self.open(now, wait, cause);
        }
        self.succeed_probe(attempt)
    }

    pub(super) fn succeed_probe(&mut self, attempt: Attempt) -> Option<Change> {
        if !attempt.probe || attempt.phase != self.phase {
            return None;
        }
        if self.state == Open && self.grown {
            let before = self.until;
            self.until = self.until.min(self.set + 5_000 * MS);
            self.breaks = 1;
            return (self.until < before).then_some(Change::SHORTENED);
        }
        if self.state != HalfOpen {
            return None;
        }
        self.in_flight -= u32::from(attempt.generation == self.generation);
        self.consecutive_failures = 0;
        self.succeeded += 1;
        (self.succeeded >= BREAKER.half_open_probes)
            .then(|| self.turn(Closed, None))
            .flatten()
    }
}
