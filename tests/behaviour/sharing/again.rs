//! Reports of a replica are counted once, and made again for a store that has lost them.

use super::{ONCE, SECOND, replica, sent, store};
use resilient_runtime::{
    Caps, Rate, Tokens, Upstream, UpstreamConfig, call, record_tokens, sharing::Sharing,
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A hundred tokens a second, and a burst of 6,000.
fn tokens(config: &mut UpstreamConfig) {
    config.tokens = Some(Rate::per_minute(6_000));
}

/// The time that a call of this cost waits.
async fn waits(upstream: &Upstream, cost: u64) -> Duration {
    let begin = Instant::now();
    let outcome: super::Outcome = call!(upstream = upstream, cost = cost, policy = ONCE, async {
        record_tokens(Tokens::input(cost));
        Ok(())
    })
    .await;
    outcome.unwrap();
    begin.elapsed()
}

#[tokio::test(start_paused = true)]
async fn f449_tokens_from_before_a_short_outage_are_not_owed_twice() {
    let store = store();
    let upstream = replica(&Sharing::new(store.clone()), tokens);
    waits(&upstream, 3_000).await;
    store.fail();
    waits(&upstream, 1).await;
    sleep(SECOND).await;
    store.recover();
    sleep(2 * SECOND).await;
    let waited = waits(&upstream, 2_500).await;
    assert!(waited < SECOND, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn f449_tokens_from_before_an_idle_time_are_not_owed_twice() {
    let store = store();
    let upstream = replica(&Sharing::new(store.clone()), tokens);
    for _ in 0..3 {
        waits(&upstream, 5_000).await;
        // The store forgets it, and what it has taken comes back by half.
        sleep(25 * SECOND).await;
        let waited = waits(&upstream, 3_000).await;
        assert!(waited < SECOND, "{waited:?}");
        sleep(60 * SECOND).await;
    }
}

#[tokio::test(start_paused = true)]
async fn tokens_that_were_used_in_an_outage_are_owed_after_it() {
    let store = store();
    let sharing = Sharing::new(store.clone());
    let (one, other) = (replica(&sharing, tokens), replica(&sharing, tokens));
    waits(&one, 1).await;
    waits(&other, 1).await;
    store.fail();
    waits(&one, 1).await;
    waits(&one, 2_900).await;
    store.recover();
    sleep(2 * SECOND).await;
    let waited = waits(&other, 4_900).await;
    let expected = 13 * SECOND..=19 * SECOND;
    assert!(expected.contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn f450_a_store_that_has_lost_its_data_does_not_free_a_cap() {
    let store = store();
    let sharing = Sharing::new(store.clone());
    let capped = |config: &mut UpstreamConfig| {
        config.requests = Some(Rate::per_second(1_000));
        config.caps = Caps::parse("100 requests/day").unwrap();
    };
    let all = [(); 4].map(|()| replica(&sharing, capped));
    let mut admitted = 0;
    for round in 0..60 {
        for upstream in &all {
            admitted += u32::from(sent(upstream, ONCE).await.is_some());
        }
        sleep(SECOND / 2).await;
        if round == 15 {
            store.flush();
        }
    }
    // One report of each other replica is lost among those of the new state.
    assert!((90..=107).contains(&admitted), "{admitted}");
}
