//! After its first content, a failure of a stream is its last item.

use super::{End, Fail, Give, Hang, Piece, Ping, Server, Wait, Word};
use futures::{FutureExt as _, Stream, StreamExt as _};
use resilient_runtime::{Class, Classify as _, GiveUp, Tokens, Upstream, resilient};
use resilient_tests::{Failure, Recorder};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);

#[resilient(
    attempts = 3,
    timeout = "10s",
    first = "30s",
    idle = "20s",
    deadline = "10m",
    content = Piece::is_word,
    last = Piece::is_end
)]
async fn ask(server: &Server) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    Ok(server.answer())
}

/// The items and the failure of a stream whose server plays this.
async fn broken(script: &[super::Step]) -> (Vec<Piece>, Failure) {
    let server = Server::new([script]);
    let mut stream = std::pin::pin!(ask(&server).await.unwrap());
    let mut pieces = Vec::new();
    loop {
        match stream.next().await.unwrap() {
            Ok(piece) => pieces.push(piece),
            Err(error) => {
                assert!(stream.next().await.is_none(), "it is the last item");
                assert_eq!(server.requests.get(), 1, "it is not retried");
                assert_eq!(error.class(), Class::StreamBroken);
                return (pieces, error);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_the_last_item_with_its_cause() {
    let script = [Give(Word(1)), Give(Word(2)), Fail(Class::Overloaded)];
    let (pieces, error) = broken(&script).await;
    assert_eq!(pieces, [Word(1), Word(2)]);
    let history = error.history();
    assert_eq!(history.gave_up, Some(GiveUp::Begun));
    assert_eq!(history.attempts.last().unwrap().class, Class::Overloaded);
    let message = error.classification.message.clone().unwrap().to_string();
    assert!(
        message.starts_with("the stream broke after 2 items: overloaded"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_end_without_the_last_item_is_a_failure() {
    let (pieces, error) = broken(&[Give(Word(1)), Give(Ping)]).await;
    assert_eq!(pieces, [Word(1), Ping]);
    let message = error.classification.message.clone().unwrap().to_string();
    assert!(
        message.ends_with("ended without its last item"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stall_is_a_failure_and_keep_alives_do_not_hide_it() {
    let pings = [Wait(9 * SECOND), Give(Ping)].repeat(20);
    for script in [vec![Hang], pings] {
        let script = [vec![Give(Word(1))], script].concat();
        let start = Instant::now();
        let (_, error) = broken(&script).await;
        assert_eq!(start.elapsed(), 20 * SECOND);
        let message = error.classification.message.clone().unwrap().to_string();
        assert!(message.ends_with("gave no content for 20s"), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn gaps_below_the_limit_are_no_stall_however_many() {
    let words = [Wait(19 * SECOND), Give(Word(1))].repeat(20);
    let script = [vec![Give(Word(0))], words, vec![Give(End)]].concat();
    let server = Server::new([&script]);
    let stream = ask(&server).await.unwrap();
    assert_eq!(stream.map(Result::unwrap).count().await, 22);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_cuts_a_stream_that_goes_on() {
    let words = [Wait(SECOND), Give(Word(1))].repeat(1_000);
    let (pieces, error) = broken(&[vec![Give(Word(0))], words].concat()).await;
    assert_eq!(pieces.len(), 600);
    let last = error.history().attempts.last().unwrap();
    assert_eq!(last.class, Class::Deadline);
}

/// The time that the consumer takes for itself is no stall of the server.
#[tokio::test(start_paused = true)]
async fn a_consumer_that_is_away_for_long_finds_its_stream_alive() {
    let script = [
        Give(Word(1)),
        Wait(SECOND),
        Give(Word(2)),
        Give(Ping),
        Give(End),
    ];
    let server = Server::new([&script]);
    let mut stream = std::pin::pin!(ask(&server).await.unwrap());
    assert_eq!(stream.next().await.unwrap().unwrap(), Word(1));
    // It waits, and goes away.
    assert!(stream.next().now_or_never().is_none());
    sleep(Duration::from_secs(500)).await;
    assert_eq!(stream.next().await.unwrap().unwrap(), Word(2));
    assert_eq!(stream.next().await.unwrap().unwrap(), Ping);
    assert_eq!(stream.next().await.unwrap().unwrap(), End);
    assert!(stream.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn tokens_are_those_that_an_item_of_the_stream_says() {
    static COUNTED: Upstream = Upstream::new("counted").tokens_per_minute(60_000);

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "as the attribute calls it"
    )]
    fn usage(piece: &Piece) -> Option<Tokens> {
        // As a provider that tells the two in separate events, both before and after content.
        match piece {
            Ping => Some(Tokens::input(50)),
            End => Some(Tokens {
                input: 0,
                output: 700,
            }),
            Word(_) => None,
        }
    }
    #[resilient(upstream = COUNTED, cost = 10_000, content = Piece::is_word, usage = usage)]
    async fn ask(server: &Server) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        Ok(server.answer())
    }
    let server = Server::new([&[Give(Ping), Give(Word(1)), Give(End)]]);
    let stream = ask(&server).await.unwrap();
    assert_eq!(COUNTED.snapshot().usage.actual, 0, "it has not ended");
    assert_eq!(stream.count().await, 3);
    assert_eq!(COUNTED.snapshot().usage.actual, 750);
}

const WHOLE: &[super::Step] = &[Give(Word(1)), Give(End), Hang];

/// Nothing more was to come: the consumer has all of it.
#[tokio::test(start_paused = true)]
async fn f304_a_stream_dropped_after_its_last_item_has_ended() {
    for (items, message) in [(0, "dropped"), (1, "dropped"), (2, "ended")] {
        let (recorder, _guard) = Recorder::start();
        let server = Server::new([WHOLE]);
        let stream = ask(&server).await.unwrap().take(items);
        assert_eq!(stream.map(Result::unwrap).count().await, items);
        let events = recorder.of(&format!("stream {message}"));
        assert_eq!(events.len(), 1, "{items} {:?}", recorder.messages());
        assert_eq!(events[0].field("items"), items.to_string());
    }
}

/// Also if the last item came before the caller had the stream.
#[tokio::test(start_paused = true)]
async fn f304_items_that_were_held_back_are_not_seen_before_they_are_given() {
    #[resilient(last = Piece::is_end, content = Piece::is_word)]
    async fn ask(server: &Server) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
        Ok(server.answer())
    }
    let script = &[Give(Ping), Give(End), Give(Word(1)), Give(Ping)];
    for (items, message) in [(1, "stream dropped"), (2, "stream ended")] {
        let (recorder, _guard) = Recorder::start();
        let server = Server::new([script]);
        let stream = ask(&server).await.unwrap().take(items);
        assert_eq!(stream.count().await, items);
        assert_eq!(recorder.of(message).len(), 1, "{items}");
    }
}

/// A server that closes its connection badly has still given a whole answer.
#[tokio::test(start_paused = true)]
async fn f305_a_connection_that_breaks_or_falls_silent_after_the_last_item_ends_the_stream() {
    for fault in [Hang, Fail(Class::Network), Fail(Class::Timeout)] {
        let server = Server::new([&[Give(Word(1)), Give(End), fault]]);
        let items: Vec<_> = ask(&server).await.unwrap().collect().await;
        let items: Vec<_> = items.into_iter().map(Result::unwrap).collect();
        assert_eq!(items, [Word(1), End], "{fault:?}");
    }
    // The server says more than that.
    let (pieces, _) = broken(&[Give(Word(1)), Give(End), Fail(Class::ContentFilter)]).await;
    assert_eq!(pieces, [Word(1), End]);
}

#[tokio::test(start_paused = true)]
async fn f354_a_break_that_no_retry_can_heal_asks_nobody_to_try_again() {
    for (cause, again) in [(Class::QuotaExhausted, false), (Class::Overloaded, true)] {
        let (_, error) = broken(&[Give(Word(1)), Fail(cause)]).await;
        let message = error.classify().user_message();
        assert_eq!(message.contains("please try again"), again, "{message}");
        assert_eq!(message.contains("will not help"), !again, "{message}");
    }
}
