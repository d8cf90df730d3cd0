//! A stream that has broken goes on with another one, if a function gives it.

use super::{End, Fail, Give, Hang, Piece, Ping, Server, Step, Wait, Word};
use futures::{Stream, StreamExt as _};
use resilient_runtime::{Class, Classify as _, GiveUp, Kept, Upstream, resilient};
use resilient_tests::{Failure, Recorder};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

const SECOND: Duration = Duration::from_secs(1);

type Text = Arc<Mutex<Vec<Piece>>>;

#[resilient(
    attempts = 3,
    first = "90s",
    idle = "20s",
    context = attempt,
    content = Piece::is_word,
    last = Piece::is_end,
    resume = go_on
)]
async fn ask(
    server: &Server,
    question: &str,
) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    assert_eq!(question, "why?");
    let text = Text::default();
    attempt.keep(Arc::clone(&text));
    Ok(server.answer().inspect(move |item| {
        text.lock().unwrap().extend(item.as_ref().ok());
    }))
}

/// Goes on behind what the broken stream has given.
#[expect(clippy::unused_async, reason = "a real one opens a connection")]
async fn go_on(
    server: &Server,
    question: &str,
    error: Failure,
    kept: Kept,
) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    assert_eq!(question, "why?");
    assert_eq!(error.class(), Class::StreamBroken);
    let text = kept.get::<Text>().unwrap().lock().unwrap().clone();
    let given = text.iter().filter(|piece| piece.is_word()).count();
    Ok(server.answer().skip(given))
}

async fn all(server: &Server) -> Vec<Result<Piece, Failure>> {
    ask(server, "why?").await.unwrap().collect().await
}

const WHOLE: &[Step] = &[Give(Word(1)), Give(Word(2)), Give(Word(3)), Give(End)];

#[tokio::test(start_paused = true)]
async fn a_broken_stream_goes_on_with_the_one_of_the_function() {
    let (recorder, _guard) = Recorder::start();
    let broken: &[Step] = &[Give(Word(1)), Give(Word(2)), Fail(Class::Network)];
    let server = Server::new([broken, WHOLE]);
    let pieces: Vec<_> = all(&server).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(pieces, [Word(1), Word(2), Word(3), End]);
    assert_eq!(server.requests.get(), 2);
    assert_eq!(recorder.of("resuming stream")[0].field("items"), "2");
    assert_eq!(recorder.of("stream ended")[0].field("items"), "4");
}

#[tokio::test(start_paused = true)]
async fn a_stream_goes_on_once_by_default() {
    let server = Server::new([&[Give(Word(1)), Fail(Class::Network)]]);
    let pieces = all(&server).await;
    let error = pieces.last().unwrap().as_ref().unwrap_err();
    assert_eq!(error.class(), Class::StreamBroken);
    // The attempt, and the other stream.
    assert_eq!(error.history().attempts.len(), 2);
    assert_eq!(error.history().gave_up, Some(GiveUp::ResumesUsedUp));
    assert_eq!(server.requests.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn max_says_how_often_a_stream_goes_on() {
    #[resilient(resume(again, max = 3))]
    async fn ask(server: &Server) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        Ok(server.answer())
    }
    #[expect(clippy::unused_async, reason = "a real one opens a connection")]
    async fn again(
        server: &Server,
        _: Failure,
        kept: Kept,
    ) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        assert!(!kept.is_some());
        Ok(server.answer())
    }
    let server = Server::new([&[Give(Ping), Fail(Class::Network)]]);
    let items: Vec<_> = ask(&server).await.unwrap().collect().await;
    assert_eq!(items.iter().filter(|item| item.is_ok()).count(), 4);
    assert_eq!(server.requests.get(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_no_retry_can_heal_is_not_followed_by_another_stream() {
    let server = Server::new([&[Give(Word(1)), Fail(Class::ContentFilter)], WHOLE]);
    let items = all(&server).await;
    assert_eq!(items.len(), 2);
    assert_eq!(server.requests.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn another_stream_that_gives_nothing_is_cut_like_a_first_one() {
    let server = Server::new([
        &[Give(Word(1)), Fail(Class::Network)],
        &[Wait(SECOND), Give(Word(1)), Hang],
    ]);
    let start = tokio::time::Instant::now();
    let items = all(&server).await;
    let error = items.last().unwrap().as_ref().unwrap_err();
    let message = error.classify().message.unwrap().to_string();
    assert!(message.ends_with("gave no content within 90s"), "{message}");
    assert_eq!(start.elapsed(), 90 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn going_on_through_the_same_upstream_shares_the_only_permit() {
    static ONE: Upstream = Upstream::new("one").concurrency(resilient_runtime::Concurrency::new(1));

    #[resilient(upstream = ONE, resume = go_on, deadline = "5m", stream = true)]
    async fn ask(server: Arc<Server>) -> Result<super::Pieces, Failure> {
        Ok(server.answer())
    }
    #[resilient(upstream = ONE, stream = true)]
    async fn other(server: Arc<Server>) -> Result<super::Pieces, Failure> {
        Ok(server.answer())
    }
    async fn go_on(server: Arc<Server>, _: Failure, _: Kept) -> Result<super::Pieces, Failure> {
        other(server).await
    }
    let server = Arc::new(Server::new([&[Give(Word(1)), Fail(Class::Network)], WHOLE]));
    let items: Vec<_> = ask(server).await.unwrap().collect().await;
    assert_eq!(items.len(), 5, "{items:?}");
    assert_eq!(ONE.snapshot().in_use, Some(0));
}
