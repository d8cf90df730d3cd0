//! Retry budgets of a fleet: what failed retries of one replica cost, none of the others has.

use super::{ONCE, SECOND, replica, sent, store};
use resilient_runtime::{
    Backoff, Class, Jitter, Policy, Upstream, call,
    sharing::{Part, Sharing},
    testing::MemoryStore,
};
use resilient_tests::Failure;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::sleep};

/// Two attempts, the second after a second.
const TWICE: Policy = Policy::new()
    .attempts(2)
    .backoff(Backoff::fixed(SECOND).jitter(Jitter::None))
    .deadline(Duration::from_secs(60));

fn sharing(store: &MemoryStore) -> Sharing {
    Sharing::new(store.clone()).with(Part::Budget)
}

fn fleet<const N: usize>(sharing: &Sharing) -> [Arc<Upstream>; N] {
    [(); N].map(|()| Arc::new(replica(sharing, |_| {})))
}

/// A call that fails, with its attempts.
pub(super) async fn fails(upstream: &Upstream, class: Class) -> u32 {
    let mut attempts = 0;
    let outcome: Result<(), Failure> = call!(upstream = upstream, policy = TWICE, async {
        attempts += 1;
        Err(Failure::of(class))
    })
    .await;
    outcome.unwrap_err();
    attempts
}

#[track_caller]
fn assert_balances(replicas: &[Arc<Upstream>], expected: f64) {
    for upstream in replicas {
        let balance = upstream.snapshot().budget;
        assert!((balance - expected).abs() <= 0.5, "{balance}");
    }
}

#[tokio::test(start_paused = true)]
async fn failed_retries_of_one_replica_are_missing_in_the_balance_of_all() {
    let replicas: [_; 3] = fleet(&sharing(&store()));
    for upstream in &replicas {
        sent(upstream, ONCE).await.unwrap();
    }
    assert_balances(&replicas, 20.0);
    assert_eq!(fails(&replicas[0], Class::Overloaded).await, 2);
    sleep(4 * SECOND).await;
    assert_balances(&replicas, 15.0);
    // Withdrawals of several at the same time add up, and successes of one are deposits for all.
    let (one, other) = (&replicas[1], &replicas[2]);
    tokio::join!(
        fails(one, Class::Overloaded),
        fails(other, Class::Overloaded)
    );
    sleep(4 * SECOND).await;
    assert_balances(&replicas, 6.0);
    for _ in 0..4 {
        sent(&replicas[0], ONCE).await.unwrap();
    }
    sleep(2 * SECOND).await;
    assert_balances(&replicas, 10.0);
    // And it is refilled once, and not by each.
    for _ in 0..10 {
        sleep(5 * SECOND).await;
        for upstream in &replicas {
            let outcome: Result<(), Failure> =
                call!(upstream = &**upstream, policy = ONCE, async {
                    Err(Failure::of(Class::InvalidRequest))
                })
                .await;
            outcome.unwrap_err();
        }
    }
    assert_balances(&replicas, 15.0);
}

#[tokio::test(start_paused = true)]
async fn a_budget_is_not_shared_unless_asked_for() {
    let replicas: [_; 2] = fleet(&Sharing::new(store()));
    for upstream in &replicas {
        sent(upstream, ONCE).await.unwrap();
    }
    fails(&replicas[0], Class::Overloaded).await;
    sleep(4 * SECOND).await;
    assert_balances(&replicas[..1], 15.0);
    assert_balances(&replicas[1..], 20.0);
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_starts_has_the_balance_of_the_others() {
    let sharing = sharing(&store());
    let [first] = fleet(&sharing);
    fails(&first, Class::Overloaded).await;
    sleep(2 * SECOND).await;
    let [second] = fleet(&sharing);
    assert_eq!(fails(&second, Class::InvalidRequest).await, 1);
    sleep(SECOND).await;
    assert_balances(&[second], 15.0);
}

#[tokio::test(start_paused = true)]
async fn withdrawals_during_an_outage_of_the_store_are_told_afterwards() {
    let store = store();
    let replicas: [_; 2] = fleet(&sharing(&store));
    for upstream in &replicas {
        sent(upstream, ONCE).await.unwrap();
    }
    store.fail();
    for upstream in &replicas {
        fails(upstream, Class::Overloaded).await;
    }
    assert_balances(&replicas, 15.0);
    store.recover();
    for _ in 0..4 {
        sleep(SECOND).await;
        assert_eq!(fails(&replicas[0], Class::InvalidRequest).await, 1);
        assert_eq!(fails(&replicas[1], Class::InvalidRequest).await, 1);
    }
    assert_balances(&replicas, 10.5);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_has_lost_its_data_does_not_fill_the_balance() {
    let store = store();
    let replicas: [_; 2] = fleet(&sharing(&store));
    for upstream in &replicas {
        sent(upstream, ONCE).await.unwrap();
    }
    fails(&replicas[0], Class::Overloaded).await;
    sleep(3 * SECOND).await;
    store.flush();
    sleep(3 * SECOND).await;
    assert_balances(&replicas, 15.5);
}

/// The failed retries of ten replicas with ten calls each, in a second.
async fn retries_of_a_fleet(sharing: &Sharing) -> u32 {
    let replicas: [_; 10] = fleet(sharing);
    let attempts = Arc::new(AtomicU32::new(0));
    let mut calls = JoinSet::new();
    for upstream in &replicas {
        sent(upstream, ONCE).await.unwrap();
    }
    for wave in 0..10 {
        for upstream in &replicas {
            let (upstream, attempts) = (Arc::clone(upstream), Arc::clone(&attempts));
            calls.spawn(async move {
                sleep(SECOND / 2 * wave).await;
                let made = fails(&upstream, Class::ServerError).await;
                attempts.fetch_add(made - 1, Ordering::Relaxed);
            });
        }
    }
    sleep(7 * SECOND).await;
    calls.shutdown().await;
    attempts.load(Ordering::Relaxed)
}

#[tokio::test(start_paused = true)]
async fn a_fleet_retries_as_much_as_one_replica_while_a_server_fails() {
    let alone = retries_of_a_fleet(&Sharing::new(store())).await;
    let shared = retries_of_a_fleet(&sharing(&store())).await;
    // Each replica can pay for twenty.
    assert_eq!(alone, 100);
    assert!((20..=60).contains(&shared), "{shared}");
}

/// A replica whose balance is full looks at it, and does not ask the store.
#[tokio::test(start_paused = true)]
async fn a_full_balance_costs_no_operation() {
    let mut trips = Vec::new();
    for shares in [false, true] {
        let store = store();
        let sharing = if shares {
            sharing(&store)
        } else {
            Sharing::new(store.clone())
        };
        let replicas: [_; 20] = fleet(&sharing);
        for _ in 0..10 {
            for upstream in &replicas {
                sent(upstream, ONCE).await.unwrap();
            }
            sleep(3 * SECOND).await;
        }
        trips.push(store.trips());
    }
    assert_eq!(trips[0], trips[1]);
}

/// Twenty replicas beat every three seconds, but while something is missing they ask each second.
#[tokio::test(start_paused = true)]
async fn a_withdrawal_is_known_to_all_replicas_in_two_seconds_while_the_balance_is_not_full() {
    let replicas: [_; 20] = fleet(&sharing(&store()));
    for upstream in &replicas {
        sent(upstream, ONCE).await.unwrap();
    }
    fails(&replicas[0], Class::Overloaded).await;
    sleep(4 * SECOND).await;
    assert_balances(&replicas, 15.5);
    fails(&replicas[1], Class::Overloaded).await;
    sleep(2 * SECOND + SECOND / 10).await;
    assert_balances(&replicas, 11.0);
}
