//! A waiter's place in the queue for a permit.

use crate::{
    sync::{Ordering, lock},
    upstream::concurrency::{
        limit::{ConcurrencyLimit, Full, WAITING, waiting},
        queue::{Place, Position},
    },
};
use std::task::{Context, Poll, Waker};

/// A place in the wait queue. Dropping it leaves the queue.
#[derive(Debug)]
pub(crate) struct QueuePlace<'a> {
    limit: &'a ConcurrencyLimit,
    ticket: Option<u64>,
    /// Where it joins the queue next. A full queue refuses only those that join it at the back.
    joins: Position,
    /// The number of the latest grant at the last look.
    looked: u64,
}

impl<'a> QueuePlace<'a> {
    pub(crate) const fn new(limit: &'a ConcurrencyLimit, has_turn: bool) -> Self {
        Self {
            limit,
            ticket: None,
            joins: if has_turn {
                Position::Front
            } else {
                Position::Back
            },
            looked: 0,
        }
    }

    /// Ready with a permit, which the caller has to return, or with an error if the queue is full.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Full>> {
        if self.ticket.is_none() && self.limit.try_acquire() {
            return Poll::Ready(Ok(()));
        }
        let mut waker = cx.waker().clone();
        if let Some(ticket) = self.ticket {
            let place = lock(&self.limit.queue).look(ticket, &mut waker);
            if place == Place::Waiting {
                return Poll::Pending;
            }
            if place == Place::Granted {
                self.ticket = None;
                return Poll::Ready(Ok(()));
            }
        }
        if let Some(passed_over) = self.ticket.take() {
            self.joins = Position::Of(passed_over);
        }
        match self.limit.enqueue(waker, self.joins) {
            Ok(None) => Poll::Ready(Ok(())),
            Ok(ticket) => {
                self.ticket = ticket;
                Poll::Pending
            }
            Err(full) => Poll::Ready(Err(full)),
        }
    }

    /// Takes over a permit that was granted before the last look and is still not picked up: its
    /// call is not polled. It may be a branch of a `select!`, or one of several futures whose task
    /// does something else. The next in the queue may be such a call too, so the one that looks has
    /// it.
    pub(crate) fn take_over(&mut self) -> bool {
        let Some(ticket) = self.ticket else {
            return false;
        };
        let is_taken = self.limit.take_over(self.looked, ticket);
        if is_taken {
            self.ticket = None;
        } else {
            self.looked = lock(&self.limit.queue).latest_grant();
        }
        is_taken
    }
}

impl Drop for QueuePlace<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.limit.leave(ticket);
        }
    }
}

impl ConcurrencyLimit {
    /// Joins the queue and returns the ticket, or `None` if a permit was free after all.
    #[cold]
    fn enqueue(&self, waker: Waker, at: Position) -> Result<Option<u64>, Full> {
        let mut queue = lock(&self.queue);
        let limit = self.limit.load(Ordering::Relaxed);
        let before = self.change(|word| {
            if word < limit {
                Some(word.saturating_add(1))
            } else if at != Position::Back || waiting(word) < self.max_queue.load(Ordering::Relaxed)
            {
                Some(word.saturating_add(WAITING))
            } else {
                None
            }
        });
        match before {
            Ok(word) if word < limit => Ok(None),
            Ok(_) => Ok(Some(queue.push(waker, at))),
            Err(_) => Err(Full::Queue),
        }
    }

    #[cold]
    fn take_over(&self, until: u64, mine: u64) -> bool {
        let mut queue = lock(&self.queue);
        let waker = queue.take_over(until, mine);
        if waker.is_some() {
            let _ = self.change(|word| word.checked_sub(WAITING));
        }
        drop(queue);
        waker.is_some()
    }

    #[cold]
    fn leave(&self, ticket: u64) {
        let mut queue = lock(&self.queue);
        let waker = queue.cancel(ticket);
        if waker.is_some() {
            let _ = self.change(|word| word.checked_sub(WAITING));
        }
        let is_granted = waker.is_none() && queue.pick_up(ticket);
        drop(queue);
        if is_granted {
            self.release(None, true);
        }
    }
}
