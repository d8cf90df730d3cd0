//! The concurrency limit: a counter of permits with a FIFO wait queue.

use crate::{
    sync::{AtomicU64, Mutex, Ordering, lock},
    timer::{self, Timer},
    upstream::concurrency::{Concurrency, adaptive::Adaptive, place::QueuePlace, queue::WaitQueue},
};
use std::{
    future::poll_fn,
    pin::pin,
    task::{Poll, Waker, ready},
    time::Duration,
};
use tokio::time::Instant;

/// The permits of an upstream.
///
/// Permits in use and waiters share one word, so a permit is taken and returned with a single
/// exchange while nobody waits. While there are waiters, newcomers cannot overtake the queue, and a
/// returned permit goes to its head. (A semaphore would do for a fixed limit, but it locks for
/// every returned permit and does not support a limit below the number in use.)
#[derive(Debug)]
pub(crate) struct ConcurrencyLimit {
    is_limited: bool,
    /// At most `u32::MAX`, which is no bound.
    pub(super) max_queue: AtomicU64,
    /// At most `u32::MAX`. Changed with the queue locked.
    pub(super) limit: AtomicU64,
    /// Permits in use in the lower half, waiters in the upper. The latter change with the queue
    /// locked.
    word: AtomicU64,
    pub(super) queue: Mutex<WaitQueue>,
    adaptive: Option<Adaptive>,
}

/// A granted permit that is not picked up goes to another waiter after this time, and at the latest
/// after twice this time.
const STALLED: Duration = Duration::from_secs(2);

/// One waiter in the word.
pub(super) const WAITING: u64 = 1 << 32;

const fn in_use(word: u64) -> u64 {
    word % WAITING
}

pub(super) const fn waiting(word: u64) -> u64 {
    word / WAITING
}

/// Why an attempt gets no permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// The queue is full.
    Queue,
    /// The deadline or the longest wait was reached.
    Time,
}

impl ConcurrencyLimit {
    /// No limit: every attempt enters, none is counted, and [`set`](Self::set) changes nothing.
    pub(crate) const fn off() -> Self {
        let mut limit = Self::new(Concurrency::new(1));
        limit.is_limited = false;
        limit
    }

    pub(crate) const fn new(concurrency: Concurrency) -> Self {
        let limit = at_least_one(concurrency.limit);
        let adaptive = match concurrency.adaptive {
            Some(min) => Some(Adaptive::new(at_least_one(min), limit)),
            None => None,
        };
        let start = match &adaptive {
            Some(adaptive) => adaptive.start(),
            None => limit,
        };
        Self {
            is_limited: true,
            max_queue: AtomicU64::new(concurrency.queue as u64),
            limit: AtomicU64::new(start as u64),
            word: AtomicU64::new(0),
            queue: Mutex::new(WaitQueue::new()),
            adaptive,
        }
    }

    pub(crate) const fn is_limited(&self) -> bool {
        self.is_limited
    }

    /// Takes a permit if one is free and nobody waits for it.
    #[inline]
    pub(crate) fn try_acquire(&self) -> bool {
        if !self.is_limited {
            return true;
        }
        let limit = self.limit.load(Ordering::Relaxed);
        // With waiters, the word exceeds every limit.
        self.change(|word| (word < limit).then(|| word.saturating_add(1)))
            .is_ok()
    }

    /// Takes a permit beyond the limit, for a call inside the holder of a permit, which would
    /// otherwise wait for itself.
    pub(crate) fn acquire_beyond_limit(&self) {
        if self.is_limited {
            let _ = self.change(|word| Some(word.saturating_add(1)));
        }
    }

    /// Takes a permit, waiting in the queue until `latest`, if given. A call that has its turn for
    /// a rate limit is ahead of the queue, and not refused if that is full. Cancel safe: a dropped
    /// call leaves the queue, and a permit granted to it goes to the next.
    pub(crate) async fn acquire(
        &self,
        latest: Option<Instant>,
        has_turn: bool,
    ) -> Result<(), Full> {
        if self.try_acquire() {
            return Ok(());
        }
        if latest.is_some_and(|latest| latest <= Instant::now()) {
            return Err(Full::Time);
        }
        let mut place = QueuePlace::new(self, has_turn);
        let mut timer = pin!(Timer::new());
        poll_fn(|cx| {
            loop {
                if let Poll::Ready(entered) = place.poll(cx) {
                    return Poll::Ready(entered);
                }
                let look = match timer.rings() {
                    Some(look) => look,
                    None => timer::earlier(Instant::now(), STALLED, latest),
                };
                if !timer.is_set() {
                    timer.as_mut().set_instant(look);
                }
                ready!(timer.as_mut().poll(cx));
                if latest.is_some_and(|latest| latest <= look) {
                    return Poll::Ready(Err(Full::Time));
                }
                timer.as_mut().unset();
                if place.take_over() {
                    return Poll::Ready(Ok(()));
                }
            }
        })
        .await
    }

    /// Returns a permit. `took` is the latency of the attempt, if it is meaningful; `ok` is false
    /// if the server was overloaded.
    #[inline]
    pub(crate) fn release(&self, took: Option<Duration>, ok: bool) {
        if !self.is_limited {
            return;
        }
        let word = self.give_back();
        if word >= WAITING || self.adaptive.is_some() {
            self.released(word, took, ok);
        }
    }

    /// The part of `release` needed with waiters or an adaptive limit. `word` is the value before
    /// the permit was returned.
    fn released(&self, word: u64, took: Option<Duration>, ok: bool) {
        let mut pop = word >= WAITING;
        if let Some(adaptive) = &self.adaptive {
            let in_use = in_use(word);
            let reached = in_use >= self.limit.load(Ordering::Relaxed);
            adaptive.sample(took, ok, reached, in_use, |limit| {
                self.change_limit(limit);
                pop = true;
            });
        }
        if pop {
            self.grant();
        }
    }

    /// Sets the limit of a running upstream, or the upper bound if it adapts. Attempts in flight
    /// continue; a lower limit takes effect as permits are returned.
    pub(crate) fn set(&self, limit: u32) {
        let limit = at_least_one(limit);
        match &self.adaptive {
            Some(adaptive) => adaptive.set(limit, |limit| self.change_limit(limit)),
            None => self.change_limit(limit),
        }
        self.grant();
    }

    /// Sets the permits that this process has of those of all; none, if others have them.
    #[cfg(feature = "sharing")]
    pub(crate) fn divide(&self, permits: u32) {
        if self.limit() == permits || !self.is_limited {
            return;
        }
        match &self.adaptive {
            Some(adaptive) => adaptive.set(at_least_one(permits), |limit| self.change_limit(limit)),
            None => self.change_limit(permits),
        }
        self.grant();
    }

    /// Sets the bound of the queue. Attempts that wait already keep their place.
    #[cfg(feature = "config")]
    pub(crate) fn set_queue(&self, queue: u32) {
        self.max_queue.store(queue.into(), Ordering::Relaxed);
    }

    pub(crate) fn in_use(&self) -> u32 {
        narrow(in_use(self.word.load(Ordering::Relaxed)))
    }

    pub(crate) fn waiting(&self) -> u32 {
        narrow(waiting(self.word.load(Ordering::Relaxed)))
    }

    pub(crate) fn limit(&self) -> u32 {
        narrow(self.limit.load(Ordering::Relaxed))
    }

    /// Returns the word before the change, or the word that cannot be changed.
    #[inline]
    pub(super) fn change(&self, step: impl FnMut(u64) -> Option<u64>) -> Result<u64, u64> {
        self.word
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, step)
    }

    /// Returns the word before.
    #[inline]
    fn give_back(&self) -> u64 {
        let one_less = |word| (in_use(word) > 0).then(|| word.saturating_sub(1));
        self.change(one_less).unwrap_or_else(|word| word)
    }

    /// With the queue locked: a newcomer either sees this limit, or is seen by the `grant` that
    /// follows.
    #[cold]
    fn change_limit(&self, limit: u32) {
        let _queue = lock(&self.queue);
        self.limit.store(limit.into(), Ordering::Relaxed);
    }

    /// Grants free permits to waiters.
    #[cold]
    fn grant(&self) {
        while let Some(waker) = self.grant_one() {
            waker.wake();
        }
    }

    fn grant_one(&self) -> Option<Waker> {
        let mut queue = lock(&self.queue);
        let limit = self.limit.load(Ordering::Relaxed);
        self.change(|word| {
            let possible = waiting(word) > 0 && in_use(word) < limit;
            possible.then(|| word.saturating_sub(WAITING).saturating_add(1))
        })
        .ok()?;
        queue.grant()
    }
}

const fn at_least_one(limit: u32) -> u32 {
    if limit == 0 { 1 } else { limit }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "limit_test.rs"]
mod tests;
