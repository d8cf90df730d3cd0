//! Stage upstream: who waits for a slot, in order.

use std::{collections::VecDeque, task::Waker};

/// The waiting tasks. Each operation takes constant time, or logarithmic where it looks for a ticket.
#[derive(Debug)]
pub(crate) struct WaitQueue {
    /// The ticket of who comes next.
    next: u64,
    /// In the order of the tickets.
    waiters: VecDeque<Waiter>,
    /// How many of them have left.
    left: usize,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    /// None for one that has left: to move up all others would take time by their number.
    waker: Option<Waker>,
}

impl WaitQueue {
    pub(crate) const fn new() -> Self {
        Self {
            next: 0,
            waiters: VecDeque::new(),
            left: 0,
        }
    }

    /// The ticket of one more at the end.
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

    /// Has `waker` woken instead of the one before, which comes back to be dropped outside the lock, as a waker's drop
    /// may do anything. The new one comes back if the turn of `ticket` has come.
    pub(crate) fn refresh(&mut self, ticket: u64, waker: Waker) -> Result<Option<Waker>, Waker> {
        match self.find(ticket) {
            Some(waiter) => Ok(waiter.waker.replace(waker)),
            None => Err(waker),
        }
    }

    /// Who is first goes out.
    pub(crate) fn pop(&mut self) -> Option<Waker> {
        loop {
            match self.waiters.pop_front()?.waker {
                Some(waker) => return Some(waker),
                None => self.left = self.left.saturating_sub(1),
            }
        }
    }

    /// Takes one out of the line; none if its turn has come.
    pub(crate) fn cancel(&mut self, ticket: u64) -> Option<Waker> {
        let waker = self.find(ticket)?.waker.take();
        self.left = self.left.saturating_add(1);
        // So the line is at most twice as long as who is in it, at a constant price for each who leaves.
        if self.left > self.waiters.len() / 2 {
            self.waiters.retain(|waiter| waiter.waker.is_some());
            self.left = 0;
        }
        waker
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.waiters.len()
    }
}
