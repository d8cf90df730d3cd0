//! Memory stays bounded, however many keys and failures there are. It is here for the allocator,
//! which counts by thread.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a panic is a failed test"
)]

mod busy;

use busy::Busy;
use resilient_runtime::{
    Backoff, Breaker, Budget, CallError, Class, Classify as _, Concurrency, Hedge, Policy, Rate,
    Upstream, call,
};
use std::{
    future::pending,
    hint::black_box,
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

/// The bytes by which what is allocated has grown over `work`.
fn growth(work: impl FnOnce()) -> i64 {
    allocation_counter::measure(work).bytes_current
}

#[test]
fn f79_a_million_keys_take_no_more_memory_than_the_upstream_keeps() {
    const KEPT: usize = 1_000;
    const KEYS: u32 = 1_000_000;
    /// Of one key: its state, its name and its place in the map, whose capacity may be twice its
    /// length.
    const EACH: usize = 2_048;

    let upstream = Upstream::new("keyed")
        .requests(Rate::per_second(1))
        .concurrency(Concurrency::new(1))
        .breaker(Breaker::new())
        .keys(KEPT);
    let runtime = runtime();
    let ask = |keys: std::ops::Range<u32>| {
        runtime.block_on(async {
            for key in keys {
                let key = key.to_string();
                let result: Result<(), CallError<Busy>> =
                    call!(upstream = &upstream, key = key, async { Ok(()) }).await;
                result.unwrap();
            }
        });
    };
    let filled = growth(|| ask(0..KEYS / 10));
    let bound = i64::try_from(KEPT * EACH).unwrap();
    assert!(filled > 0, "nothing was counted");
    assert!(filled < bound, "{filled} bytes for {KEPT} keys");
    let grown = growth(|| ask(KEYS / 10..KEYS));
    assert!(
        filled + grown < bound,
        "{filled} bytes, and {grown} after more keys"
    );
}

#[test]
fn f74_a_hundred_thousand_failing_calls_leave_nothing_of_their_requests() {
    const REQUEST: usize = 64 * 1_024;
    const ATTEMPTS: u32 = 3;

    static UPSTREAM: Upstream = Upstream::new("failing")
        .policy(
            Policy::new()
                .attempts(ATTEMPTS)
                .backoff(Backoff::fixed(Duration::ZERO))
                .budget(Budget::NONE),
        )
        .requests(Rate::per_second(1_000_000_000))
        .concurrency(Concurrency::new(4));
    let runtime = runtime();
    let fail = |calls: u32| {
        runtime.block_on(async {
            let mut made = 0;
            for _ in 0..calls {
                let request = vec![7_u8; REQUEST];
                let result: Result<(), CallError<Busy>> = call!(upstream = UPSTREAM, async {
                    made += 1;
                    let request = request.clone();
                    tokio::task::yield_now().await;
                    black_box(&request);
                    Err(Busy(Class::ServerError))?
                })
                .await;
                assert!(result.is_err());
            }
            assert_eq!(made, calls * ATTEMPTS);
        });
    };
    fail(1_000);
    let left = growth(|| fail(100_000));
    assert_eq!(left, 0, "bytes are left over");
}

/// Each call fails, waits for the retry budget and is dropped there.
#[test]
fn f30_deferred_retries_leave_nothing_however_many() {
    const CALLS: u32 = if cfg!(debug_assertions) {
        100_000
    } else {
        1_000_000
    };

    static UPSTREAM: Upstream =
        Upstream::new("deferring").policy(Policy::new().backoff(Backoff::fixed(Duration::ZERO)));
    let runtime = runtime();
    let _entered = runtime.enter();
    let mut cx = Context::from_waker(Waker::noop());
    let fail = || async {
        let result: Result<(), CallError<Busy>> = call!(upstream = UPSTREAM, async {
            Err(Busy(Class::ServerError))?
        })
        .await;
        result
    };
    // One that hangs, so that nobody is alone, and as many failures as empty the balance.
    let mut hanging = pin!(async {
        let result: Result<(), CallError<Busy>> =
            call!(upstream = UPSTREAM, async { pending().await }).await;
        result
    });
    for _ in 0..100 {
        let _ = hanging.as_mut().poll(&mut cx);
        let mut call = pin!(fail());
        while call.as_mut().poll(&mut cx).is_pending() && UPSTREAM.snapshot().waiting_retries == 0 {
        }
    }
    let mut defer = |calls: u32| {
        for _ in 0..calls {
            let mut call = pin!(fail());
            while UPSTREAM.snapshot().waiting_retries == 0 {
                assert!(call.as_mut().poll(&mut cx).is_pending());
            }
        }
    };
    defer(1_000);
    let before = UPSTREAM.snapshot().counts.deferred;
    let left = growth(|| defer(CALLS));
    assert!(UPSTREAM.snapshot().counts.deferred - before >= u64::from(CALLS));
    assert_eq!(UPSTREAM.snapshot().waiting_retries, 0);
    assert!(left < 1_024, "{left} bytes are left over");
}

/// With every setting that a call of a closure can have, once its name and its key are known.
#[test]
fn a_built_call_that_succeeds_allocates_nothing() {
    static UPSTREAM: Upstream = Upstream::new("built")
        .requests(Rate::per_second(1_000_000_000))
        .concurrency(Concurrency::new(4))
        .breaker(Breaker::new());
    static HEDGE: Hedge = Hedge::after(Duration::from_secs(1), 1);

    type Answer = Result<u32, CallError<Busy>>;
    let policy = Policy::new();
    let runtime = runtime();
    let make = || {
        let plain = async {
            let answer: Answer = policy.call("plain").run(async || Ok(7)).await;
            let through: Answer = UPSTREAM.call("through").run(async || Ok(7)).await;
            (answer.unwrap(), through.unwrap())
        };
        let full = async {
            let call = UPSTREAM.call("full").key("tenant").cost(8).policy(&policy);
            let call = call
                .classify(|busy: &CallError<Busy>| busy.classify())
                .classify_ok(|_: &u32| None)
                .backoff(Backoff::fixed(Duration::ZERO))
                .hedge(&HEDGE)
                .fallback(|error: CallError<Busy>| Err::<u32, _>(error));
            call.run_with(async |_| Ok(7)).await.unwrap()
        };
        let mut cx = Context::from_waker(Waker::noop());
        let _entered = runtime.enter();
        assert!(pin!(plain).poll(&mut cx).is_ready());
        assert!(pin!(full).poll(&mut cx).is_ready());
    };
    make();
    let counted = allocation_counter::measure(make);
    assert_eq!(counted.count_total, 0);
}
