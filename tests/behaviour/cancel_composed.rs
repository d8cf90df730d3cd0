//! Calls through every shared limit at once, dropped or panicking at every poll. Just above 300
//! lines: one set-up.

use futures::FutureExt as _;
use resilient_runtime::{
    __private::{CallSite, Hedge, Plan, UpstreamHandle, key_handle},
    Backoff, Breaker, BreakerState, Classification, Concurrency, Jitter, Policy, Rate, ServerWait,
    Snapshot, Upstream, WaitOrigin, call,
};
use resilient_tests::{Counter, Failure};
use std::{
    future::{pending, poll_fn},
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
    time::Duration,
};
use tokio::time::{advance, sleep};

const SECOND: Duration = Duration::from_secs(1);
const KEY: &str = "key";
const COST: u64 = 100;
const ONCE: Policy = Policy::new().attempts(1);

/// Attempts of a second, half a second apart.
const POLICY: Policy = Policy::new()
    .attempts(2)
    .timeout(SECOND)
    .backoff(Backoff::fixed(Duration::from_millis(500)).jitter(Jitter::None));

/// The first obstacle of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Start {
    Free,
    LineForASlot,
    LineForTheRate,
    GateClosed,
    HalfOpen,
}

const STARTS: [Start; 5] = [
    Start::Free,
    Start::LineForASlot,
    Start::LineForTheRate,
    Start::GateClosed,
    Start::HalfOpen,
];

impl Start {
    fn upstream(self) -> Upstream {
        let slots = if self == Self::LineForASlot { 1 } else { 4 };
        let requests = match self {
            Self::LineForTheRate => Rate::per_second(1).burst(3),
            _ => Rate::per_day(1_000).burst(1_000),
        };
        Upstream::new("all")
            .policy(POLICY)
            .breaker(
                Breaker::new()
                    .min_calls(3)
                    .failure_ratio(1.0)
                    .half_open_probes(1),
            )
            .gate(true)
            .concurrency(Concurrency::new(slots))
            .requests(requests)
            .tokens(Rate::per_day(1_000).burst(1_000))
    }

    /// Sets up the obstacle without letting time pass.
    async fn prepare(self, upstream: &Upstream) {
        plain(upstream, Ok(())).await.unwrap();
        match self {
            Self::Free | Self::LineForASlot => {}
            Self::LineForTheRate => {
                plain(upstream, Ok(())).await.unwrap();
                plain(upstream, Ok(())).await.unwrap();
            }
            Self::GateClosed => {
                let wait = ServerWait::new(SECOND, WaitOrigin::RetryAfter);
                let busy = Classification::of_status(503).wait(wait);
                plain(upstream, Err(busy)).await.unwrap_err();
            }
            Self::HalfOpen => {
                sleep(20 * SECOND).await;
                for _ in 0..3 {
                    let broken = Classification::of_status(500);
                    plain(upstream, Err(broken)).await.unwrap_err();
                }
            }
        }
    }
}

async fn plain(upstream: &Upstream, result: Result<(), Classification>) -> Result<(), Failure> {
    call!(upstream = upstream, key = KEY, policy = ONCE, async {
        Ok(result.clone()?)
    })
    .await
}

/// A call with all features. Its runs are counted, never end, and panic in the given poll.
async fn composed(upstream: &Upstream, sent: &Counter, polls: &Counter, panic_at: u32) {
    static SITE: CallSite = CallSite::new("composed");
    let hedge = Hedge::after(Duration::from_millis(100), 1);
    let key = key_handle(upstream, KEY);
    let through = UpstreamHandle::by(upstream, &key).cost(COST);
    let policy = &upstream.config().policy;
    let mut call = Plan::<Result<(), Failure>>::new()
        .upstream(through)
        .start(&SITE, policy);
    loop {
        let extra = call.hedge_allowances();
        let body = || async {
            sent.count();
            poll_fn(|_| -> Poll<Result<(), Failure>> {
                assert_ne!(polls.count(), panic_at, "from the body");
                Poll::Pending
            })
            .await
        };
        match call.attempt_runs(hedge.race(extra, body)).await {
            ControlFlow::Break(_) => return,
            ControlFlow::Continue(()) => {}
        }
    }
}

fn poll_once(future: Pin<&mut impl Future>) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    future.poll(&mut cx).is_ready()
}

/// The upstream of the call, and an identical one that the call does not use.
struct Pair {
    start: Start,
    used: Upstream,
    control: Upstream,
}

impl Pair {
    async fn new(start: Start) -> Self {
        let (used, control) = (start.upstream(), start.upstream());
        tokio::join!(start.prepare(&used), start.prepare(&control));
        if start == Start::HalfOpen {
            sleep(6 * SECOND).await;
        }
        Self {
            start,
            used,
            control,
        }
    }

    /// Sent requests stay spent, and so does the advance payment of a sent run. The rest is as if
    /// the call had never been made.
    fn check(&self, sent: u32, at: &str) {
        let [used, control]: [Snapshot; 2] =
            [&self.used, &self.control].map(|upstream| upstream.snapshot_by(KEY).unwrap());
        let start = self.start;
        assert_eq!(used.breaker, control.breaker, "{start:?} {at}");
        assert_eq!(used.gate, control.gate, "{start:?} {at}");
        assert_eq!(used.in_use, control.in_use, "{start:?} {at}");
        assert_eq!(used.waiting, control.waiting, "{start:?} {at}");
        let less = |left: Option<i64>, all: Option<i64>| all.unwrap() - left.unwrap();
        let requests = less(used.requests, control.requests);
        let tokens = less(used.tokens, control.tokens);
        let cost = i64::from(sent) * 100;
        assert_eq!(
            (requests, tokens),
            (i64::from(sent), cost),
            "{start:?} {at}"
        );
        assert_eq!(used.usage.actual, u64::from(sent) * COST, "{start:?} {at}");
        // Each run but the first is a retry after a timeout or a hedge, and both are paid in
        // advance.
        let paid = f64::from(sent.saturating_sub(1)) * 5.0;
        let missing = control.budget - used.budget;
        assert!(
            (paid - 1.0..=paid + 0.001).contains(&missing),
            "{start:?} {at}: {missing} for {sent}"
        );
    }

    /// The next caller is admitted.
    async fn goes_on(&self, at: &str) {
        let result = plain(&self.used, Ok(())).await;
        assert!(result.is_ok(), "{:?} {at}: {result:?}", self.start);
        let snapshot = self.used.snapshot_by(KEY).unwrap();
        assert_eq!(snapshot.breaker, Some(BreakerState::Closed), "{at}");
        assert_eq!(
            (snapshot.in_use, snapshot.waiting),
            (Some(0), Some(0)),
            "{at}"
        );
    }
}

/// Holds the only permit of an upstream for some time.
async fn holder(upstream: &Upstream) {
    let _: Result<(), Failure> = call!(
        upstream = upstream,
        key = KEY,
        policy = ONCE.timeout(Duration::from_millis(700)),
        async { pending().await }
    )
    .await;
}

/// Polls such a call `polls` times, a twentieth of a second apart, drops it, and checks the state.
/// Returns whether it was still running, and how often it was sent.
async fn dropped_after(start: Start, polls: u32) -> (bool, u32) {
    let pair = Pair::new(start).await;
    let (sent, none) = (Counter::new(), Counter::new());
    let at = format!("after {polls} polls");
    let mut runs = true;
    {
        let mut holders = [pin!(holder(&pair.used)), pin!(holder(&pair.control))];
        let mut held = [false; 2];
        if start == Start::LineForASlot {
            held = holders.each_mut().map(|holder| !poll_once(holder.as_mut()));
        }
        {
            let mut call = pin!(composed(&pair.used, &sent, &none, 0));
            for _ in 0..polls {
                if poll_once(call.as_mut()) {
                    runs = false;
                    break;
                }
                advance(Duration::from_millis(50)).await;
                for (holder, held) in holders.iter_mut().zip(&mut held) {
                    *held = *held && !poll_once(holder.as_mut());
                }
            }
        }
        if runs {
            pair.check(sent.get(), &at);
        }
    }
    if runs {
        pair.goes_on(&at).await;
    }
    (runs, sent.get())
}

#[tokio::test(start_paused = true)]
async fn f38_a_composed_call_dropped_at_any_poll_leaves_what_it_sent_and_nothing_else() {
    for start in STARTS {
        let mut most = 0;
        for polls in 0..120 {
            let (runs, sent) = Box::pin(dropped_after(start, polls)).await;
            most = most.max(sent);
            if !runs {
                break;
            }
        }
        let expected = match start {
            // Both attempts, each hedged.
            Start::Free | Start::GateClosed => 4,
            // No permit and no request are left for a hedge.
            Start::LineForASlot | Start::LineForTheRate => 2,
            // The one probe.
            Start::HalfOpen => 1,
        };
        assert_eq!(most, expected, "{start:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn f47_a_composed_call_that_panics_at_any_poll_leaves_what_it_sent_and_nothing_else() {
    for start in [Start::Free, Start::GateClosed, Start::HalfOpen] {
        let mut panics = 0;
        for panic_at in 1..120 {
            let pair = Pair::new(start).await;
            let (sent, polls) = (Counter::new(), Counter::new());
            let mut panicked = false;
            {
                let mut call = Box::pin(composed(&pair.used, &sent, &polls, panic_at));
                for _ in 0..200 {
                    let polled = catch_unwind(AssertUnwindSafe(|| poll_once(call.as_mut())));
                    match polled {
                        Ok(true) => break,
                        Ok(false) => advance(Duration::from_millis(50)).await,
                        Err(panic) => {
                            panicked = true;
                            let text = panic.downcast_ref::<String>().unwrap();
                            assert!(text.contains("from the body"), "{text}");
                            // Polled again, it panics and changes nothing.
                            let again = AssertUnwindSafe(call.as_mut()).catch_unwind().await;
                            assert!(again.is_err());
                            break;
                        }
                    }
                }
            }
            if !panicked {
                break;
            }
            panics += 1;
            let at = format!("with a panic in poll {panic_at}");
            pair.check(sent.get(), &at);
            pair.goes_on(&at).await;
        }
        assert!(panics > 10, "{start:?}: {panics}");
    }
}
