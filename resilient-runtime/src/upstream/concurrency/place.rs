//! A waiter's place in the queue for a permit.

use crate::{
    sync::lock,
    upstream::concurrency::limit::{ConcurrencyLimit, Full},
};
use std::task::{Context, Poll};

/// A place in the wait queue. Dropping it leaves the queue.
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

    /// Ready with a permit, which the caller has to return, or with an error if the queue is full.
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
