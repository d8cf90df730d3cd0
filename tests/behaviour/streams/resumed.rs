//! What a stream that goes on takes and tells: waits, circuits, tokens and times; and streams that
//! end or are ready in unusual places.

use super::{End, Fail, Give, Hang, Piece, Ping, Server, Step, Wait, Word};
use futures::{Stream, StreamExt as _, stream};
use resilient_runtime::{
    Breaker, BreakerState, Class, Classification, Classify as _, GiveUp, Kept, ServerWait, Tokens,
    Upstream, WaitOrigin, record_tokens, resilient,
};
use resilient_tests::{Counter, Failure};
use std::{pin::pin, sync::Arc, task::Poll, time::Duration};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const WHOLE: &[Step] = &[Give(Word(1)), Give(End)];

#[resilient(
    upstream = upstream,
    first = "180s",
    idle = "20s",
    content = Piece::is_word,
    last = Piece::is_end,
    resume = go_on
)]
async fn ask(
    upstream: &Upstream,
    server: Arc<Server>,
) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    Ok(server.answer())
}

#[expect(clippy::unused_async, reason = "a real one opens a connection")]
async fn go_on(
    _: &Upstream,
    server: Arc<Server>,
    _: Failure,
    _: Kept,
) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    Ok(server.answer())
}

async fn all(upstream: &Upstream, server: &Arc<Server>) -> Vec<Result<Piece, Failure>> {
    let stream = ask(upstream, Arc::clone(server)).await.unwrap();
    stream.collect().await
}

/// A stream that must not be polled after its end.
fn fragile(items: Vec<Piece>) -> impl Stream<Item = Result<Piece, Failure>> {
    let mut items = items.into_iter();
    let mut has_ended = false;
    stream::poll_fn(move |_| {
        assert!(!has_ended, "it is polled after its end");
        let item = items.next();
        has_ended = item.is_none();
        Poll::Ready(item.map(Ok))
    })
}

#[tokio::test(start_paused = true)]
async fn f347_a_stream_that_ends_before_its_content_is_not_polled_again() {
    #[resilient(content = Piece::is_word)]
    async fn ask(items: Vec<Piece>) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        Ok(fragile(items))
    }
    #[resilient(content = Piece::is_word, last = Piece::is_end)]
    async fn ask_whole(
        items: Vec<Piece>,
    ) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        Ok(fragile(items))
    }
    for items in [vec![], vec![Ping], vec![Ping, Ping]] {
        let stream = ask(items.clone()).await.unwrap();
        let seen: Vec<_> = stream.map(Result::unwrap).collect().await;
        assert_eq!(seen, items);
    }
    for items in [vec![End], vec![Ping, End]] {
        let stream = ask_whole(items.clone()).await.unwrap();
        let seen: Vec<_> = stream.map(Result::unwrap).collect().await;
        assert_eq!(seen, items);
    }
}

#[tokio::test(start_paused = true)]
async fn f348_a_stall_of_another_stream_after_its_content_is_cut_at_idle() {
    let upstream = Upstream::new("stalls");
    let server = Arc::new(Server::new([
        &[Give(Word(1)), Fail(Class::Network)],
        &[Wait(SECOND), Give(Word(2)), Hang],
    ]));
    let start = Instant::now();
    let items = all(&upstream, &server).await;
    assert_eq!(items.len(), 3);
    assert_eq!(start.elapsed(), 21 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn f349_another_stream_is_opened_after_the_wait_of_the_server() {
    fn limited(seconds: u64) -> Failure {
        let wait = ServerWait::new(Duration::from_secs(seconds), WaitOrigin::Body);
        Failure::from(Classification::new(Class::RateLimited).wait(wait))
    }
    #[resilient(resume = again, stream = true)]
    async fn ask(requests: Arc<Counter>, wait: u64) -> Result<super::Pieces, Failure> {
        Ok(again_by(&requests, wait))
    }
    #[expect(clippy::unused_async, reason = "a real one opens a connection")]
    async fn again(
        requests: Arc<Counter>,
        wait: u64,
        _: Failure,
        _: Kept,
    ) -> Result<super::Pieces, Failure> {
        Ok(again_by(&requests, wait))
    }
    fn again_by(requests: &Counter, wait: u64) -> super::Pieces {
        let is_first = requests.count() == 1;
        let end = is_first.then(|| Err(limited(wait)));
        Box::pin(stream::iter([Ok(Word(1))].into_iter().chain(end)))
    }
    let requests = Arc::new(Counter::new());
    let start = Instant::now();
    let items: Vec<_> = ask(Arc::clone(&requests), 20)
        .await
        .unwrap()
        .collect()
        .await;
    assert!(items.iter().all(Result::is_ok), "{items:?}");
    assert_eq!((items.len(), requests.get()), (2, 2));
    assert_eq!(start.elapsed().as_secs(), 20);

    let requests = Arc::new(Counter::new());
    let items: Vec<_> = ask(Arc::clone(&requests), 3_600)
        .await
        .unwrap()
        .collect()
        .await;
    let error = items.last().unwrap().as_ref().unwrap_err();
    let wait = Duration::from_secs(3_600);
    assert_eq!(error.history().gave_up, Some(GiveUp::WaitTooLong { wait }));
    assert_eq!(requests.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn f350_a_break_that_opens_the_circuit_is_not_followed_by_another_stream() {
    let breaker = Breaker::new().min_calls(99).consecutive(1);
    let upstream = Upstream::new("opens").breaker(breaker);
    let server = Arc::new(Server::new([
        &[Give(Word(1)), Fail(Class::Overloaded)],
        WHOLE,
    ]));
    let items = all(&upstream, &server).await;
    let error = items.last().unwrap().as_ref().unwrap_err();
    assert!(matches!(
        error.history().gave_up,
        Some(GiveUp::Refused {
            class: Class::CircuitOpen,
            ..
        })
    ));
    assert_eq!(server.requests.get(), 1);
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Open));
    assert_eq!(error.classify().class, Class::StreamBroken);
}

#[tokio::test(start_paused = true)]
async fn f351_the_tokens_of_both_streams_are_settled() {
    static COUNTED: Upstream = Upstream::new("counted").tokens_per_minute(1_000_000);

    #[resilient(upstream = COUNTED, cost = 10, resume = again, stream = true)]
    async fn ask(requests: Arc<Counter>) -> Result<super::Pieces, Failure> {
        Ok(counted(&requests))
    }
    #[expect(clippy::unused_async, reason = "a real one opens a connection")]
    async fn again(requests: Arc<Counter>, _: Failure, _: Kept) -> Result<super::Pieces, Failure> {
        Ok(counted(&requests))
    }
    /// The first stream says 300 of output, the other one 500.
    fn counted(requests: &Counter) -> super::Pieces {
        let is_first = requests.count() == 1;
        let output = if is_first { 300 } else { 500 };
        let end = is_first.then(|| Err(Failure::of(Class::Network)));
        let items = [Ok(Word(1)), Ok(Word(2))].into_iter().chain(end);
        Box::pin(stream::iter(items).inspect(move |_| {
            record_tokens(Tokens {
                input: 1_000,
                output,
            });
        }))
    }
    let items: Vec<_> = ask(Arc::new(Counter::new())).await.unwrap().collect().await;
    assert_eq!(items.len(), 4, "{items:?}");
    assert_eq!(COUNTED.snapshot().usage.actual, 2_800);
}

#[tokio::test]
async fn f352_items_that_are_always_ready_do_not_put_off_a_deadline_whose_timer_is_set() {
    #[resilient(deadline = "50ms")]
    async fn ask() -> Result<impl Stream<Item = Result<u32, Failure>>, Failure> {
        let late = stream::once(async {
            sleep(Duration::from_millis(1)).await;
            Ok(0)
        });
        let first = stream::iter([Ok(0)]).chain(late);
        // The task does not give way, so no timer fires.
        Ok(first.chain(stream::repeat_with(|| Ok(1))))
    }
    let mut items = pin!(ask().await.unwrap());
    let start = std::time::Instant::now();
    loop {
        if let Err(error) = items.next().await.unwrap() {
            let last = error.history().attempts.last().unwrap();
            assert_eq!(last.class, Class::Deadline);
            break;
        }
        assert!(start.elapsed() < 60 * SECOND, "it goes on for ever");
    }
}
