//! Streams with hedges, fallbacks, contexts, outer calls and panics.

use super::{End, Fail, Give, Hang, Piece, Pieces, Ping, Server, Step, Wait, Word};
use futures::{FutureExt as _, Stream, StreamExt as _, stream};
use resilient_runtime::{Class, Concurrency, Policy, Upstream, call, resilient};
use resilient_tests::{Counter, Failure};
use std::{panic::AssertUnwindSafe, pin::pin, time::Duration};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

async fn all(stream: impl Stream<Item = Result<Piece, Failure>>) -> Vec<Piece> {
    stream.map(Result::unwrap).collect().await
}

#[tokio::test(start_paused = true)]
async fn of_hedged_streams_the_one_with_the_first_content_wins() {
    #[resilient(hedge(after = "2s"), content = Piece::is_word)]
    async fn ask(server: &Server) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        Ok(server.answer())
    }
    // It opens at once, and says nothing.
    let server = Server::new([&[Give(Ping), Hang], &[Give(Word(7)), Give(End)][..]]);
    let start = Instant::now();
    assert_eq!(all(ask(&server).await.unwrap()).await, [Word(7), End]);
    assert_eq!(start.elapsed(), 2 * SECOND);
    assert_eq!(server.requests.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_fallback_answers_before_the_first_content_and_not_after_it() {
    #[resilient(attempts = 1, stream = true, fallback = cached)]
    async fn ask(server: &Server) -> Result<Pieces, Failure> {
        Ok(server.answer())
    }
    async fn cached(_: &Server, _: Failure) -> Result<Pieces, Failure> {
        Ok(Box::pin(stream::iter([Ok(Word(9))])))
    }
    let server = Server::new([&[Fail(Class::Overloaded)]]);
    assert_eq!(all(ask(&server).await.unwrap()).await, [Word(9)]);
    let server = Server::new([&[Give(Word(1)), Fail(Class::Overloaded)]]);
    let items: Vec<_> = ask(&server).await.unwrap().collect().await;
    assert_eq!(items.len(), 2);
    assert_eq!(items[1].as_ref().unwrap_err().class(), Class::StreamBroken);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_an_outer_call_limits_the_stream_inside() {
    #[resilient(attempts = 1, stream = true)]
    async fn ask(server: &Server) -> Result<Pieces, Failure> {
        Ok(server.answer())
    }
    let script: Vec<Step> = [Give(Word(1)), Wait(SECOND)].repeat(100);
    let server = Server::new([&script]);
    let outer = Policy::new().attempts(1).deadline(10 * SECOND);
    let start = Instant::now();
    // The stream is read after the outer call, which opened it.
    let stream: Result<Pieces, Failure> = call!(outer, async { ask(&server).await }).await;
    let items: Vec<_> = stream.unwrap().collect().await;
    assert_eq!(start.elapsed(), 10 * SECOND);
    let error = items.last().unwrap().as_ref().unwrap_err();
    let last = error.history().attempts.last().unwrap();
    assert_eq!(last.class, Class::Deadline);
}

#[tokio::test(start_paused = true)]
async fn the_context_counts_the_attempts_that_opened_a_stream() {
    #[resilient(context = attempt, content = |n: &u32| *n > 0)]
    async fn ask() -> Result<impl Stream<Item = Result<u32, Failure>>, Failure> {
        let number = attempt.number();
        Ok(stream::iter(match number {
            1 => vec![Ok(0), Err(Failure::of(Class::Network))],
            _ => vec![Ok(0), Ok(number)],
        }))
    }
    let items: Vec<_> = ask().await.unwrap().map(Result::unwrap).collect().await;
    assert_eq!(items, [0, 2]);
}

#[tokio::test(start_paused = true)]
async fn f207_a_panic_in_the_stream_or_in_content_returns_the_permit() {
    #[resilient(upstream = upstream, content = |n: &u32| if *n == 3 { panic!("content") } else { *n > 0 })]
    async fn ask(
        upstream: &Upstream,
        at: u32,
    ) -> Result<impl Stream<Item = Result<u32, Failure>>, Failure> {
        Ok(stream::iter(0..5).map(move |n| if n == at { panic!("stream") } else { Ok(n) }))
    }
    let upstream = Upstream::new("panics").concurrency(Concurrency::new(1));
    for at in 0..5 {
        let whole = async {
            let mut stream = pin!(ask(&upstream, at).await.unwrap());
            while stream.next().await.is_some() {}
        };
        let panicked = AssertUnwindSafe(whole).catch_unwind().await;
        assert!(panicked.is_err(), "{at}");
        assert_eq!(upstream.snapshot().in_use, Some(0), "{at}");
    }
    // Later calls of this thread have no deadline of that one.
    let start = Instant::now();
    tokio::time::sleep(1_000 * SECOND).await;
    assert_eq!(start.elapsed(), 1_000 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn f208_a_stream_that_is_ready_for_ever_ends_with_its_deadline() {
    #[resilient(deadline = "30s")]
    async fn ask() -> Result<impl Stream<Item = Result<u32, Failure>>, Failure> {
        Ok(stream::repeat_with(|| Ok(1)))
    }
    let mut stream = pin!(ask().await.unwrap());
    assert_eq!(stream.next().await.unwrap().unwrap(), 1);
    tokio::time::advance(31 * SECOND).await;
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(
        error.history().attempts.last().unwrap().class,
        Class::Deadline
    );
    assert!(stream.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn many_large_and_late_items_arrive_in_order() {
    #[resilient(content = |n: &Vec<u8>| !n.is_empty())]
    async fn ask(
        before: usize,
        items: usize,
        size: usize,
    ) -> Result<impl Stream<Item = Result<Vec<u8>, Failure>>, Failure> {
        let empty = stream::iter(0..before).map(|_| Ok(Vec::new()));
        Ok(empty.chain(stream::iter(0..items).map(move |_| Ok(vec![7; size]))))
    }
    for (before, items, size) in [(0, 1_000_000, 1), (3, 2, 10_000_000), (500, 1, 1)] {
        let stream = ask(before, items, size).await.unwrap();
        let sizes: Vec<_> = stream.map(|item| item.unwrap().len()).collect().await;
        assert_eq!(sizes.len(), before + items);
        assert!(sizes[before..].iter().all(|it| *it == size));
    }
}

/// More items than are held back begin the stream, so what follows is not retried.
#[tokio::test(start_paused = true)]
async fn f209_more_items_than_are_held_back_begin_the_stream() {
    #[resilient(content = Piece::is_word)]
    async fn ask(
        requests: &Counter,
        pings: usize,
    ) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        requests.count();
        let pings = stream::repeat_with(|| Ok(Ping)).take(pings);
        Ok(pings.chain(stream::iter([Err(Failure::of(Class::Network))])))
    }
    let requests = Counter::new();
    let items: Vec<_> = ask(&requests, 70).await.unwrap().collect().await;
    assert_eq!((items.len(), requests.get()), (71, 1));
    assert!(ask(&requests, 60).await.is_err());
    assert_eq!(requests.get(), 6);
}
