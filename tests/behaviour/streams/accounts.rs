//! What a stream holds of its upstream, and what the upstream hears of it.

use super::{End, Fail, Give, Piece, Server, Step, Wait, Word};
use futures::{FutureExt as _, Stream, StreamExt as _};
use resilient_runtime::{
    Breaker, BreakerState, Class, Concurrency, Rate, Tokens, Upstream, record_tokens, resilient,
};
use resilient_tests::Failure;
use std::{pin::pin, time::Duration};
use tokio::time::{advance, timeout};

const SECOND: Duration = Duration::from_secs(1);
const GOOD: &[Step] = &[Give(Word(1)), Give(Word(2)), Give(End)];
const BROKEN: &[Step] = &[Give(Word(1)), Fail(Class::Overloaded)];
const SLOW: &[Step] = &[Give(Word(1)), Wait(SECOND), Give(End)];

#[resilient(
    upstream = upstream,
    attempts = 2,
    timeout = "10s",
    first = "30s",
    content = Piece::is_word,
    last = Piece::is_end,
    backoff(kind = "fixed", initial = "1s", jitter = "none")
)]
async fn ask(
    upstream: &Upstream,
    server: &Server,
) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    Ok(server.answer())
}

fn one_place() -> Upstream {
    Upstream::new("one place").concurrency(Concurrency::new(1))
}

#[tokio::test(start_paused = true)]
async fn f204_a_stream_holds_its_permit_until_it_ends_breaks_or_is_dropped() {
    let upstream = one_place();
    for script in [GOOD, BROKEN] {
        let server = Server::new([script]);
        let mut stream = pin!(ask(&upstream, &server).await.unwrap());
        while let Some(item) = stream.next().await {
            assert_eq!(upstream.snapshot().in_use, Some(u32::from(item.is_ok())));
        }
        assert_eq!(upstream.snapshot().in_use, Some(0));
    }
    let server = Server::new([GOOD]);
    let stream = ask(&upstream, &server).await.unwrap();
    assert_eq!(upstream.snapshot().in_use, Some(1));
    let next = timeout(SECOND, ask(&upstream, &server)).await;
    assert!(next.is_err(), "there is no second place");
    drop(stream);
    assert_eq!(upstream.snapshot().in_use, Some(0));
    let stream = ask(&upstream, &server).await.unwrap();
    assert_eq!(stream.count().await, 3);
    assert_eq!(upstream.snapshot().in_use, Some(0));
}

/// Each further poll is a place where the consumer may drop call and stream.
#[tokio::test(start_paused = true)]
async fn f205_a_stream_dropped_after_any_poll_leaves_nothing_behind() {
    let upstream = one_place().breaker(Breaker::new());
    let fails_once = &[Wait(SECOND), Fail(Class::Overloaded)];
    let slow = &[Wait(SECOND), Give(Word(1)), Wait(SECOND), Give(End)];
    let mut ends = 0;
    for polls in 0..20 {
        let server = Server::new([fails_once, &slow[..]]);
        let mut whole = Box::pin(async {
            let mut stream = pin!(ask(&upstream, &server).await.unwrap());
            let mut items = Vec::new();
            while let Some(item) = stream.next().await {
                items.push(item.unwrap());
            }
            items
        });
        for _ in 0..polls {
            if let Some(items) = whole.as_mut().now_or_never() {
                assert_eq!(items, [Word(1), End]);
                ends += 1;
                break;
            }
            advance(SECOND).await;
        }
        drop(whole);
        let snapshot = upstream.snapshot();
        assert_eq!(
            (snapshot.in_use, snapshot.waiting),
            (Some(0), Some(0)),
            "{polls}"
        );
        assert_eq!(snapshot.breaker, Some(BreakerState::Closed));
    }
    assert!(ends > 0, "some streams came to their end");
}

/// Asks a server for so many streams that each play this.
async fn ask_for(upstream: &Upstream, script: &[Step], times: u32) {
    for _ in 0..times {
        let server = Server::new([script]);
        let stream = ask(upstream, &server).await.unwrap();
        let items: Vec<_> = stream.collect().await;
        let is_broken = matches!(script.last(), Some(Fail(_)));
        assert_eq!(items.last().unwrap().is_err(), is_broken);
    }
}

/// The success of its first content is taken back.
#[tokio::test(start_paused = true)]
async fn f206_a_break_is_one_failure_of_the_circuit_breaker() {
    let by_number = Breaker::new().consecutive(3).min_calls(1_000);
    let by_ratio = Breaker::new().failure_ratio(0.9).min_calls(3);
    for breaker in [by_number, by_ratio] {
        let upstream = one_place().breaker(breaker);
        for _ in 0..3 {
            assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
            ask_for(&upstream, BROKEN, 1).await;
        }
        assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Open));
    }
}

#[tokio::test(start_paused = true)]
async fn f303_breaks_are_consecutive_only_if_no_success_comes_between_them() {
    #[resilient(upstream = upstream)]
    async fn plain(upstream: &Upstream) -> Result<(), Failure> {
        Ok(())
    }
    for (between, state) in [
        (None, BreakerState::Open),
        (Some(GOOD), BreakerState::Closed),
        (Some(&[][..]), BreakerState::Closed),
    ] {
        let upstream = one_place().breaker(Breaker::new().consecutive(3).min_calls(1_000));
        ask_for(&upstream, BROKEN, 2).await;
        match between {
            Some([]) => plain(&upstream).await.unwrap(),
            Some(script) => ask_for(&upstream, script, 1).await,
            None => {}
        }
        ask_for(&upstream, BROKEN, 1).await;
        assert_eq!(upstream.snapshot().breaker, Some(state), "{between:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn f303_streams_at_a_time_that_break_are_counted_each_once() {
    let upstream = Upstream::new("many").breaker(Breaker::new().consecutive(5).min_calls(1_000));
    let slow: &[Step] = &[Give(Word(1)), Wait(SECOND), Fail(Class::Overloaded)];
    let servers = [(); 4].map(|()| Server::new([slow]));
    ask_for(&upstream, BROKEN, 1).await;
    let mut streams = Vec::new();
    for server in &servers {
        let mut stream = Box::pin(ask(&upstream, server).await.unwrap());
        assert!(stream.next().await.unwrap().is_ok());
        streams.push(stream);
    }
    for stream in streams {
        assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
        assert_eq!(stream.count().await, 1);
    }
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Open));
}

/// A probe whose stream breaks is a failed one.
#[tokio::test(start_paused = true)]
async fn f303_a_probe_whose_stream_breaks_opens_the_circuit_again() {
    let breaker = Breaker::new().consecutive(1).half_open_probes(2);
    let upstream = one_place().breaker(breaker);
    ask_for(&upstream, BROKEN, 1).await;
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Open));
    tokio::time::sleep(5 * SECOND).await;
    ask_for(&upstream, BROKEN, 1).await;
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Open));
    tokio::time::sleep(10 * SECOND).await;
    ask_for(&upstream, GOOD, 2).await;
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
}

#[tokio::test(start_paused = true)]
async fn the_first_content_of_a_probe_closes_the_circuit() {
    let breaker = Breaker::new()
        .consecutive(1)
        .half_open_probes(1)
        .break_duration(SECOND);
    let upstream = one_place().breaker(breaker);
    let server = Server::new([&[Fail(Class::Overloaded)], SLOW]);
    // The retry comes when the break is over, and is the probe.
    let stream = ask(&upstream, &server).await.unwrap();
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
    assert_eq!(upstream.snapshot().in_use, Some(1));
    drop(stream);
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
    assert_eq!(upstream.snapshot().in_use, Some(0));
}

#[tokio::test(start_paused = true)]
async fn tokens_that_the_stream_records_settle_at_its_end() {
    #[resilient(upstream = upstream, cost = 100)]
    async fn counted(
        upstream: &Upstream,
        used: u64,
    ) -> Result<impl Stream<Item = Result<u64, Failure>>, Failure> {
        Ok(futures::stream::iter(0..3).map(move |n| {
            if n == 2 {
                record_tokens(Tokens::input(used));
            }
            Ok(n)
        }))
    }
    let upstream = Upstream::new("tokens").tokens(Rate::per_minute(1_000));
    let stream = counted(&upstream, 300).await.unwrap();
    assert_eq!(upstream.snapshot().tokens, Some(900));
    assert_eq!(stream.count().await, 3);
    assert_eq!(upstream.snapshot().tokens, Some(700));
    assert_eq!(upstream.snapshot().usage.actual, 300);

    let mut stream = Box::pin(counted(&upstream, 300).await.unwrap());
    assert!(stream.next().await.unwrap().is_ok());
    drop(stream);
    assert!(
        upstream.snapshot().tokens >= Some(600),
        "no more than its estimate is lost"
    );
}
