//! The kit for tests around functions that give a stream: outcomes take the place of an attempt
//! until its first content.

use futures::{FutureExt as _, Stream, StreamExt as _, stream};
use resilient_runtime::{
    CallError, Class, Classify as _, GiveUp, resilient,
    testing::{
        Step, isolated, record,
        script::{body, error, hang, ok, reset, script, status},
        with_policy,
    },
};
use resilient_tests::{Counter, Failure};
use std::{io, panic::AssertUnwindSafe, pin::Pin, time::Duration};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

type Error = CallError<io::Error>;
type Words = Pin<Box<dyn Stream<Item = Result<u32, Error>> + Send>>;

/// Two words, and silence.
#[resilient(
    name = "ask",
    attempts = 3,
    timeout = "5s",
    first = "9s",
    idle = "7s",
    stream = true
)]
async fn boxed(sent: &Counter) -> Result<Words, Error> {
    let first = sent.count();
    let words = stream::iter([Ok(first), Ok(first + 1)]);
    Ok(Box::pin(words.chain(stream::pending())))
}

#[resilient(name = "ask", attempts = 3, timeout = "5s", first = "9s")]
async fn ask(sent: &Counter) -> Result<impl Stream<Item = Result<u32, Error>>, Error> {
    let first = sent.count();
    Ok(stream::iter([Ok(first), Ok(first + 1)]))
}

async fn all(sent: &Counter) -> Vec<u32> {
    ask(sent).await.unwrap().map(Result::unwrap).collect().await
}

#[resilient_runtime::test(no_waits)]
async fn a_scripted_failure_is_that_of_an_attempt_before_its_first_content() {
    let sent = Counter::new();
    let outcomes = [status(503), reset(), body()];
    let (words, trace) = script("ask", outcomes, record(all(&sent))).await;
    assert_eq!((words, sent.get()), (vec![1, 2], 1));
    let classes = trace.steps().filter_map(|step| match step {
        Step::Failed { class, .. } => Some(*class),
        _ => None,
    });
    assert_eq!(
        classes.collect::<Vec<_>>(),
        [Class::Overloaded, Class::Network]
    );
    // What failed has opened no stream.
    let opened = trace
        .steps()
        .filter(|step| matches!(step, Step::StreamOpened));
    assert_eq!(opened.count(), 1);
    assert_eq!(trace.steps().last(), Some(&Step::StreamEnded(2)));
}

#[resilient_runtime::test(no_waits)]
async fn scripted_failures_use_the_attempts_up() {
    let sent = Counter::new();
    let (result, trace) = script("ask", [status(503).times(3)], record(ask(&sent))).await;
    assert!(result.is_err());
    trace.assert_gave_up(GiveUp::AttemptsUsedUp);
    assert_eq!(sent.get(), 0);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_scripted_hang_is_cut_by_the_time_for_opening() {
    let start = Instant::now();
    let sent = Counter::new();
    let error = script("ask", [hang().times(3)], ask(&sent))
        .await
        .err()
        .unwrap();
    let last = error.history().attempts.last().unwrap().to_string();
    assert!(last.contains("did not open within 5s"), "{last}");
    assert!(start.elapsed() >= 15 * SECOND);
}

/// Where the type of the stream is written out.
#[resilient_runtime::test(start_paused = true)]
async fn a_scripted_stream_takes_the_place_of_the_one_of_the_body() {
    let sent = Counter::new();
    let words: Words = Box::pin(stream::iter([
        Ok(7),
        Err(io::Error::other("no").into()),
        Ok(8),
    ]));
    let failed: Error = io::Error::from(io::ErrorKind::ConnectionReset).into();
    let outcomes = [error(failed), ok(words)];
    let all = async { boxed(&sent).await.unwrap().collect::<Vec<_>>().await };
    let items = script("ask", outcomes, all).await;
    assert_eq!((items.len(), sent.get()), (2, 0));
    assert_eq!(*items[0].as_ref().unwrap(), 7);
    assert_eq!(
        items[1].as_ref().unwrap_err().classify().class,
        Class::StreamBroken
    );
}

/// A value is no stream, and a stream without a name cannot be given.
#[resilient_runtime::test]
async fn a_value_that_is_no_stream_fails_the_test_and_says_why() {
    let sent = Counter::new();
    for (message, expected) in [
        (
            panic_of(script("ask", [ok(1_u32)], boxed(&sent))).await,
            ["`ok(..)` has a value of the type `u32`", "Stream"],
        ),
        (
            panic_of(script("ask", [ok(1_u32)], ask(&sent))).await,
            [
                "it returns an `impl Trait`",
                "`status(..)`, `reset()` and `hang()` can",
            ],
        ),
    ] {
        for part in expected {
            assert!(message.contains(part), "{message}");
        }
    }
}

/// The message of the panic of a future.
async fn panic_of<T>(test: impl Future<Output = T>) -> String {
    let result = AssertUnwindSafe(test.map(drop)).catch_unwind().await;
    *result.unwrap_err().downcast::<String>().unwrap()
}

/// It holds for the call, and for the stream to its end, also if that is read outside.
#[resilient_runtime::test(start_paused = true)]
async fn a_stream_has_the_policy_that_was_changed_for_its_call() {
    let sent = Counter::new();
    let change = |policy: resilient_runtime::Policy| policy.idle(2 * SECOND).attempts(1);
    let mut stream = with_policy(change, boxed(&sent)).await.unwrap();
    let start = Instant::now();
    assert_eq!(stream.next().await.unwrap().unwrap(), 1);
    assert_eq!(stream.next().await.unwrap().unwrap(), 2);
    assert!(stream.next().await.unwrap().is_err());
    assert_eq!(start.elapsed(), 2 * SECOND);

    let start = Instant::now();
    let change = |policy: resilient_runtime::Policy| policy.first(6 * SECOND).attempts(1);
    let error = with_policy(change, silent()).await.err().unwrap();
    assert_eq!(
        (error.class(), start.elapsed()),
        (Class::Timeout, 6 * SECOND)
    );
}

#[resilient(first = "1h", timeout = "5s")]
async fn silent() -> Result<impl Stream<Item = Result<u32, Failure>>, Failure> {
    Ok(stream::pending())
}

#[tokio::test(start_paused = true)]
async fn f307_isolated_streams_do_not_meet_also_if_they_leave_their_test() {
    use resilient_runtime::{Concurrency, Upstream};

    static ONE: Upstream = Upstream::new("one place").concurrency(Concurrency::new(1));

    #[resilient(upstream = ONE, stream = true)]
    async fn ask() -> Result<Words, Error> {
        Ok(Box::pin(stream::iter([Ok(1), Ok(2)])))
    }
    let outside = ask().await.unwrap();
    isolated(async {
        let inside = ask().await.unwrap();
        assert_eq!(ONE.snapshot().in_use, Some(1));
        assert_eq!(inside.count().await, 2);
        assert_eq!(ONE.snapshot().in_use, Some(0));
    })
    .await;
    assert_eq!(ONE.snapshot().in_use, Some(1));
    // One that leaves its test has no permit of this one.
    let inside = isolated(ask()).await.unwrap();
    assert_eq!(inside.count().await, 2);
    drop(isolated(ask()).await.unwrap());
    assert_eq!(ONE.snapshot().in_use, Some(1));
    assert_eq!(outside.count().await, 2);
    assert_eq!(ONE.snapshot().in_use, Some(0));
}

/// Before the first content; what has begun is not broken by it.
#[tokio::test(start_paused = true)]
async fn failures_at_random_are_those_of_attempts() {
    use resilient_runtime::chaos;

    let sent = Counter::new();
    let calls = async {
        let mut begun = 0;
        for _ in 0..200 {
            if let Ok(stream) = ask(&sent).await {
                let items: Vec<_> = stream.collect().await;
                assert!(items.iter().all(Result::is_ok));
                assert_eq!(items.len(), 2);
                begun += 1;
            }
        }
        begun
    };
    let (begun, trace) = isolated(record(chaos(0.5, 7, calls))).await;
    let injected = trace
        .steps()
        .filter(|step| matches!(step, Step::Injected(_)));
    assert!(injected.count() > 50);
    assert_eq!(sent.get(), begun);
    assert!(
        !trace
            .steps()
            .any(|step| matches!(step, Step::StreamBroken(_)))
    );
}
