//! Calls inside a stream, what it pays for, panics of the function that goes on, and a consumer
//! that is away.

use super::{End, Fail, Give, Piece, Ping, Server, Step, Wait, Word};
use futures::{FutureExt as _, Stream, StreamExt as _, stream};
use resilient_runtime::{Class, Concurrency, Kept, Upstream, resilient};
use resilient_tests::{Counter, Failure};
use std::{panic::AssertUnwindSafe, pin::pin, time::Duration};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const BREAKS: &[Step] = &[Give(Word(1)), Wait(SECOND), Fail(Class::Network)];
const GOOD: &[Step] = &[Give(Word(1)), Give(End)];

async fn go_on(
    _: &Upstream,
    server: &Server,
    _: Failure,
    _: Kept,
) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    sleep(SECOND / 2).await;
    Ok(server.answer())
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_the_function_that_goes_on_or_in_its_stream_returns_the_permit() {
    #[resilient(upstream = upstream, resume = again)]
    async fn ask(
        upstream: &Upstream,
        at: u32,
    ) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        let items = [Ok(Word(at)), Err(Failure::of(Class::Network))];
        Ok(stream::iter(items))
    }
    #[expect(clippy::unused_async, reason = "a real one opens a connection")]
    async fn again(
        _: &Upstream,
        at: u32,
        _: Failure,
        _: Kept,
    ) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        assert_ne!(at, 0, "in the function");
        Ok(stream::poll_fn(|_| panic!("in the stream")))
    }
    for at in 0..2 {
        let upstream = Upstream::new("panics").concurrency(Concurrency::new(1));
        let whole = async { ask(&upstream, at).await.unwrap().count().await };
        assert!(AssertUnwindSafe(whole).catch_unwind().await.is_err());
        assert_eq!(upstream.snapshot().in_use, Some(0));
    }
}

/// A break is no retry; going on with another stream is.
#[tokio::test(start_paused = true)]
async fn only_retries_and_further_streams_draw_on_the_budget() {
    #[resilient(upstream = upstream, content = Piece::is_word)]
    async fn plain(
        upstream: &Upstream,
        server: &Server,
    ) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        Ok(server.answer())
    }
    #[resilient(upstream = upstream, resume = go_on)]
    async fn resumed(
        upstream: &Upstream,
        server: &Server,
    ) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        Ok(server.answer())
    }
    let upstream = Upstream::new("pays");
    let full = upstream.snapshot().budget;
    let server = Server::new([BREAKS]);
    assert_eq!(plain(&upstream, &server).await.unwrap().count().await, 2);
    assert!((upstream.snapshot().budget - full).abs() < 0.001);

    let server = Server::new([BREAKS, GOOD]);
    assert_eq!(resumed(&upstream, &server).await.unwrap().count().await, 3);
    assert!(upstream.snapshot().budget < full);
    // Streams that break for ever use it up, and are then not followed by others.
    let server = Server::new([&[Give(Word(1)), Fail(Class::Overloaded)]]);
    for _ in 0..100 {
        let _ = resumed(&upstream, &server).await.unwrap().count().await;
    }
    assert!(server.requests.get() < 200, "{}", server.requests.get());
}

/// The permit of the stream is that of the calls inside, whose state is not left in the thread.
#[tokio::test(start_paused = true)]
async fn calls_inside_the_body_and_the_items_of_a_stream_are_inside_its_attempt() {
    #[resilient(upstream = upstream, deadline = "30s")]
    async fn inner(upstream: &Upstream, count: &Counter, time: Duration) -> Result<u32, Failure> {
        sleep(time).await;
        Ok(count.count())
    }
    #[resilient(upstream = upstream, deadline = "10s")]
    async fn outer(
        upstream: &Upstream,
        count: &Counter,
    ) -> Result<impl Stream<Item = Result<u32, Failure>>, Failure> {
        inner(upstream, count, SECOND).await?;
        let times = stream::iter([0, 1, 20]);
        Ok(times.then(move |time| inner(upstream, count, time * SECOND)))
    }
    let upstream = Upstream::new("nested").concurrency(Concurrency::new(1));
    let (count, start) = (Counter::new(), Instant::now());
    let mut stream = pin!(outer(&upstream, &count).await.unwrap());
    assert_eq!(stream.next().await.unwrap().unwrap(), 2);
    assert_eq!(stream.next().await.unwrap().unwrap(), 3);
    // Between its polls nothing is inside it: another call waits for the permit.
    let other = inner(&upstream, &count, Duration::ZERO).now_or_never();
    assert!(other.is_none());
    // The deadline of the stream ends the call inside.
    assert!(stream.next().await.unwrap().is_err());
    assert_eq!(start.elapsed(), 10 * SECOND);
    assert_eq!(upstream.snapshot().in_use, Some(0));
    // That deadline is none of later calls.
    inner(&upstream, &count, 20 * SECOND).await.unwrap();
}

/// The hour is its own, whether it waited for an item before or not.
#[tokio::test(start_paused = true)]
async fn a_consumer_that_is_away_for_an_hour_goes_on() {
    #[resilient(idle = "20s", timeout = "10s", content = Piece::is_word, last = Piece::is_end)]
    async fn ask(server: &Server) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        Ok(server.answer())
    }
    let script = [
        Give(Word(1)),
        Wait(SECOND),
        Give(Ping),
        Wait(SECOND),
        Give(Word(2)),
        Give(End),
    ];
    for waits in [false, true] {
        let server = Server::new([&script[..]]);
        let mut stream = pin!(ask(&server).await.unwrap());
        for piece in [Word(1), Ping, Word(2), End] {
            if waits {
                let item = stream.next().now_or_never();
                if let Some(item) = item {
                    assert_eq!(item.unwrap().unwrap(), piece);
                    continue;
                }
            }
            sleep(3_600 * SECOND).await;
            assert_eq!(stream.next().await.unwrap().unwrap(), piece);
        }
        assert!(stream.next().await.is_none());
    }
}

/// Such as one that runs a tool when an item asks for it.
#[tokio::test(start_paused = true)]
async fn f308_the_consumers_own_time_after_an_item_without_content_is_no_stall() {
    #[resilient(idle = "20s", timeout = "10s", content = Piece::is_word, last = Piece::is_end)]
    async fn ask(server: &Server) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        Ok(server.answer())
    }
    let script = [
        Give(Word(1)),
        Wait(4 * SECOND),
        Give(Ping),
        Give(Ping),
        Wait(14 * SECOND),
        Give(Word(2)),
        Wait(4 * SECOND),
        Give(Ping),
        Wait(17 * SECOND),
        Give(Word(3)),
    ];
    let server = Server::new([&script[..]]);
    let mut stream = pin!(ask(&server).await.unwrap());
    for piece in [Word(1), Ping, Ping, Word(2), Ping] {
        assert_eq!(stream.next().await.unwrap().unwrap(), piece);
        sleep(5 * SECOND).await;
    }
    // Its own time is none of the server's, which has now been silent for too long.
    let start = Instant::now();
    assert!(stream.next().await.unwrap().is_err());
    assert_eq!(start.elapsed(), 16 * SECOND);
}
