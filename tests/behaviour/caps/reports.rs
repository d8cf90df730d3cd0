//! Reports of caps: events, snapshots and metrics.

use super::{PRICE, at, from, is_refused, used, using, using_by};
use resilient_runtime::{
    Amount, CapPeriod, Class, Money, Upstream,
    testing::{Step, record},
};
use resilient_tests::{Recorder, in_paused_time};
use std::panic::AssertUnwindSafe;

fn caps(trace: &resilient_runtime::testing::Trace) -> Vec<String> {
    let is_cap = |step: &&Step| matches!(step, Step::CapNearing(_) | Step::CapReached(_));
    trace
        .steps()
        .filter(is_cap)
        .map(ToString::to_string)
        .collect()
}

#[resilient_runtime::test(start_paused = true)]
async fn a_cap_is_announced_at_four_fifths_and_when_it_is_reached_once_a_window() {
    static API: Upstream = Upstream::new("api").cap("10 requests/hour");
    let ten = async || {
        for _ in 0..12 {
            let _ = using(&API, 0).await;
        }
    };
    from(12, 0, async {
        for _ in 0..2 {
            let ((), trace) = record(ten()).await;
            assert_eq!(
                caps(&trace),
                [
                    "cap of 10 requests/hour nearing",
                    "cap of 10 requests/hour reached"
                ]
            );
            tokio::time::sleep(super::HOUR).await;
        }
    })
    .await;
}

#[resilient_runtime::test(start_paused = true)]
async fn a_cap_that_one_attempt_uses_up_is_announced_once() {
    static API: Upstream = Upstream::new("api").cap("10 tokens/hour");
    let ((), trace) = record(async {
        using(&API, 50).await.unwrap();
        assert!(is_refused(&using(&API, 50).await));
    })
    .await;
    assert_eq!(caps(&trace), ["cap of 10 tokens/hour reached"]);
}

#[test]
fn the_log_has_the_cap_its_use_and_the_end_of_the_window_and_no_key() {
    let (recorder, _recording) = Recorder::start();
    let api = Upstream::new("logged caps")
        .price(PRICE)
        .cap("100 tokens/month")
        .key_cap("0.00005 USD/day +02:00");
    in_paused_time(from(12, 0, async {
        using_by(&api, "secret-tenant", 80).await
    }))
    .unwrap();
    let near = recorder.of("cap nearing");
    assert_eq!(near.len(), 1);
    assert_eq!(near[0].field("upstream"), "logged caps");
    assert_eq!(near[0].field("cap"), "100 tokens/month");
    assert_eq!(near[0].field("used"), "80 tokens");
    assert_eq!(near[0].field("ends"), "2026-12-01 00:00 UTC");
    let reached = recorder.of("cap reached");
    assert_eq!(reached.len(), 1);
    assert_eq!(reached[0].field("used"), "0.00008 USD");
    assert_eq!(reached[0].field("ends"), "2026-11-30 00:00 +02:00");
    assert!(!format!("{near:?}{reached:?}").contains("secret-tenant"));
}

#[resilient_runtime::test(start_paused = true)]
async fn a_snapshot_has_each_cap_with_its_use_and_its_end() {
    static API: Upstream = Upstream::new("api")
        .price(PRICE)
        .cap("50 USD/day, 8 requests/hour");
    from(12, 15, async {
        using(&API, 12_500_000).await.unwrap();
        let caps = API.snapshot().caps;
        assert_eq!(caps.len(), 2);
        assert_eq!(caps[0].cap.amount(), Amount::Money(Money::usd(50.0)));
        assert_eq!(caps[0].cap.period(), CapPeriod::Day);
        assert_eq!(caps[0].used, Amount::Money(Money::usd(12.5)));
        assert_eq!((caps[0].ratio(), caps[0].is_reached()), (0.25, false));
        assert_eq!((caps[0].ends, caps[1].ends), (at(24, 0), at(13, 0)));
        assert_eq!(
            caps[1].to_string(),
            "1 requests of 8 requests/hour, until 2026-11-29 13:00 UTC"
        );
    })
    .await;
    let free = Upstream::new("free");
    assert!(free.snapshot().caps.is_empty());
}

#[resilient_runtime::test(start_paused = true)]
async fn shadow_mode_counts_and_refuses_nothing() {
    static API: Upstream = Upstream::new("api")
        .shadow(true)
        .cap("2 requests/day, 100 tokens/day");
    let (outcomes, trace) = record(async {
        let mut outcomes = Vec::new();
        for _ in 0..5 {
            outcomes.push(using(&API, 10).await);
        }
        outcomes
    })
    .await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(used(&API), ["5 requests", "50 tokens"]);
    let counts = API.snapshot().counts;
    assert_eq!((counts.not_enforced, counts.refused), (3, 0));
    let held = trace
        .steps()
        .filter(|step| **step == Step::NotEnforced("cap"));
    assert_eq!(held.count(), 3);
}

#[resilient_runtime::test(start_paused = true)]
async fn f368_a_report_that_panics_leaves_no_request_and_no_permit_behind() {
    use futures::FutureExt as _;
    use resilient_runtime::Concurrency;
    static API: Upstream = Upstream::new("f368")
        .concurrency(Concurrency::new(1))
        .cap("1 requests/day");
    let (_recorder, _recording) = Recorder::start_with(|event| {
        let is_it = event.message == "cap reached" && event.field("upstream") == "f368";
        assert!(!is_it, "a subscriber");
    });
    let call = AssertUnwindSafe(using(&API, 0)).catch_unwind().await;
    assert!(call.is_err(), "the subscriber panics");
    assert_eq!(API.snapshot().in_use, Some(0));
    assert_eq!(used(&API), ["0 requests"]);
    // It was reported: the next call is sent.
    using(&API, 0).await.unwrap();
    assert_eq!(using(&API, 0).await.unwrap_err().class(), Class::CapReached);
}
