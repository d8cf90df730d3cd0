//! Circuit breakers of a fleet: opened by a quorum, probed by one, closed for all.

use super::{MILLI, ONCE, SECOND, replica, sent, store};
use resilient_runtime::{
    Breaker, BreakerState, Class, Upstream, UpstreamConfig, call, sharing::Sharing,
};
use resilient_tests::Failure;
use std::{cell::Cell, time::Duration};
use tokio::time::{sleep, timeout};

const BREAK: Duration = Duration::from_secs(10);

fn guarded(config: &mut UpstreamConfig) {
    config.breaker = Some(
        Breaker::new()
            .min_calls(5)
            .break_duration(BREAK)
            .half_open_probes(1),
    );
}

async fn fails(upstream: &Upstream, class: Class) -> Failure {
    let outcome: Result<(), Failure> = call!(upstream = upstream, policy = ONCE, async {
        Err(Failure::of(class))
    })
    .await;
    outcome.unwrap_err()
}

fn state(upstream: &Upstream) -> BreakerState {
    upstream.snapshot().breaker.unwrap()
}

async fn fleet(sharing: &Sharing) -> [Upstream; 4] {
    let all = [(); 4].map(|()| replica(sharing, guarded));
    for upstream in &all {
        sent(upstream, ONCE).await.unwrap();
    }
    all
}

#[tokio::test(start_paused = true)]
async fn one_replica_with_failures_of_its_own_does_not_stop_the_others() {
    let all = fleet(&Sharing::new(store())).await;
    for upstream in &all[1..] {
        for _ in 0..10 {
            sent(upstream, ONCE).await.unwrap();
        }
    }
    for _ in 0..10 {
        fails(&all[0], Class::ServerError).await;
    }
    assert_eq!(state(&all[0]), BreakerState::Open);
    sleep(3 * SECOND).await;
    for upstream in &all[1..] {
        assert_eq!(state(upstream), BreakerState::Closed);
    }
}

#[tokio::test(start_paused = true)]
async fn half_of_the_replicas_that_can_judge_open_the_circuit_of_all() {
    let all = fleet(&Sharing::new(store())).await;
    for upstream in &all[..2] {
        for _ in 0..10 {
            fails(upstream, Class::ServerError).await;
        }
    }
    sleep(2 * SECOND).await;
    for upstream in &all {
        assert_eq!(state(upstream), BreakerState::Open);
    }
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_quota_of_the_key_stops_all_replicas_at_once() {
    let all = fleet(&Sharing::new(store())).await;
    fails(&all[0], Class::QuotaExhausted).await;
    sleep(2 * SECOND).await;
    for upstream in &all {
        assert_eq!(state(upstream), BreakerState::Open);
    }
}

/// After the break one probe is sent by the whole fleet; its success closes the circuit of all.
#[tokio::test(start_paused = true)]
async fn one_probe_of_the_fleet_closes_the_circuit_of_all() {
    let all: &'static [Upstream; 4] = Box::leak(Box::new(fleet(&Sharing::new(store())).await));
    for upstream in &all[..2] {
        for _ in 0..10 {
            fails(upstream, Class::ServerError).await;
        }
    }
    sleep(BREAK + SECOND).await;
    let probes = Cell::new(0);
    let probe = |upstream: &'static Upstream| {
        let probes = &probes;
        async move {
            let outcome: Result<(), Failure> = call!(upstream = upstream, policy = ONCE, async {
                probes.set(probes.get() + 1);
                sleep(SECOND / 2).await;
                Ok(())
            })
            .await;
            outcome
        }
    };
    let outcomes = tokio::join!(
        probe(&all[0]),
        probe(&all[1]),
        probe(&all[2]),
        probe(&all[3])
    );
    assert_eq!(probes.get(), 1, "{outcomes:?}");
    sleep(SECOND).await;
    // One that has made no calls for a while hears of it with its next one.
    for upstream in all {
        sent(upstream, ONCE).await.unwrap();
        assert_eq!(state(upstream), BreakerState::Closed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_fails_opens_the_circuit_of_all_again() {
    let all = fleet(&Sharing::new(store())).await;
    for upstream in &all[..2] {
        for _ in 0..10 {
            fails(upstream, Class::ServerError).await;
        }
    }
    sleep(BREAK + SECOND).await;
    assert_eq!(
        fails(&all[3], Class::ServerError).await.class(),
        Class::ServerError
    );
    // One that has made no calls for a while hears of it with its next one.
    for upstream in &all {
        assert_eq!(sent(upstream, ONCE).await, None);
        assert_eq!(state(upstream), BreakerState::Open);
    }
}

/// A circuit that closes after three probes is closed by three, one after another or at once.
#[tokio::test(start_paused = true)]
async fn probes_that_have_ended_make_room_for_others() {
    let sharing = Sharing::new(store());
    let three = |config: &mut UpstreamConfig| {
        guarded(config);
        config.breaker = config.breaker.map(|breaker| breaker.half_open_probes(3));
    };
    let all = [(); 2].map(|()| replica(&sharing, three));
    for upstream in &all {
        for _ in 0..10 {
            fails(upstream, Class::ServerError).await;
        }
    }
    sleep(BREAK + SECOND).await;
    // Two of one replica and one of the other: none has three yet.
    sent(&all[0], ONCE).await.unwrap();
    sent(&all[0], ONCE).await.unwrap();
    sent(&all[1], ONCE).await.unwrap();
    assert_eq!(state(&all[0]), BreakerState::HalfOpen);
    sleep(4 * SECOND).await;
    sent(&all[0], ONCE).await.unwrap();
    assert_eq!(state(&all[0]), BreakerState::Closed);
}

/// Several of one replica ask at once, and one of them is dropped: the others have their answers.
#[tokio::test(start_paused = true)]
async fn f451_calls_that_ask_for_probes_at_once_all_get_an_answer() {
    for patience in [3, 8, 12, 20, 30] {
        let store = store();
        let all: &'static [Upstream; 4] =
            Box::leak(Box::new(fleet(&Sharing::new(store.clone())).await));
        for upstream in &all[..2] {
            for _ in 0..10 {
                fails(upstream, Class::ServerError).await;
            }
        }
        sleep(BREAK + SECOND).await;
        store.latency(10 * MILLI);
        let calls = async {
            tokio::join!(
                sent(&all[0], ONCE),
                sent(&all[0], ONCE),
                sent(&all[1], ONCE),
                async {
                    sleep(15 * MILLI).await;
                    sent(&all[0], ONCE).await
                }
            )
        };
        let dropped = timeout(patience * MILLI, sent(&all[0], ONCE));
        let both = async { tokio::join!(dropped, calls) };
        let ended = timeout(5 * SECOND, Box::pin(both)).await;
        assert!(ended.is_ok(), "{patience}");
    }
}

/// Dropped while it asks, or with the answer.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_while_it_asks_for_a_probe_leaves_it_to_others() {
    let mut dropped = 0;
    for patience in [5, 10, 15, 20, 25, 30, 40] {
        let store = store();
        let all = fleet(&Sharing::new(store.clone())).await;
        for upstream in &all[..2] {
            for _ in 0..10 {
                fails(upstream, Class::ServerError).await;
            }
        }
        sleep(BREAK + SECOND).await;
        store.latency(10 * MILLI);
        let call = timeout(patience * MILLI, sent(&all[0], ONCE)).await;
        dropped += u32::from(call.is_err());
        store.latency(MILLI);
        sleep(SECOND / 2).await;
        sent(&all[1], ONCE).await.unwrap();
        assert_eq!(state(&all[1]), BreakerState::Closed, "{patience}");
    }
    assert!((3..7).contains(&dropped), "{dropped}");
}
