//! Admission with caps: refusals, and the counting of requests, tokens and money.

use super::{HOUR, ONCE, PRICE, SECOND, at, from, is_refused, rejection, used, using, using_by};
use futures::future::join_all;
use resilient_runtime::{
    Class, Classification, Concurrency, Processed, Tokens, Upstream, call, record_tokens,
    testing::{Step, record},
};
use resilient_tests::Failure;
use std::{cell::Cell, time::Duration};
use tokio::time::{Instant, sleep};

#[resilient_runtime::test(start_paused = true)]
async fn f369_a_cap_on_requests_sends_exactly_so_many_also_at_once() {
    static API: Upstream = Upstream::new("api").cap("10 requests/day");
    let sent = Cell::new(0);
    let one = || async {
        let outcome: Result<(), Failure> = call!(upstream = API, policy = ONCE, async {
            sent.set(sent.get() + 1);
            sleep(SECOND).await;
            Ok(())
        })
        .await;
        outcome
    };
    let outcomes = join_all((0..25).map(|_| one())).await;
    assert_eq!(sent.get(), 10);
    assert_eq!(outcomes.iter().filter(|it| is_refused(it)).count(), 15);
    assert_eq!(API.snapshot().counts.refused, 15);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_refusal_is_final_and_names_the_time_at_which_the_cap_is_free() {
    static API: Upstream = Upstream::new("api").cap("1000 tokens/day +02:00");
    from(20, 30, async {
        using(&API, 1_000).await.unwrap();
        let calls = Cell::new(0);
        let start = Instant::now();
        let (outcome, trace) = record(API.call("ask").run(async || {
            calls.set(calls.get() + 1);
            Ok::<(), Failure>(())
        }))
        .await;
        assert!(is_refused(&outcome));
        assert_eq!((calls.get(), start.elapsed()), (0, Duration::ZERO));
        trace.assert_attempts(0);
        let rejection = rejection(&API).await;
        // Midnight at +02:00.
        assert_eq!(rejection.free_at(), Some(at(22, 0)));
        assert_eq!(rejection.wait(), Some(HOUR * 3 / 2));
        assert_eq!(
            rejection.to_string(),
            "api has reached its cap of 1000 tokens/day +02:00; it is free again at 2026-11-30 00:00 +02:00"
        );
        let failure = rejection.classification();
        assert_eq!(failure.processed, Processed::No);
        assert_eq!(
            failure.user_message(),
            "The limit of use is reached; please try again in 90 minutes."
        );
        sleep((HOUR * 3 / 2).saturating_sub(SECOND)).await;
        assert!(is_refused(&using(&API, 1).await));
        sleep(SECOND).await;
        assert!(using(&API, 1).await.is_ok());
        assert_eq!(used(&API), ["1 tokens"]);
    })
    .await;
}

#[resilient_runtime::test(start_paused = true)]
async fn money_is_counted_by_the_price_of_input_and_output() {
    static API: Upstream = Upstream::new("api").price(PRICE).cap("5 USD/day");
    let ask = async |input: u64, output: u64| {
        let outcome: Result<(), Failure> = call!(upstream = API, policy = ONCE, async {
            record_tokens(Tokens { input, output });
            Ok(())
        })
        .await;
        outcome
    };
    ask(1_000_000, 500_000).await.unwrap();
    assert_eq!(used(&API), ["3 USD"]);
    // An attempt that is sent below the cap may exceed it.
    ask(0, 1_000_000).await.unwrap();
    assert_eq!(used(&API), ["7 USD"]);
    assert!(is_refused(&ask(1, 0).await));
}

#[resilient_runtime::test(start_paused = true)]
async fn the_estimate_counts_without_a_reported_usage_unless_the_request_was_not_read() {
    static API: Upstream = Upstream::new("api")
        .price(PRICE)
        .cap("100 USD/day, 1M requests/day, 100M tokens/day");
    let call = async |failure: Option<Classification>| {
        let outcome: Result<(), Failure> =
            call!(upstream = API, cost = 500_000, policy = ONCE, async {
                failure.clone().map_or(Ok(()), |it| Err(it.into()))
            })
            .await;
        outcome
    };
    call(None).await.unwrap();
    // At the price of the dearer kind.
    assert_eq!(used(&API), ["2 USD", "1 requests", "500000 tokens"]);
    let _ = call(Some(Classification::new(Class::RateLimited))).await;
    assert_eq!(used(&API), ["2 USD", "2 requests", "500000 tokens"]);
    let _ = call(Some(Classification::new(Class::ServerError))).await;
    assert_eq!(used(&API), ["4 USD", "3 requests", "1000000 tokens"]);
    // Dropped after it was sent.
    let dropped = call!(upstream = API, cost = 500_000, policy = ONCE, async {
        futures::future::pending::<Result<(), Failure>>().await
    });
    assert!(tokio::time::timeout(SECOND, dropped).await.is_err());
    assert_eq!(used(&API), ["6 USD", "4 requests", "1500000 tokens"]);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_cap_of_the_upstream_counts_all_keys_and_one_of_keys_each_by_itself() {
    static API: Upstream = Upstream::new("api")
        .cap("5 requests/day")
        .key_cap("2 requests/day");
    for (key, is_sent) in [
        ("a", true),
        ("a", true),
        ("a", false),
        ("b", true),
        ("b", true),
        ("c", true),
        // The upstream has none left.
        ("c", false),
        ("d", false),
    ] {
        let outcome = using_by(&API, key, 0).await;
        assert_eq!(is_refused(&outcome), !is_sent, "{key}");
    }
    assert!(is_refused(&using(&API, 0).await));
    assert_eq!(used(&API), ["5 requests"]);
    let of = |key: &str| API.snapshot_by(key).unwrap().caps[0].used.to_string();
    assert_eq!(
        (of("a"), of("c"), of("d")),
        (
            "2 requests".into(),
            "1 requests".into(),
            "0 requests".into()
        )
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn f367_a_key_whose_cap_is_in_use_is_not_evicted_before_others() {
    // The states of others count nothing.
    static API: Upstream = Upstream::new("api").keys(8).key_cap("9 tokens/day");
    using_by(&API, "tenant", 9).await.unwrap();
    for number in 0..500 {
        let _ = using_by(&API, &format!("key {number}"), 0).await;
    }
    assert!(is_refused(&using_by(&API, "tenant", 1).await));
}

#[resilient_runtime::test(start_paused = true)]
async fn each_attempt_counts_and_a_retry_beyond_the_cap_is_not_sent() {
    static API: Upstream = Upstream::new("api").cap("3 requests/day");
    let (outcome, trace) = record(
        API.call("ask")
            .run(async || Err::<(), _>(Failure::of(Class::ServerError))),
    )
    .await;
    assert_eq!(outcome.unwrap_err().class(), Class::ServerError);
    trace.assert_attempts(3);
    let gave_up = trace.steps().find_map(|step| match step {
        Step::GaveUp(reason) => Some(reason.as_str()),
        _ => None,
    });
    assert_eq!(gave_up, Some("a cap is reached"));
}

#[resilient_runtime::test(start_paused = true)]
async fn calls_that_wait_for_a_permit_are_refused_when_the_cap_is_reached() {
    static API: Upstream = Upstream::new("api")
        .concurrency(Concurrency::new(1))
        .cap("100 tokens/day");
    let slow = |tokens: u64, time: Duration| async move {
        let outcome: Result<(), Failure> = call!(upstream = API, policy = ONCE, async {
            record_tokens(Tokens::input(tokens));
            sleep(time).await;
            Ok(())
        })
        .await;
        outcome
    };
    let start = Instant::now();
    let waiting = async {
        let outcome = slow(1, SECOND).await;
        (outcome, start.elapsed())
    };
    let by_key = async {
        let outcome = using_by(&API, "other", 100).await;
        sleep(SECOND).await;
        outcome
    };
    let (first, (second, after), third) = tokio::join!(slow(0, 30 * SECOND), waiting, by_key);
    first.unwrap();
    third.unwrap();
    assert!(is_refused(&second));
    assert_eq!(after, Duration::ZERO, "woken at once");
}

#[resilient_runtime::test(start_paused = true)]
async fn a_request_that_is_not_sent_is_given_back() {
    use resilient_runtime::Breaker;
    static API: Upstream = Upstream::new("api")
        .breaker(Breaker::new().consecutive(1))
        .cap("3 requests/day");
    let failing = async || {
        let outcome: Result<(), Failure> = call!(upstream = API, policy = ONCE, async {
            Err(Failure::of(Class::ServerError))
        })
        .await;
        outcome.unwrap_err().class()
    };
    assert_eq!(failing().await, Class::ServerError);
    for _ in 0..5 {
        assert_eq!(failing().await, Class::CircuitOpen);
    }
    assert_eq!(used(&API), ["1 requests"]);
}

#[resilient_runtime::test(start_paused = true)]
async fn nothing_is_refused_by_a_cap_on_money_where_nothing_costs_anything() {
    static API: Upstream = Upstream::new("api").price(PRICE).cap("0.000001 USD/day");
    for _ in 0..100 {
        using(&API, 0).await.unwrap();
    }
    assert_eq!(used(&API), ["0 USD"]);
    using(&API, 1).await.unwrap();
    assert!(is_refused(&using(&API, 0).await));
}
