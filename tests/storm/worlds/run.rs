//! The run of a world.

use super::{
    late::Late,
    server::{Request, Server, ServerLog},
    world::{Caller, Hedging, Inner, World},
};
use futures::future::{Either, join, join_all};
use resilient_runtime::{
    AttemptContext, Class, Classify as _, Hedge, Policy, Snapshot, Tokens, Upstream,
};
use resilient_tests::Failure;
use std::{cell::RefCell, time::Duration};
use tokio::time::{Instant, advance, sleep, sleep_until, timeout};

/// What has happened to a call.
#[derive(Debug, Default)]
pub(super) struct CallLog {
    pub(super) start: Duration,
    /// The numbers of its attempts, and when they were sent.
    pub(super) sent: Vec<(u32, Duration)>,
    pub(super) result: Option<Result<(), Class>>,
    /// The calls that its attempts have made, each with the number of the attempt.
    pub(super) inner: Vec<(u32, CallLog)>,
    /// The most attempts that it may make.
    pub(super) attempts: u32,
}

impl CallLog {
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.result, Some(Err(_)))
    }

    pub(super) fn attempts_made(&self) -> usize {
        let last = self.sent.iter().map(|sent| sent.0).max();
        last.unwrap_or(0) as usize
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.result.is_none()
    }
}

/// An upstream, its server, and how both are afterwards.
#[derive(Debug)]
pub(super) struct SideLog {
    pub(super) server: ServerLog,
    /// When all calls have ended.
    pub(super) after: Snapshot,
    /// Long after that.
    pub(super) rested: Snapshot,
    /// The results of calls one after another when the server has been well for long.
    pub(super) later: Vec<Result<(), Class>>,
}

#[derive(Debug)]
pub(super) struct Log {
    pub(super) calls: Vec<CallLog>,
    /// The upstream of all callers, and another one for calls inside.
    pub(super) sides: [SideLog; 2],
}

struct Side<'w> {
    upstream: Upstream,
    server: Server<'w>,
    hedge: Option<Hedge>,
}

impl<'w> Side<'w> {
    fn new(world: &'w World, name: &'static str, start: Instant) -> Self {
        Self {
            upstream: world.upstream(name),
            server: Server::new(world, start),
            hedge: world.hedging.map(Hedging::hedge),
        }
    }

    /// Makes a call of `policy`. The body of an attempt is the request, and then `inner`.
    async fn call(
        &self,
        policy: &Policy,
        caller: &Caller,
        is_inside: bool,
        log: &RefCell<CallLog>,
        inner: impl AsyncFn(u32) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let server = &self.server;
        log.borrow_mut().start = server.now();
        log.borrow_mut().attempts = policy.attempts;
        let body = async |attempt: AttemptContext| {
            let number = {
                let sent = &mut log.borrow_mut().sent;
                sent.push((attempt.number(), server.now()));
                sent.len() as u64
            };
            let request = &Request {
                caller,
                number,
                is_beyond_permits: is_inside,
            };
            let _in_flight = server.begins(request);
            let mut result = server.answer(request).await;
            if result.is_ok() {
                result = inner(attempt.number()).await;
            }
            if let (Ok(()), Some(used)) = (&result, caller.used) {
                attempt.record_tokens(Tokens::input(used));
            }
            server.ends(request, &result);
            result
        };
        let call = self.upstream.call("world").cost(caller.cost).policy(policy);
        match &self.hedge {
            Some(hedge) => call.hedge(hedge).run_with(body).await,
            None => call.run_with(body).await,
        }
    }

    /// Calls one after another when the server has been well for long.
    async fn calls_later(&self, caller: &Caller) -> Vec<Result<(), Class>> {
        self.server.gets_well();
        let mut later = Vec::new();
        for _ in 0..5 {
            let log = RefCell::default();
            let call = self.call(&Policy::DEFAULT, caller, false, &log, async |_| Ok(()));
            later.push(call.await.map_err(|failure| failure.class()));
            sleep(Duration::from_secs(2)).await;
        }
        later
    }
}

impl World {
    pub(super) async fn run(&self) -> Log {
        let start = Instant::now();
        let sides = ["world", "other"].map(|name| Side::new(self, name, start));
        let calls = self.callers.iter().map(|caller| self.calls(caller, &sides));
        let leaps = async {
            for (after, leap) in &self.leaps {
                sleep(*after).await;
                advance(*leap).await;
            }
        };
        let (calls, ()) = join(join_all(calls), leaps).await;
        let after = sides.each_ref().map(|side| side.upstream.snapshot());
        // Longer than every break and every debt, and than the longest outage.
        sleep(Duration::from_secs(2 * 3_600)).await;
        let mut logs = Vec::new();
        for (side, after) in sides.into_iter().zip(after) {
            let rested = side.upstream.snapshot();
            let later = side.calls_later(&self.callers[0]).await;
            let server = side.server.into_log();
            logs.push(SideLog {
                server,
                after,
                rested,
                later,
            });
        }
        Log {
            calls,
            sides: logs.try_into().unwrap(),
        }
    }

    /// The call of a caller.
    async fn calls(&self, caller: &Caller, sides: &[Side<'_>; 2]) -> CallLog {
        let start = Instant::now();
        let log = RefCell::default();
        sleep_until(start + caller.start).await;
        let inside = async |attempt: u32| match caller.inner {
            Some(inner) => self.calls_inside(caller, inner, sides, &log, attempt).await,
            None => Ok(()),
        };
        let call = sides[0].call(&self.policy, caller, false, &log, inside);
        let call = if caller.is_late {
            Either::Left(Late::new(call, caller.bad_luck))
        } else {
            Either::Right(Box::pin(call))
        };
        let result = match caller.drops_after {
            Some(time) => timeout(time, call).await.ok(),
            None => Some(call.await),
        };
        let mut log = log.into_inner();
        log.result = result.map(|result| result.map_err(|failure| failure.class()));
        log
    }

    /// A call inside an attempt.
    async fn calls_inside(
        &self,
        caller: &Caller,
        inner: Inner,
        sides: &[Side<'_>; 2],
        outer: &RefCell<CallLog>,
        attempt: u32,
    ) -> Result<(), Failure> {
        let policy = self.policy.attempts(inner.attempts);
        let side = &sides[usize::from(!inner.is_same_upstream)];
        let log = RefCell::default();
        let call = side.call(&policy, caller, inner.is_same_upstream, &log, async |_| {
            Ok(())
        });
        let noted = Noted {
            log: &log,
            outer,
            attempt,
        };
        let result = call.await;
        log.borrow_mut().result = Some(result.as_ref().copied().map_err(Failure::class));
        drop(noted);
        // A failure has one history: that of the outer call.
        result.map_err(|failure| Failure::from(failure.classify()))
    }
}

/// Keeps the log of a call inside, also if the call is dropped.
struct Noted<'l> {
    log: &'l RefCell<CallLog>,
    outer: &'l RefCell<CallLog>,
    attempt: u32,
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        let log = self.log.take();
        self.outer.borrow_mut().inner.push((self.attempt, log));
    }
}
