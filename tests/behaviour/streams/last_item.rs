//! The item that says that a stream is complete, wherever it comes.

use super::{End, Fail, Give, Hang, Piece, Ping, Server, Step, Wait, Word};
use futures::{Stream, StreamExt as _};
use resilient_runtime::{Class, Kept, resilient};
use resilient_tests::Failure;
use std::time::Duration;

/// An answer may be empty; every other request would be one for nothing.
#[resilient(
    attempts = 3,
    deadline = "300s",
    content = Piece::is_word,
    last = Piece::is_end,
    resume = go_on
)]
async fn ask(server: &Server) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    Ok(server.answer())
}

#[expect(clippy::unused_async, reason = "a real one opens a connection")]
async fn go_on(
    server: &Server,
    _: Failure,
    _: Kept,
) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    Ok(server.answer())
}

async fn read(server: &Server) -> Vec<Result<Piece, Failure>> {
    ask(server).await.unwrap().collect().await
}

#[tokio::test(start_paused = true)]
async fn f339_an_empty_answer_that_is_complete_is_not_asked_for_again() {
    for fault in [Hang, Fail(Class::Network), Fail(Class::Timeout)] {
        let server = Server::new([&[Give(Ping), Give(End), fault]]);
        let pieces: Vec<_> = read(&server)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert_eq!(pieces, [Ping, End], "{fault:?}");
        assert_eq!(server.requests.get(), 1, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn f340_an_answer_that_is_complete_is_not_gone_on_with() {
    for class in [Class::Overloaded, Class::ServerError] {
        let server = Server::new([&[Give(Word(1)), Give(End), Fail(class)]]);
        let items = read(&server).await;
        assert_eq!(items.len(), 3, "{items:?}");
        assert_eq!(items[2].as_ref().unwrap_err().class(), Class::StreamBroken);
        assert_eq!(server.requests.get(), 1, "{class:?}");
    }
}

/// Of two answers in one stream, one may be complete and the other not.
#[tokio::test(start_paused = true)]
async fn f341_content_after_the_last_item_has_an_end_of_its_own() {
    const BREAKS: &[Step] = &[
        Give(Word(1)),
        Give(End),
        Give(Word(2)),
        Fail(Class::Network),
    ];
    let server = Server::new([BREAKS]);
    let items = read(&server).await;
    assert!(items.last().unwrap().is_err(), "{items:?}");
    // Complete again, and what has no content changes nothing.
    for tail in [&[Give(End)][..], &[Give(End), Give(Ping)]] {
        let script = [&BREAKS[..3], tail, &BREAKS[3..]].concat();
        let server = Server::new([&script]);
        let items = read(&server).await;
        assert!(items.iter().all(Result::is_ok), "{items:?}");
    }
    // A clean end is one.
    let server = Server::new([&BREAKS[..3]]);
    assert!(read(&server).await.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_its_deadline_ends_is_not_gone_on_with() {
    let script = [Give(Word(1)), Wait(Duration::from_secs(100))].repeat(4);
    let server = Server::new([&script]);
    let items = read(&server).await;
    assert_eq!(items.iter().filter(|item| item.is_ok()).count(), 3);
    assert!(items.last().unwrap().is_err(), "{items:?}");
    assert_eq!(server.requests.get(), 1);
}
