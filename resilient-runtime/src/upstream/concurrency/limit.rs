//! Stage upstream: takes an attempt that wants to be sent, gives it one of a limited number of slots, in order.

use crate::{
    clock::Moment,
    sync::{AtomicU64, Mutex, Ordering, lock},
    timer::Timer,
    upstream::concurrency::{Concurrency, adaptive::Adaptive, queue::WaitQueue},
};
use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};
use tokio::time::Instant;

/// The slots of an upstream.
///
/// Who is in and who waits is in one word, so that a slot is taken and given back with one exchange while nobody waits.
/// As long as somebody does, no newcomer gets past the line, and whoever gives a slot back serves who is first. (A
/// semaphore would do for a fixed limit, but takes a lock for each slot that comes back, and knows no limit that
/// falls below what is in use.)
#[derive(Debug)]
pub(crate) struct ConcurrencyLimit {
    is_limited: bool,
    max_queue: u32,
    /// At most `u32::MAX`. Changed with the line locked.
    limit: AtomicU64,
    /// How many are in below, how many wait above. The latter changes with the line locked.
    word: AtomicU64,
    queue: Mutex<WaitQueue>,
    adaptive: Option<Adaptive>,
}

/// One more who waits, as the word counts it.
const WAITING: u64 = 1 << 32;

const fn in_use(word: u64) -> u64 {
    word % WAITING
}

const fn waiting(word: u64) -> u64 {
    word / WAITING
}

/// Why there is no slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// As many wait as may.
    QueueTerms,
    /// The deadline came first, or the longest wait was over.
    Time,
}

impl ConcurrencyLimit {
    /// No limit: everybody enters, nobody is counted, and [`set`](Self::set) changes nothing.
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
            max_queue: concurrency.queue,
            limit: AtomicU64::new(start as u64),
            word: AtomicU64::new(0),
            queue: Mutex::new(WaitQueue::new()),
            adaptive,
        }
    }

    pub(crate) const fn is_limited(&self) -> bool {
        self.is_limited
    }

    /// Takes a slot if there is one and nobody waits for it.
    #[inline]
    pub(crate) fn try_acquire(&self) -> bool {
        if !self.is_limited {
            return true;
        }
        let limit = self.limit.load(Ordering::Relaxed);
        // Where somebody waits the word is above every limit.
        self.change(|word| (word < limit).then(|| word.saturating_add(1)))
            .is_ok()
    }

    /// Takes one more than there are: for a call inside the holder of a slot, which would else wait for itself.
    pub(crate) fn acquire_beyond_limit(&self) {
        if self.is_limited {
            let _ = self.change(|word| Some(word.saturating_add(1)));
        }
    }

    /// Takes a slot, waiting for it in line at most until `latest`, if there is one. A call that is dropped meanwhile is out of the
    /// line, and a slot that it was about to get goes to the next.
    pub(crate) async fn acquire(&self, latest: Option<Instant>) -> Result<(), Full> {
        if self.try_acquire() {
            return Ok(());
        }
        if latest.is_some_and(|latest| latest <= Instant::now()) {
            return Err(Full::Time);
        }
        let mut place = QueuePlace::new(self);
        let mut timer = pin!(Timer::new());
        poll_fn(|cx| {
            if let Poll::Ready(entered) = place.poll(cx) {
                return Poll::Ready(entered);
            }
            let Some(latest) = latest else {
                return Poll::Pending;
            };
            if !timer.is_set() {
                timer.as_mut().set(Moment::of(latest));
            }
            timer.as_mut().poll(cx).map(|()| Err(Full::Time))
        })
        .await
    }

    /// Gives a slot back. `took` is the latency of the attempt, if it tells something about the server; `ok` is false
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

    /// What follows where somebody waits, or the limit adapts. `word` is that before the slot came back.
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

    /// Sets the limit of a running upstream, the upper one if it adapts. What is in flight stays; below that number the
    /// new limit takes effect as slots come back.
    pub(crate) fn set(&self, limit: u32) {
        let limit = at_least_one(limit);
        match &self.adaptive {
            Some(adaptive) => adaptive.set(limit, |limit| self.change_limit(limit)),
            None => self.change_limit(limit),
        }
        self.grant();
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

    /// The word before the change, or the one that cannot be changed.
    #[inline]
    fn change(&self, step: impl FnMut(u64) -> Option<u64>) -> Result<u64, u64> {
        self.word
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, step)
    }

    /// The word before.
    #[inline]
    fn give_back(&self) -> u64 {
        let one_less = |word| (in_use(word) > 0).then(|| word.saturating_sub(1));
        self.change(one_less).unwrap_or_else(|word| word)
    }

    /// With the line locked: who joins it has either seen this limit, or is seen by whoever serves after this.
    #[cold]
    fn change_limit(&self, limit: u32) {
        let _queue = lock(&self.queue);
        self.limit.store(limit.into(), Ordering::Relaxed);
    }

    /// Gives slots to who waits as long as there are both.
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
        queue.pop()
    }

    /// The ticket of who has joined the line; none for who has a slot after all.
    #[cold]
    fn enqueue(&self, waker: Waker) -> Result<Option<u64>, Full> {
        let mut queue = lock(&self.queue);
        let limit = self.limit.load(Ordering::Relaxed);
        let before = self.change(|word| {
            if word < limit {
                Some(word.saturating_add(1))
            } else if waiting(word) < self.max_queue.into() {
                Some(word.saturating_add(WAITING))
            } else {
                None
            }
        });
        match before {
            Ok(word) if word < limit => Ok(None),
            Ok(_) => Ok(Some(queue.push(waker))),
            Err(_) => Err(Full::QueueTerms),
        }
    }

    #[cold]
    fn cancel(&self, ticket: u64) {
        let mut queue = lock(&self.queue);
        let left = queue.cancel(ticket);
        if left.is_some() {
            let _ = self.change(|word| word.checked_sub(WAITING));
        }
        drop(queue);
        if left.is_none() {
            // The slot was there already.
            self.release(None, true);
        }
    }
}

const fn at_least_one(limit: u32) -> u32 {
    if limit == 0 { 1 } else { limit }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A place in the line for a slot. Dropped, it is given up.
#[derive(Debug)]
pub(crate) struct QueuePlace<'a> {
    limit: &'a ConcurrencyLimit,
    ticket: Option<u64>,
}

impl<'a> QueuePlace<'a> {
    pub(crate) const fn new(limit: &'a ConcurrencyLimit) -> Self {
        Self {
            limit,
            ticket: None,
        }
    }

    /// Ready when there is a slot, which is then the caller's to give back, or when as many wait as may.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Full>> {
        let Some(ticket) = self.ticket else {
            if self.limit.try_acquire() {
                return Poll::Ready(Ok(()));
            }
            return match self.limit.enqueue(cx.waker().clone()) {
                Ok(None) => Poll::Ready(Ok(())),
                Ok(ticket) => {
                    self.ticket = ticket;
                    Poll::Pending
                }
                Err(full) => Poll::Ready(Err(full)),
            };
        };
        let refreshed = lock(&self.limit.queue).refresh(ticket, cx.waker().clone());
        match refreshed {
            Ok(_) => Poll::Pending,
            Err(_) => {
                self.ticket = None;
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl Drop for QueuePlace<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.limit.cancel(ticket);
        }
    }
}

#[cfg(test)]
#[path = "limit_test.rs"]
mod tests;
