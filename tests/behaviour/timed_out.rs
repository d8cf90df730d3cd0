//! What a timed-out attempt leaves to the next one, and to the caller: nothing but its failure.

use futures::{
    FutureExt as _,
    future::{join, join_all},
};
use resilient_runtime::{
    Backoff, Breaker, CallError, Class, Classification, Classify, Concurrency, Policy, Rejection,
    Upstream, call, resilient,
};
use resilient_tests::Counter;
use std::{future::pending, io, panic::AssertUnwindSafe, time::Duration};
use tokio::time::sleep;
use tracing::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
};

const SECOND: Duration = Duration::from_secs(1);
const THREE: Policy = Policy::new()
    .attempts(3)
    .timeout(Duration::from_secs(60))
    .backoff(Backoff::fixed(Duration::from_millis(100)));

/// An error that loses the history of a call, and is told from others by its request id.
#[derive(Clone, Debug, PartialEq)]
enum Lost {
    Busy(u32),
    Rejected,
}

impl Classify for Lost {
    fn classify(&self) -> Classification {
        match self {
            Self::Busy(_) => Classification::new(Class::Overloaded).request_id("req_1"),
            Self::Rejected => Classification::new(Class::Timeout),
        }
    }
}

impl From<Rejection> for Lost {
    fn from(_: Rejection) -> Self {
        Self::Rejected
    }
}

async fn inner(sent: &Counter) -> Result<(), Lost> {
    call!(THREE, async {
        sent.count();
        Err(Lost::Busy(0))
    })
    .await
}

#[resilient(attempts = 3, timeout = "10s", hedge(after = "1s"))]
async fn hedged(runs: &Counter, sent: &Counter) -> Result<(), Lost> {
    if runs.count() % 2 == 0 {
        return pending().await;
    }
    sleep(2 * SECOND).await;
    inner(sent).await
}

#[resilient_runtime::test(start_paused = true)]
async fn f244_retries_of_an_inner_call_do_not_multiply_in_a_hedged_attempt_that_times_out() {
    let (runs, sent) = (Counter::new(), Counter::new());
    hedged(&runs, &sent).await.unwrap_err();
    assert_eq!(sent.get(), 3);
}

#[resilient_runtime::test(start_paused = true)]
async fn f245_a_timed_out_attempt_leaves_no_note_of_an_inner_call_to_the_next_one() {
    let (attempts, sent) = (Counter::new(), Counter::new());
    let outer: Result<(), Lost> = call!(THREE, async {
        if attempts.count() == 1 {
            inner(&sent).await.unwrap_err();
            pending::<()>().await;
        }
        Err(Lost::Busy(0))
    })
    .await;
    outer.unwrap_err();
    assert_eq!(attempts.get(), 3);
}

#[resilient(
    attempts = 4,
    timeout = "3s",
    hedge(after = "1s"),
    backoff(kind = "fixed", initial = "0s", jitter = "none")
)]
async fn fails(runs: &Counter, first_is_slow: bool) -> Result<(), Lost> {
    let run = runs.count();
    match (run, first_is_slow) {
        (1, true) => sleep(2 * SECOND).await,
        (2, true) => pending().await,
        (3, true) => sleep(SECOND / 2).await,
        _ => {}
    }
    Err(Lost::Busy(run))
}

/// The retry of the first call is sent at once, and then the others use up the budget.
#[resilient_runtime::test(start_paused = true)]
async fn f246_the_timeout_before_a_retry_does_not_replace_the_failure_of_that_retry() {
    let runs = Counter::new();
    let others = async {
        sleep(SECOND * 31 / 10).await;
        let other = || async { fails(&Counter::new(), false).await };
        join_all((0..100).map(|_| other())).await
    };
    let (result, _) = join(fails(&runs, true), others).await;
    assert_eq!(result, Err(Lost::Busy(3)));
}

/// Panics at every event, and perhaps whenever a span is left.
struct Panicking {
    also_at_exit: bool,
}

impl Subscriber for Panicking {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        panic!("every event")
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {
        assert!(!self.also_at_exit, "every exit");
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn f247_a_subscriber_that_panics_at_every_event_does_not_abort_the_program() {
    for also_at_exit in [false, true] {
        let upstream = Upstream::new("panicking").concurrency(Concurrency::new(1));
        let guard = tracing::subscriber::set_default(Panicking { also_at_exit });
        let call = async {
            let result: Result<(), CallError<io::Error>> = call!(upstream = &upstream, async {
                Err(io::Error::from(io::ErrorKind::ConnectionReset))?
            })
            .await;
            result
        };
        AssertUnwindSafe(call).catch_unwind().await.unwrap_err();
        drop(guard);
        assert_eq!(upstream.snapshot().in_use, Some(0));
    }
}

/// The probe of a half-open breaker is given back, which is an event of its own.
#[resilient_runtime::test(start_paused = true)]
async fn f247_a_body_that_panics_in_a_probe_does_not_abort_the_program_with_such_a_subscriber() {
    let breaker = Breaker::new().consecutive(1).break_duration(SECOND);
    let upstream = Upstream::new("probed").breaker(breaker);
    let call = async |panics: bool| {
        let result: Result<(), CallError<io::Error>> = call!(
            upstream = &upstream,
            policy = Policy::new().attempts(1),
            async {
                assert!(!panics, "in the body");
                Err(io::Error::from(io::ErrorKind::ConnectionReset))?
            }
        )
        .await;
        result
    };
    call(false).await.unwrap_err();
    sleep(2 * SECOND).await;
    let guard = tracing::subscriber::set_default(Panicking { also_at_exit: true });
    AssertUnwindSafe(call(true))
        .catch_unwind()
        .await
        .unwrap_err();
    drop(guard);
    call(false).await.unwrap_err();
}
