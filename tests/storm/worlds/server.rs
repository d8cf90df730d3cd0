//! The servers of a world, and all that they have seen.

use super::{
    random::Random,
    world::{Caller, Fault, World},
};
use resilient_runtime::{Class, Classification, Processed, ServerWait, WaitOrigin};
use resilient_tests::Failure;
use std::{
    cell::{Cell, RefCell},
    future::pending,
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// One change of the units that were taken from a limit.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unit {
    /// The estimate of an attempt that was sent.
    Sent(u64),
    /// The attempt has used more.
    Owed(u64),
    /// The attempt has used less.
    Returned(u64),
}

/// An attempt, as its server and its caller see it.
pub(super) struct Request<'r> {
    pub(super) caller: &'r Caller,
    /// Distinguishes the attempts of the caller, for its luck.
    pub(super) number: u64,
    /// Whether it runs inside an attempt that holds a permit of the same upstream.
    pub(super) is_beyond_permits: bool,
}

/// A server, and all that it has seen.
pub(super) struct Server<'w> {
    world: &'w World,
    start: Instant,
    in_flight: Cell<u32>,
    most_in_flight: Cell<u32>,
    /// When requests were sent.
    sent: RefCell<Vec<Duration>>,
    tokens: RefCell<Vec<(Duration, Unit)>>,
    /// Whether nothing fails any more.
    is_well: Cell<bool>,
}

/// What a server has seen.
#[derive(Debug, Default)]
pub(super) struct ServerLog {
    /// The most attempts that were in flight at once, except those inside others.
    pub(super) most_in_flight: u32,
    pub(super) sent: Vec<Duration>,
    pub(super) tokens: Vec<(Duration, Unit)>,
}

pub(super) struct InFlight<'s>(&'s Cell<u32>);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl<'w> Server<'w> {
    pub(super) fn new(world: &'w World, start: Instant) -> Self {
        Self {
            world,
            start,
            in_flight: Cell::new(0),
            most_in_flight: Cell::new(0),
            sent: RefCell::default(),
            tokens: RefCell::default(),
            is_well: Cell::new(false),
        }
    }

    pub(super) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    pub(super) fn gets_well(&self) {
        self.is_well.set(true);
    }

    /// An attempt begins: it holds its permit until the guard is dropped.
    pub(super) fn begins(&self, request: &Request<'_>) -> Option<InFlight<'_>> {
        let now = self.now();
        self.sent.borrow_mut().push(now);
        self.tokens
            .borrow_mut()
            .push((now, Unit::Sent(request.caller.cost)));
        if request.is_beyond_permits {
            return None;
        }
        self.in_flight.set(self.in_flight.get() + 1);
        let most = self.most_in_flight.get().max(self.in_flight.get());
        self.most_in_flight.set(most);
        Some(InFlight(&self.in_flight))
    }

    /// The result of an attempt, which ends the attempt at once.
    pub(super) fn ends(&self, request: &Request<'_>, result: &Result<(), Failure>) {
        let cost = request.caller.cost;
        let used = match result {
            Ok(()) => request.caller.used.unwrap_or(cost),
            Err(failure) if failure.classification.processed == Processed::No => 0,
            Err(_) => cost,
        };
        let unit = if used > cost {
            Unit::Owed(used - cost)
        } else {
            Unit::Returned(cost - used)
        };
        self.tokens.borrow_mut().push((self.now(), unit));
    }

    pub(super) async fn answer(&self, request: &Request<'_>) -> Result<(), Failure> {
        let now = self.now();
        let world = self.world;
        let (begin, end) = world.outage;
        if now >= begin && now < end {
            return fail(world.fault).await;
        }
        let caller = request.caller;
        sleep(caller.latency).await;
        let is_noisy = world.noise > 0 && !self.is_well.get();
        if is_noisy && Random(caller.bad_luck + request.number).one_in(world.noise) {
            return fail(Fault::ServerError).await;
        }
        Ok(())
    }

    pub(super) fn into_log(self) -> ServerLog {
        ServerLog {
            most_in_flight: self.most_in_flight.get(),
            sent: self.sent.into_inner(),
            tokens: self.tokens.into_inner(),
        }
    }
}

async fn fail(fault: Fault) -> Result<(), Failure> {
    let failure = match fault {
        Fault::ServerError => Failure::status(500),
        Fault::Overloaded => Failure::status(503),
        Fault::NotFound => Failure::status(404),
        Fault::Refused => Failure::of(Class::Connect),
        Fault::Hangs => return pending().await,
        Fault::RateLimited(seconds) => {
            let wait = ServerWait::new(Duration::from_secs(seconds), WaitOrigin::RetryAfter);
            Failure::from(Classification::of_status(429).wait(wait))
        }
    };
    Err(failure)
}
