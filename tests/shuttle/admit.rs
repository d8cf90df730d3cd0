//! Models of an attempt that passes breaker, slots and limits, or none of them: `Shared::try_admit` and the drop of its
//! `Taken`, written down again over the runtime's own pieces.

use crate::{
    clock::Moment,
    explore, join,
    upstream::{
        breaker::{Breaker, BreakerState, Circuit, Ticket},
        concurrency::Concurrency,
        meter::Meter,
        rate::Rate,
        slots::Slots,
        terms::Kind,
    },
};
use shuttle::thread;
use std::{sync::Arc, time::Duration};

const ORDERS: usize = 20_000;
const START: Moment = Moment(1_000_000_000);
const QUICK: Duration = Duration::from_millis(1);

struct Shared {
    breaker: Breaker,
    circuit: Circuit,
    slots: Slots,
    requests: Meter,
    tokens: Meter,
}

impl Shared {
    fn new(slots: u32, requests: u64, tokens: u64) -> Arc<Self> {
        let daily = |most| Some(Rate::per_day(1).burst(most));
        Arc::new(Self {
            breaker: Breaker::new().consecutive(1).probes(1),
            circuit: Circuit::new(),
            slots: Slots::new(Concurrency::new(slots)),
            requests: Meter::new(daily(requests), Kind::Requests),
            tokens: Meter::new(daily(tokens), Kind::Tokens),
        })
    }

    fn try_admit(&self, cost: u64, now: Moment) -> Option<Ticket> {
        self.circuit.check(now).ok()?;
        let mut taken = Taken {
            shared: self,
            slot: false,
            requests: 0,
            tokens: 0,
        };
        taken.slot = self.slots.try_enter();
        if !taken.slot {
            return None;
        }
        self.requests.try_take(1, now).ok()?;
        taken.requests = 1;
        self.tokens.try_take(cost, now).ok()?;
        taken.tokens = cost;
        let entry = self.circuit.enter(&self.breaker, now).ok()?;
        (taken.slot, taken.requests, taken.tokens) = (false, 0, 0);
        Some(entry.ticket)
    }

    fn levels(&self) -> (u32, i64, i64) {
        let left = |meter: &Meter| meter.level(START);
        (
            self.slots.in_use(),
            left(&self.requests),
            left(&self.tokens),
        )
    }
}

struct Taken<'s> {
    shared: &'s Shared,
    slot: bool,
    requests: u64,
    tokens: u64,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if self.slot {
            self.shared.slots.release(None, true);
        }
        if self.requests > 0 {
            self.shared.requests.give_back(self.requests);
        }
        if self.tokens > 0 {
            self.shared.tokens.give_back(self.tokens);
        }
    }
}

/// Threads want more of each than there is: what is let through is what is gone, and never more than there was.
pub fn what_is_refused_gives_back_all_it_took() {
    explore(ORDERS, || {
        let shared = Shared::new(2, 3, 20);
        let threads = [10, 10, 10, 5].map(|cost| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let ticket = shared.try_admit(cost, START)?;
                thread::yield_now();
                let change = shared
                    .circuit
                    .success(&shared.breaker, ticket, START, QUICK);
                assert_eq!(change, None);
                shared.slots.release(Some(QUICK), true);
                Some(i64::try_from(cost).unwrap_or_default())
            })
        });
        let costs: Vec<i64> = threads.map(join).into_iter().flatten().collect();
        let (sent, tokens_gone) = (
            i64::try_from(costs.len()).unwrap_or_default(),
            costs.iter().sum::<i64>(),
        );
        assert_eq!(
            shared.levels(),
            (
                0,
                3_i64.saturating_sub(sent),
                20_i64.saturating_sub(tokens_gone)
            )
        );
        assert!(sent >= 1);
    });
}

/// The circuit opens, and is tried again, while others are on their way in: who comes too late gives back what it took,
/// and a probe that is dropped frees its place.
pub fn a_circuit_that_opens_under_way_keeps_nothing() {
    explore(ORDERS, || {
        let shared = Shared::new(3, 10, 100);
        let after = START.after(Duration::from_secs(5));
        let failing = shared.try_admit(10, START);
        let opener = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let change = failing.and_then(|ticket| {
                    shared
                        .circuit
                        .failure(&shared.breaker, ticket, START, QUICK, None)
                });
                shared.slots.release(None, true);
                assert_eq!(change.map(|change| change.to), Some(BreakerState::Open));
            })
        };
        let callers = [START, after, after].map(|now| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let Some(ticket) = shared.try_admit(10, now) else {
                    return 0;
                };
                thread::yield_now();
                // Dropped.
                shared.circuit.ignore(ticket);
                shared.slots.release(None, true);
                1_i64
            })
        });
        join(opener);
        let sent = callers.map(join).into_iter().sum::<i64>().saturating_add(1);
        let tokens_gone = sent.saturating_mul(10);
        assert_eq!(
            shared.levels(),
            (
                0,
                10_i64.saturating_sub(sent),
                100_i64.saturating_sub(tokens_gone)
            )
        );
        let probe = shared.try_admit(10, after);
        assert!(probe.is_some_and(Ticket::is_probe));
        assert!(shared.try_admit(10, after).is_none());
    });
}
