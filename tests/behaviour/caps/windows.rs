//! Windows that end, and the clock that they follow.

use super::{HOUR, SECOND, at, from, is_refused, rejection, used, using};
use resilient_runtime::{Upstream, testing::at_wall_time};
use std::time::{Duration, SystemTime};
use tokio::time::sleep;

#[resilient_runtime::test(start_paused = true)]
async fn a_cap_is_free_again_at_the_start_of_the_next_window_of_the_calendar() {
    static HOURLY: Upstream = Upstream::new("hourly").cap("1 requests/hour");
    static DAILY: Upstream = Upstream::new("daily").cap("1 requests/day");
    static WEEKLY: Upstream = Upstream::new("weekly").cap("1 requests/week");
    static MONTHLY: Upstream = Upstream::new("monthly").cap("1 requests/month");
    let day = 24 * HOUR;
    // From Sunday, 29 November.
    for (upstream, wait) in [
        (&HOURLY, HOUR / 2),
        (&DAILY, HOUR * 11 / 2),
        (&WEEKLY, HOUR * 11 / 2),
        (&MONTHLY, day + HOUR * 11 / 2),
    ] {
        from(18, 30, async {
            using(upstream, 0).await.unwrap();
            assert_eq!(rejection(upstream).await.wait(), Some(wait));
            sleep(wait.saturating_sub(SECOND)).await;
            assert!(is_refused(&using(upstream, 0).await), "{}", upstream.name());
            sleep(SECOND).await;
            using(upstream, 0).await.unwrap();
        })
        .await;
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn of_several_caps_the_refusal_names_the_one_that_is_free_last() {
    static API: Upstream = Upstream::new("api").cap("1 requests/hour, 9 tokens/month");
    from(12, 0, async {
        using(&API, 8).await.unwrap();
        assert_eq!(rejection(&API).await.wait(), Some(HOUR));
        sleep(HOUR).await;
        using(&API, 8).await.unwrap();
        let rejection = rejection(&API).await;
        assert_eq!(rejection.wait(), Some(35 * HOUR));
        assert!(
            rejection.to_string().contains("9 tokens/month"),
            "{rejection}"
        );
    })
    .await;
}

#[resilient_runtime::test(start_paused = true)]
async fn an_attempt_counts_in_the_window_in_which_it_ends() {
    static API: Upstream = Upstream::new("api").cap("100 tokens/hour");
    at_wall_time(at(12, 59) + 30 * SECOND, async {
        let slow = async {
            API.call("slow")
                .run(async || {
                    sleep(Duration::from_secs(50)).await;
                    resilient_runtime::record_tokens(resilient_runtime::Tokens::input(100));
                    Ok::<(), resilient_tests::Failure>(())
                })
                .await
        };
        slow.await.unwrap();
        assert_eq!(used(&API), ["100 tokens"]);
        assert_eq!(rejection(&API).await.free_at(), Some(at(14, 0)));
    })
    .await;
}

#[resilient_runtime::test(start_paused = true)]
async fn a_paused_clock_moves_the_calendar_of_the_system_too() {
    static API: Upstream = Upstream::new("api").cap("1 requests/hour");
    using(&API, 0).await.unwrap();
    // The test may begin at the end of an hour.
    let usage = API.snapshot().caps[0];
    let left = usage.ends.duration_since(SystemTime::now()).unwrap();
    assert!(left <= HOUR);
    sleep(left + SECOND).await;
    using(&API, 0).await.unwrap();
    let next = API.snapshot().caps[0];
    assert_eq!(next.ends.duration_since(usage.ends).unwrap(), HOUR);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_clock_that_is_set_back_keeps_the_count() {
    static API: Upstream = Upstream::new("api").cap("10 tokens/day");
    from(12, 0, async { using(&API, 10).await.unwrap() }).await;
    let yesterday = at(0, 0) - 5 * HOUR;
    at_wall_time(yesterday, async {
        assert_eq!(rejection(&API).await.free_at(), Some(at(0, 0)));
    })
    .await;
}
