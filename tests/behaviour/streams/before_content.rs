//! Until its first content, a stream is an attempt as any other.

use super::{End, Fail, Give, Hang, Piece, Ping, Server, Wait, Word};
use futures::{Stream, StreamExt as _};
use resilient_runtime::{Class, GiveUp, resilient};
use resilient_tests::{Failure, Recorder};
use std::time::Duration;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

#[resilient(
    attempts = 3,
    timeout = "10s",
    first = "30s",
    idle = "20s",
    content = Piece::is_word,
    last = Piece::is_end,
    backoff(kind = "fixed", initial = "1s", jitter = "none")
)]
async fn ask(server: &Server) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    Ok(server.answer())
}

async fn all(server: &Server) -> Vec<Piece> {
    let stream = ask(server).await.unwrap();
    stream.map(Result::unwrap).collect().await
}

const GOOD: &[super::Step] = &[Give(Ping), Give(Word(1)), Give(Word(2)), Give(End)];

#[tokio::test(start_paused = true)]
async fn a_stream_without_a_failure_is_given_whole() {
    let server = Server::new([GOOD]);
    assert_eq!(all(&server).await, [Ping, Word(1), Word(2), End]);
    assert_eq!(server.requests.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failure_before_the_first_content_is_retried_and_seen_once() {
    for bad in [
        &[Fail(Class::Overloaded)][..],
        &[Give(Ping), Fail(Class::Network)],
        // It ends without its last item.
        &[Give(Ping)],
        &[],
        &[Give(Ping), Hang],
    ] {
        let server = Server::new([bad, GOOD]);
        assert_eq!(all(&server).await, [Ping, Word(1), Word(2), End], "{bad:?}");
        assert_eq!(server.requests.get(), 2, "{bad:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_until_the_first_content_is_limited_and_keep_alives_do_not_extend_it() {
    let pings = [Wait(9 * SECOND), Give(Ping)].repeat(20);
    let server = Server::new([&pings, GOOD]);
    let start = Instant::now();
    assert_eq!(all(&server).await.len(), 4);
    assert_eq!(start.elapsed(), 31 * SECOND);

    let server = Server::new([&[Hang]]);
    let error = ask(&server).await.err().unwrap();
    assert_eq!(error.class(), Class::Timeout);
    let last = error.history().attempts.last().unwrap().to_string();
    assert!(last.contains("gave no content within 30s"), "{last}");
    assert_eq!(error.history().gave_up, Some(GiveUp::AttemptsUsedUp));
    assert_eq!(server.requests.get(), 3);
}

#[tokio::test(start_paused = true)]
async fn opening_is_limited_by_the_timeout() {
    #[resilient(attempts = 1, timeout = "10s", first = "30s")]
    async fn hang() -> Result<impl Stream<Item = Result<u8, Failure>>, Failure> {
        std::future::pending::<()>().await;
        Ok(futures::stream::empty())
    }
    let start = Instant::now();
    let error = hang().await.err().unwrap();
    assert_eq!(start.elapsed(), 10 * SECOND);
    let last = error.history().attempts.last().unwrap().to_string();
    assert!(last.contains("did not open within 10s"), "{last}");
}

#[tokio::test(start_paused = true)]
async fn a_final_failure_before_the_first_content_is_not_retried() {
    let server = Server::new([&[Give(Ping), Fail(Class::Authentication)], GOOD]);
    let error = ask(&server).await.err().unwrap();
    assert_eq!(error.class(), Class::Authentication);
    assert_eq!(server.requests.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn opening_and_the_first_content_are_events_of_the_call() {
    let (recorder, _guard) = Recorder::start();
    let server = Server::new([&[Fail(Class::Overloaded)], GOOD]);
    assert_eq!(all(&server).await.len(), 4);
    let messages = recorder.messages();
    assert_eq!(
        messages,
        [
            "stream opened",
            "attempt failed",
            "retrying",
            "stream opened",
            "first content",
            "recovered",
            "stream ended"
        ]
    );
    assert_eq!(recorder.of("stream ended")[0].field("items"), "4");
    for message in messages {
        let site = recorder.of(&message)[0].field("call_site").to_owned();
        assert!(site.ends_with("before_content::ask"), "{message}: {site}");
    }
    assert_eq!(recorder.of("first content")[0].field("attempt"), "2");
}
