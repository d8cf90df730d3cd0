//! Streams that are dropped, or panic, in every state: nothing is left behind.

use super::{End, Fail, Give, Hang, Piece, Ping, Server, Step, Wait, Word};
use futures::{FutureExt as _, Stream, StreamExt as _};
use resilient_runtime::{
    Breaker, BreakerState, Class, Concurrency, Kept, Policy, Rate, Tokens, Upstream, resilient,
};
use resilient_tests::{Failure, Recorder};
use std::{panic::AssertUnwindSafe, pin::pin, time::Duration};
use tokio::time::{Instant, advance, sleep};

const SECOND: Duration = Duration::from_secs(1);
const COST: i64 = 100;

const POLICY: Policy = Policy::new()
    .attempts(3)
    .timeout(Duration::from_secs(10))
    .first(Duration::from_secs(10))
    .idle(Duration::from_secs(10))
    .deadline(Duration::from_secs(100));

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "as the attribute calls it"
)]
fn used(piece: &Piece) -> Option<Tokens> {
    matches!(piece, Word(_)).then(|| Tokens::input(7))
}

/// Every further run of an attempt, and every other stream, is one more request.
#[resilient(
    upstream = upstream,
    key = "key",
    cost = 100,
    policy = POLICY,
    hedge(after = "2s"),
    content = Piece::is_word,
    last = Piece::is_end,
    usage = used,
    resume = go_on
)]
async fn ask(
    upstream: &Upstream,
    server: &Server,
) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    sleep(SECOND / 2).await;
    Ok(server.answer())
}

async fn go_on(
    _: &Upstream,
    server: &Server,
    _: Failure,
    _: Kept,
) -> Result<impl Stream<Item = Result<Piece, Failure>>, Failure> {
    sleep(SECOND / 2).await;
    Ok(server.answer())
}

const WHOLE: &[Step] = &[
    Wait(SECOND),
    Give(Word(1)),
    Wait(SECOND),
    Give(Word(2)),
    Give(End),
];
const HELD: &[Step] = &[
    Give(Ping),
    Wait(SECOND),
    Give(Ping),
    Give(Word(1)),
    Wait(SECOND),
    Give(End),
];
const FAILS: &[Step] = &[Give(Ping), Wait(SECOND), Fail(Class::Overloaded)];
const BREAKS: &[Step] = &[Give(Word(1)), Wait(SECOND), Fail(Class::Network)];
const HANGS: &[Step] = &[Give(Ping), Hang];
const STALLS: &[Step] = &[Give(Word(1)), Hang];
const GOOD: &[Step] = &[Give(Word(1)), Give(End)];

/// The answers of a server, one for each request; the last one repeats.
fn scenarios() -> [[&'static [Step]; 3]; 9] {
    [
        [WHOLE; 3],
        [HELD; 3],
        [FAILS, FAILS, WHOLE],
        [HANGS, HANGS, HANGS],
        [HANGS, WHOLE, WHOLE],
        [BREAKS, WHOLE, WHOLE],
        [BREAKS, HANGS, HANGS],
        [STALLS, FAILS, FAILS],
        [BREAKS, BREAKS, BREAKS],
    ]
}

/// Two places, one probe, and tokens.
fn upstream() -> Upstream {
    Upstream::new("robust")
        .concurrency(Concurrency::new(2))
        .breaker(
            Breaker::new()
                .consecutive(100)
                .min_calls(1_000)
                .half_open_probes(1),
        )
        .tokens(Rate::per_day(1_000_000))
}

/// The whole stream.
async fn read(upstream: &Upstream, server: &Server) {
    if let Ok(stream) = ask(upstream, server).await {
        stream.for_each(|_| async {}).await;
    }
}

async fn assert_nothing_left(upstream: &Upstream, before: i64, about: &str) {
    let key = upstream.snapshot_by("key").unwrap();
    assert_eq!((key.in_use, key.waiting), (Some(0), Some(0)), "{about}");
    // Not more than the runs that were sent.
    let left = key.tokens.unwrap();
    assert!(before - left <= 6 * COST, "{about}: {left} of {before}");
    // And both places are free for others at once.
    let server = Server::new([GOOD]);
    let start = Instant::now();
    let streams = futures::future::join(ask(upstream, &server), ask(upstream, &server)).await;
    assert!(streams.0.is_ok() && streams.1.is_ok(), "{about}");
    assert!(start.elapsed() <= SECOND, "{about}: {:?}", start.elapsed());
}

/// Half a second before each poll: every state is met.
#[tokio::test(start_paused = true)]
async fn f205_a_stream_dropped_in_any_state_leaves_nothing_behind() {
    for (scenario, scripts) in scenarios().into_iter().enumerate() {
        let mut has_ended = false;
        for polls in 0..80 {
            let upstream = upstream();
            let server = Server::new([GOOD]);
            read(&upstream, &server).await;
            let before = upstream.snapshot_by("key").unwrap().tokens.unwrap();
            let server = Server::new(scripts);
            let mut whole = Box::pin(read(&upstream, &server));
            for _ in 0..polls {
                if whole.as_mut().now_or_never().is_some() {
                    has_ended = true;
                    break;
                }
                advance(SECOND / 2).await;
            }
            drop(whole);
            let about = format!("scenario {scenario}, {polls} polls");
            assert_nothing_left(&upstream, before, &about).await;
            if has_ended {
                break;
            }
        }
        assert!(has_ended, "{scenario}");
    }
}

#[resilient(upstream = upstream, key = "key", attempts = 1)]
async fn fail(upstream: &Upstream) -> Result<(), Failure> {
    Err(Failure::of(Class::Overloaded))
}

/// The place of a probe is free again, or the circuit is closed.
#[tokio::test(start_paused = true)]
async fn f205_a_probe_whose_stream_is_dropped_in_any_state_leaves_room_for_another() {
    let breaker = Breaker::new().consecutive(2).half_open_probes(1);
    let breaker = breaker.probe_timeout(1_000 * SECOND);
    for (scenario, scripts) in scenarios().into_iter().enumerate() {
        for polls in 0..25 {
            let upstream = upstream().breaker(breaker);
            fail(&upstream).await.unwrap_err();
            fail(&upstream).await.unwrap_err();
            let state = || upstream.snapshot_by("key").unwrap().breaker;
            assert_eq!(state(), Some(BreakerState::Open));
            sleep(5 * SECOND).await;
            let server = Server::new(scripts);
            let mut whole = Box::pin(read(&upstream, &server));
            for _ in 0..polls {
                if whole.as_mut().now_or_never().is_some() {
                    break;
                }
                advance(SECOND / 2).await;
            }
            drop(whole);
            // Longer than any break.
            sleep(61 * SECOND).await;
            let server = Server::new([GOOD]);
            let start = Instant::now();
            let next = ask(&upstream, &server).await;
            assert!(next.is_ok(), "scenario {scenario}, {polls} polls");
            assert!(
                start.elapsed() <= SECOND,
                "scenario {scenario}, {polls} polls"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_that_panics_at_any_event_of_a_stream_leaves_nothing_behind() {
    let messages = [
        "stream opened",
        "first content",
        "attempt failed",
        "retrying",
        "recovered",
        "hedging",
        "stream ended",
        "stream dropped",
        "resuming stream",
        "stream broken",
    ];
    for message in messages {
        let mut heard = 0;
        for scripts in scenarios() {
            for drops in [false, true] {
                let upstream = upstream();
                let server = Server::new(scripts);
                {
                    let (recorder, _recording) = Recorder::start_with(move |event| {
                        assert_ne!(event.message, message, "from the subscriber");
                    });
                    let whole = async {
                        if let Ok(stream) = ask(&upstream, &server).await {
                            let mut stream = pin!(stream);
                            while !drops && stream.next().await.is_some() {}
                        }
                    };
                    let panicked = AssertUnwindSafe(whole).catch_unwind().await.is_err();
                    heard += u32::from(panicked);
                    assert!(panicked || recorder.of(message).is_empty(), "{message}");
                }
                assert_nothing_left(&upstream, 1_000_000, message).await;
            }
        }
        assert!(heard > 0, "{message}");
    }
}
