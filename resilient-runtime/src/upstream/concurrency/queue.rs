//! The FIFO queue of tasks that wait for a permit.

use std::{collections::VecDeque, task::Waker};

/// The waiting tasks. Each operation takes constant time, or logarithmic time to find a ticket;
/// only a ticket that was passed over and comes back moves others, and one is picked up in the time
/// of the grants before it.
#[derive(Debug)]
pub(crate) struct WaitQueue {
    /// The latest ticket at the back.
    back: u64,
    /// The latest ticket at the front.
    front: u64,
    /// In the order of their tickets.
    waiters: VecDeque<Waiter>,
    /// The number of cancelled entries among them.
    cancelled: usize,
    /// The number of grants.
    grants: u64,
    /// Grants that are not picked up yet, the oldest first.
    granted: VecDeque<Grant>,
}

/// A permit for a ticket.
#[derive(Clone, Copy, Debug)]
struct Grant {
    number: u64,
    ticket: u64,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    /// `None` after cancellation: removing the entry would move all others.
    waker: Option<Waker>,
}

/// Tickets at the back count up from here, those at the front from zero.
const BACK: u64 = 1 << 63;

/// Where a waiter joins the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    Back,
    /// Ahead of those at the back, and behind those that came to the front before.
    Front,
    /// The place of a ticket that was passed over.
    Of(u64),
}

/// The state of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Waiting,
    /// Its permit was granted.
    Granted,
    /// Its permit was granted and not picked up, and another ticket took it over.
    PassedOver,
}

impl WaitQueue {
    pub(crate) const fn new() -> Self {
        Self {
            back: BACK,
            front: 0,
            waiters: VecDeque::new(),
            cancelled: 0,
            grants: 0,
            granted: VecDeque::new(),
        }
    }

    /// Adds a waiter and returns its ticket.
    pub(crate) fn push(&mut self, waker: Waker, at: Position) -> u64 {
        let ticket = match at {
            Position::Back => {
                self.back = self.back.wrapping_add(1);
                self.back
            }
            Position::Front => {
                self.front = self.front.wrapping_add(1);
                self.front
            }
            Position::Of(ticket) => ticket,
        };
        let place = self
            .waiters
            .partition_point(|waiter| waiter.ticket < ticket);
        let waker = Some(waker);
        self.waiters.insert(place, Waiter { ticket, waker });
        ticket
    }

    fn find(&mut self, ticket: u64) -> Option<&mut Waiter> {
        let place = self
            .waiters
            .binary_search_by_key(&ticket, |waiter| waiter.ticket)
            .ok()?;
        self.waiters.get_mut(place)
    }

    /// The state of a ticket. If it waits, its waker is exchanged for this one, to be dropped
    /// outside the lock, because a waker's destructor may run any code. If it is granted, it is
    /// picked up.
    pub(crate) fn look(&mut self, ticket: u64, waker: &mut Waker) -> Place {
        if let Some(old) = self.find(ticket).and_then(|waiter| waiter.waker.as_mut()) {
            std::mem::swap(old, waker);
            Place::Waiting
        } else if self.pick_up(ticket) {
            Place::Granted
        } else {
            Place::PassedOver
        }
    }

    /// Whether the ticket was granted and not picked up. It is now.
    pub(crate) fn pick_up(&mut self, ticket: u64) -> bool {
        let place = self.granted.iter().position(|grant| grant.ticket == ticket);
        place.is_some_and(|place| self.granted.remove(place).is_some())
    }

    /// Grants the first waiter its permit.
    pub(crate) fn grant(&mut self) -> Option<Waker> {
        loop {
            let Waiter { ticket, waker } = self.waiters.pop_front()?;
            if waker.is_some() {
                self.grants = self.grants.wrapping_add(1);
                self.granted.push_back(Grant {
                    number: self.grants,
                    ticket,
                });
                return waker;
            }
            self.cancelled = self.cancelled.saturating_sub(1);
        }
    }

    /// The number of the latest grant.
    pub(crate) const fn latest_grant(&self) -> u64 {
        self.grants
    }

    /// The waiting ticket `mine` takes over the oldest grant that is not picked up, if its number
    /// is at most `until`. Returns the waker of `mine`.
    pub(crate) fn take_over(&mut self, until: u64, mine: u64) -> Option<Waker> {
        self.granted.front().filter(|grant| grant.number <= until)?;
        let waker = self.cancel(mine)?;
        self.granted.pop_front();
        Some(waker)
    }

    /// Cancels a waiter; `None` if it does not wait any more.
    pub(crate) fn cancel(&mut self, ticket: u64) -> Option<Waker> {
        let waker = self.find(ticket)?.waker.take()?;
        self.cancelled = self.cancelled.saturating_add(1);
        // Keeps the queue below twice the number of waiters, at a constant price per cancellation.
        if self.cancelled > self.waiters.len() / 2 {
            self.waiters.retain(|waiter| waiter.waker.is_some());
            self.cancelled = 0;
        }
        Some(waker)
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.waiters.len()
    }
}
