//! A `tracing` subscriber may call the upstream of the event, and may panic.

use futures::FutureExt as _;
use resilient_runtime::{
    Breaker, BreakerState, Class, Concurrency, Event, Outcome, Policy, Upstream, call, observe,
    resilient, snapshot, statistics,
};
use resilient_tests::{Failure, Recorder, Recording};
use std::{
    cell::Cell,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::time::sleep;

/// Opens after the second failure, with a single probe.
static UPSTREAMS: [Upstream; 2] = [upstream("re-entered"), upstream("panics")];

const fn upstream(name: &'static str) -> Upstream {
    Upstream::new(name)
        .breaker(
            Breaker::new()
                .min_calls(2)
                .failure_ratio(0.5)
                .half_open_probes(1),
        )
        .concurrency(Concurrency::new(1))
        .tokens_per_minute(1_000)
}

const ONCE: Policy = Policy::new().attempts(1);

thread_local! {
    /// The upstream that the subscriber calls on an event.
    static CALLED: Cell<Option<&'static Upstream>> = const { Cell::new(None) };
    /// The event at which it panics.
    static PANICS_AT: Cell<&'static str> = const { Cell::new("") };
}

/// A subscriber that meddles with the calls of this thread while the guard lives.
fn listen() -> (Recorder, Recording) {
    Recorder::start_with(|event| {
        if let Some(upstream) = CALLED.take() {
            let snapshot = upstream.snapshot();
            assert!(snapshot.breaker.is_some());
            let _ = good(upstream).now_or_never();
            CALLED.set(Some(upstream));
        }
        assert_ne!(PANICS_AT.get(), event.message, "from the subscriber");
    })
}

async fn good(upstream: &Upstream) -> Result<(), Failure> {
    call!(upstream = upstream, cost = 10, policy = ONCE, async {
        Ok(())
    })
    .await
}

async fn bad(upstream: &Upstream) -> Result<(), Failure> {
    call!(upstream = upstream, cost = 10, policy = ONCE, async {
        Err(Failure::status(500))
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn f98_a_subscriber_may_call_the_upstream_it_hears_of() {
    let (recorder, _recording) = listen();
    let upstream = &UPSTREAMS[0];
    CALLED.set(Some(upstream));
    bad(upstream).await.unwrap_err();
    bad(upstream).await.unwrap_err();
    sleep(Duration::from_secs(5)).await;
    good(upstream).await.unwrap();
    CALLED.set(None);
    good(upstream).await.unwrap();
    let snapshot = upstream.snapshot();
    assert_eq!(
        (snapshot.breaker, snapshot.in_use, snapshot.waiting),
        (Some(BreakerState::Closed), Some(0), Some(0))
    );
    let heard = recorder.messages();
    for circuit in ["circuit opened", "circuit half-open", "circuit closed"] {
        assert!(heard.iter().any(|text| text == circuit), "{heard:?}");
    }
}

/// The panic propagates through the call, and the resources of the call are released.
#[tokio::test(start_paused = true)]
async fn f98_a_subscriber_that_panics_keeps_nothing_of_a_call() {
    let _listening = listen();
    let upstream = &UPSTREAMS[1];
    let panics = async |at: &'static str, succeeds: bool| {
        PANICS_AT.set(at);
        let call = async {
            if succeeds {
                good(upstream).await
            } else {
                bad(upstream).await
            }
        };
        let result = AssertUnwindSafe(call).catch_unwind().await;
        PANICS_AT.set("");
        assert!(result.is_err(), "heard {at}");
        assert_eq!(upstream.snapshot().in_use, Some(0), "{at}");
    };
    for at in ["attempt failed", "giving up"] {
        panics(at, false).await;
        upstream.release();
        // Outside the window.
        sleep(Duration::from_secs(60)).await;
    }
    bad(upstream).await.unwrap_err();
    panics("circuit opened", false).await;
    assert_eq!(
        good(upstream).await.unwrap_err().class(),
        Class::CircuitOpen
    );
    sleep(Duration::from_secs(5)).await;
    panics("circuit half-open", true).await;
    // The permit of the probe was returned, or this call would be refused.
    panics("circuit closed", true).await;
    good(upstream).await.unwrap();
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
}

/// An attempt in flight holds a permit; the event of its call's end comes before it is gone.
#[tokio::test(start_paused = true)]
async fn f98_a_subscriber_that_panics_at_a_cancelled_call_keeps_no_permit() {
    let _listening = listen();
    let upstream = Upstream::new("cancelled").concurrency(Concurrency::new(1));
    let call = upstream.call("hangs");
    let hangs = call.run(async || std::future::pending::<Result<(), Failure>>().await);
    let mut waiting = Box::pin(hangs);
    assert!(futures::poll!(&mut waiting).is_pending());
    assert_eq!(upstream.snapshot().in_use, Some(1));
    PANICS_AT.set("cancelled");
    let dropped = std::panic::catch_unwind(AssertUnwindSafe(|| drop(waiting)));
    PANICS_AT.set("");
    assert!(dropped.is_err(), "heard the end of the call");
    assert_eq!(upstream.snapshot().in_use, Some(0));
}

/// The panic at the first key leaves no other out.
#[tokio::test(start_paused = true)]
async fn f147_a_subscriber_that_panics_at_an_isolated_key_leaves_no_key_out() {
    let _listening = listen();
    let upstream = Upstream::new("isolated").breaker(Breaker::new());
    let keys = ["a", "b", "c", "d"];
    for key in keys {
        let call = upstream.call("isolated").key(key);
        let result: Result<(), Failure> = call.run(async || Ok(())).await;
        result.unwrap();
    }
    let changes: [(fn(&Upstream), _, _); 2] = [
        (Upstream::isolate, "circuit opened", BreakerState::Isolated),
        (Upstream::release, "circuit closed", BreakerState::Closed),
    ];
    for (change, text, state) in changes {
        PANICS_AT.set(text);
        let ended = std::panic::catch_unwind(AssertUnwindSafe(|| change(&upstream)));
        PANICS_AT.set("");
        assert!(ended.is_err(), "heard {text}");
        assert_eq!(upstream.snapshot().breaker, Some(state));
        for key in keys {
            let snapshot = upstream.snapshot_by(key).unwrap();
            assert_eq!(snapshot.breaker, Some(state), "{key}");
        }
    }
}

/// The run was paid for, and has not started.
#[tokio::test(start_paused = true)]
async fn f195_a_subscriber_that_panics_at_a_hedged_run_keeps_nothing_of_it() {
    static HEDGED: Upstream = Upstream::new("hedged")
        .concurrency(Concurrency::new(2))
        .requests_per_minute(60)
        .tokens_per_minute(1_000);

    #[resilient(upstream = HEDGED, cost = 10, hedge(after = "1s"))]
    async fn hangs() -> Result<(), Failure> {
        std::future::pending().await
    }

    let _listening = listen();
    PANICS_AT.set("hedging");
    let result = AssertUnwindSafe(hangs()).catch_unwind().await;
    PANICS_AT.set("");
    assert!(result.is_err(), "heard of the run");
    let snapshot = HEDGED.snapshot();
    assert_eq!((snapshot.in_use, snapshot.counts.hedged), (Some(0), 0));
    assert_eq!(snapshot.usage.estimated, 10);
    let full = Upstream::new("full").snapshot();
    assert!((snapshot.budget - full.budget).abs() < 0.01, "{snapshot:?}");
}

#[tokio::test(start_paused = true)]
async fn f195_a_subscriber_that_panics_at_a_hedged_run_without_an_upstream_keeps_no_price() {
    #[resilient(hedge(after = "1s"), attempts = 1, timeout = "5s")]
    async fn hangs() -> Result<(), Failure> {
        std::future::pending().await
    }

    let _listening = listen();
    // The retry budget pays for a few runs.
    for run in 0..100 {
        PANICS_AT.set("hedging");
        let result = AssertUnwindSafe(hangs()).catch_unwind().await;
        PANICS_AT.set("");
        assert!(result.is_err(), "{run} panics");
    }
}

/// The subscriber hears last: all others have heard of the end when it panics.
#[resilient_runtime::test(start_paused = true)]
async fn f363_a_call_at_whose_end_a_subscriber_panics_has_one_end() {
    #[resilient(name = "ends once", attempts = 2)]
    async fn fails() -> Result<(), Failure> {
        Err(Failure::status(500))
    }
    static ONE: Upstream = Upstream::new("refuses")
        .concurrency(Concurrency::new(1))
        .max_wait(Duration::from_millis(1));
    #[resilient(name = "refused once", attempts = 1, upstream = ONE)]
    async fn waits() -> Result<(), Failure> {
        sleep(Duration::from_secs(1)).await;
        Err(Failure::status(500))
    }
    statistics::start();
    let (recorder, recording) = listen();
    PANICS_AT.set("giving up");
    assert!(AssertUnwindSafe(fails()).catch_unwind().await.is_err());
    let first = AssertUnwindSafe(waits()).catch_unwind();
    let second = AssertUnwindSafe(waits()).catch_unwind();
    let both = tokio::join!(first, second);
    assert!(both.0.is_err() && both.1.is_err());
    PANICS_AT.set("");
    drop(recording);
    let snapshot = snapshot();
    for (name, calls) in [("ends once", 1), ("refused once", 2)] {
        let ended = &snapshot.function(name).unwrap().calls;
        assert_eq!(ended.calls, calls, "{ended:?}");
        assert_eq!(ended.outcome(Outcome::Cancelled), 0, "{ended:?}");
    }
    assert!(recorder.of("cancelled").is_empty());
}

#[tokio::test]
async fn f364_a_subscriber_that_panics_at_the_panic_of_an_observer_silences_no_other() {
    #[resilient(name = "observed after a panic")]
    async fn call() -> Result<u32, Failure> {
        Ok(1)
    }
    let told = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&told);
    let is_own = |event: &Event<'_>| event.function() == Some("observed after a panic");
    let counting = observe(move |event: &Event<'_>| {
        if is_own(event) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    let panicking = observe(move |event: &Event<'_>| assert!(!is_own(event), "an observer"));
    let (_, recording) = listen();
    PANICS_AT.set("observer panicked");
    let first = AssertUnwindSafe(call()).catch_unwind().await;
    PANICS_AT.set("");
    drop(recording);
    assert!(first.is_err(), "the subscriber panics");
    assert_eq!(call().await.unwrap(), 1);
    assert!(!panicking.is_active());
    counting.stop();
    assert_eq!(told.load(Ordering::Relaxed), 2);
}
