//! The FIFO queue of tasks that wait for a permit.

use std::{collections::VecDeque, task::Waker};

/// The waiting tasks. Each operation takes constant time, or logarithmic time to find a ticket.
#[derive(Debug)]
pub(crate) struct WaitQueue {
    /// The next ticket.
    next: u64,
    /// In the order of their tickets.
    waiters: VecDeque<Waiter>,
    /// The number of cancelled entries among them.
    cancelled: usize,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    /// `None` after cancellation: removing the entry would move all others.
    waker: Option<Waker>,
}

impl WaitQueue {
    pub(crate) const fn new() -> Self {
        Self {
            next: 0,
            waiters: VecDeque::new(),
            cancelled: 0,
        }
    }

    /// Appends a waiter and returns its ticket.
    pub(crate) fn push(&mut self, waker: Waker) -> u64 {
        let ticket = self.next;
        self.next = ticket.wrapping_add(1);
        self.waiters.push_back(Waiter {
            ticket,
            waker: Some(waker),
        });
        ticket
    }

    fn find(&mut self, ticket: u64) -> Option<&mut Waiter> {
        let place = self
            .waiters
            .binary_search_by_key(&ticket, |waiter| waiter.ticket)
            .ok()?;
        self.waiters.get_mut(place)
    }

    /// Replaces the waker and returns the old one, to be dropped outside the lock, because a
    /// waker's destructor may run any code. Returns the new one as an error if the permit was
    /// granted.
    pub(crate) fn refresh(&mut self, ticket: u64, waker: Waker) -> Result<Option<Waker>, Waker> {
        match self.find(ticket) {
            Some(waiter) => Ok(waiter.waker.replace(waker)),
            None => Err(waker),
        }
    }

    /// Removes the first waiter.
    pub(crate) fn pop(&mut self) -> Option<Waker> {
        loop {
            match self.waiters.pop_front()?.waker {
                Some(waker) => return Some(waker),
                None => self.cancelled = self.cancelled.saturating_sub(1),
            }
        }
    }

    /// Cancels a waiter; `None` if its permit was granted.
    pub(crate) fn cancel(&mut self, ticket: u64) -> Option<Waker> {
        let waker = self.find(ticket)?.waker.take();
        self.cancelled = self.cancelled.saturating_add(1);
        // Keeps the queue below twice the number of waiters, at a constant price per cancellation.
        if self.cancelled > self.waiters.len() / 2 {
            self.waiters.retain(|waiter| waiter.waker.is_some());
            self.cancelled = 0;
        }
        waker
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.waiters.len()
    }
}
