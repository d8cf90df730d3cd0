//! Observers hear of all events, and never harm the calls.

use resilient_runtime::{
    Buffered, Event, EventKind, Observation, Outcome, Policy, Upstream, observe, resilient,
};
use resilient_tests::{Failure, Recorder};
use std::{
    cell::Cell,
    future::ready,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc::channel,
    },
    time::Duration,
};
use tokio::time::sleep;

const POLICY: Policy = Policy::new().attempts(3);

/// Observes what happens in one function.
fn observe_function(
    function: &'static str,
    observer: impl Fn(&Event<'_>) + Send + Sync + 'static,
) -> Observation {
    observe(move |event: &Event<'_>| {
        if event.function() == Some(function) {
            observer(event);
        }
    })
}

type Ends = Arc<Mutex<Vec<(Outcome, u32)>>>;

/// The ends of the calls of one function.
fn ends(function: &'static str) -> (Ends, Observation) {
    let ends = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&ends);
    let observation = observe_function(function, move |event| {
        if let Some(end) = event.call_end() {
            heard.lock().unwrap().push((end.outcome, end.attempts));
        }
    });
    (ends, observation)
}

#[tokio::test(start_paused = true)]
async fn observer_hears_the_end_of_every_call_with_its_outcome_and_attempts() {
    #[resilient(name = "observed ends", policy = POLICY, fallback = fallback)]
    async fn call(failures: &AtomicU32, with: u16) -> Result<(), Failure> {
        if failures.fetch_sub(1, Ordering::Relaxed) > 0 {
            return Err(Failure::status(with));
        }
        failures.store(0, Ordering::Relaxed);
        Ok(())
    }
    #[expect(
        clippy::unnecessary_wraps,
        reason = "it gives the result of the function"
    )]
    fn fallback(_: &AtomicU32, _: u16, _: Failure) -> Result<(), Failure> {
        Ok(())
    }
    let (ends, observation) = ends("observed ends");
    call(&AtomicU32::new(0), 0).await.unwrap();
    call(&AtomicU32::new(2), 503).await.unwrap();
    call(&AtomicU32::new(2), 400).await.unwrap();
    drop(tokio::time::timeout(Duration::from_millis(10), call(&AtomicU32::new(1), 503)).await);
    observation.stop();
    call(&AtomicU32::new(0), 0).await.unwrap();
    assert_eq!(
        *ends.lock().unwrap(),
        [
            (Outcome::Ok, 1),
            (Outcome::OkAfterRetry, 3),
            (Outcome::Fallback, 1),
            (Outcome::Cancelled, 1),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn call_end_tells_idle_time_apart_from_the_time_of_attempts() {
    #[resilient(name = "observed idle", policy = POLICY)]
    async fn call(first: &Cell<bool>) -> Result<(), Failure> {
        sleep(Duration::from_secs(1)).await;
        if first.replace(false) {
            return Err(Failure::status(500));
        }
        Ok(())
    }
    let heard = Arc::new(Mutex::new(Vec::new()));
    let times = Arc::clone(&heard);
    let observation = observe_function("observed idle", move |event| match &event.kind {
        EventKind::AttemptFailed(failed) => times.lock().unwrap().push((failed.took, failed.took)),
        EventKind::Recovered { end, took, .. } => {
            times
                .lock()
                .unwrap()
                .push((*took, end.elapsed.saturating_sub(end.idle)));
        }
        _ => {}
    });
    call(&Cell::new(true)).await.unwrap();
    observation.stop();
    let second = Duration::from_secs(1);
    assert_eq!(
        *heard.lock().unwrap(),
        [(second, second), (second, 2 * second)]
    );
}

#[tokio::test]
async fn a_call_that_is_not_admitted_has_the_outcome_rejected() {
    static UPSTREAM: Upstream = Upstream::new("observed rejection");
    #[resilient(name = "observed rejection", upstream = UPSTREAM)]
    async fn call() -> Result<(), Failure> {
        Ok(())
    }
    let (ends, observation) = ends("observed rejection");
    UPSTREAM.isolate();
    call().await.unwrap_err();
    observation.stop();
    assert_eq!(*ends.lock().unwrap(), [(Outcome::Rejected, 0)]);
}

#[tokio::test]
async fn f173_an_observer_that_panics_is_switched_off_with_one_log_line() {
    #[resilient(name = "panicking observer")]
    async fn call() -> Result<u32, Failure> {
        Ok(1)
    }
    let (recorder, _recording) = Recorder::start();
    let told = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&told);
    let observation = observe_function("panicking observer", move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        panic!("from the observer");
    });
    for _ in 0..3 {
        assert_eq!(call().await.unwrap(), 1);
    }
    assert_eq!(told.load(Ordering::Relaxed), 1);
    assert!(!observation.is_active());
    let messages = recorder.messages();
    let lines = messages.iter().filter(|it| *it == "observer panicked");
    assert_eq!(lines.count(), 1, "{messages:?}");
}

#[tokio::test]
async fn f174_an_observer_may_make_resilient_calls() {
    #[resilient(name = "re-entering observer")]
    async fn call() -> Result<u32, Failure> {
        Ok(1)
    }
    let told = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&told);
    let observation = observe_function("re-entering observer", move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        assert_eq!(futures::executor::block_on(call()).unwrap(), 1);
        // It may also register and remove observers.
        observe(|_: &Event<'_>| {}).stop();
    });
    assert_eq!(call().await.unwrap(), 1);
    observation.stop();
    assert_eq!(told.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn f362_a_buffered_observer_that_makes_resilient_calls_does_not_hear_of_them() {
    #[resilient(name = "re-entering buffered observer")]
    async fn call() -> Result<u32, Failure> {
        Ok(1)
    }
    let (heard, events) = channel();
    let observer = move |event: &Event<'_>| {
        if event.function() == Some("re-entering buffered observer") {
            assert_eq!(futures::executor::block_on(call()).unwrap(), 1);
            heard.send(()).unwrap();
        }
    };
    let observation = observe(Buffered::new(observer, 100).unwrap());
    assert_eq!(call().await.unwrap(), 1);
    events.recv().unwrap();
    observation.stop();
    drop(observation);
    // Its thread ends after the last event.
    assert_eq!(events.iter().count(), 0);
}

#[tokio::test]
async fn f175_a_buffered_observer_that_blocks_delays_no_call_and_counts_what_it_drops() {
    #[resilient(name = "blocked observer")]
    async fn call() -> Result<(), Failure> {
        ready(Ok(())).await
    }
    let (release, blocked) = channel::<()>();
    let (entered, has_entered) = channel::<()>();
    let blocked = Mutex::new(blocked);
    let told = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&told);
    let slow = move |event: &Event<'_>| {
        if event.function() == Some("blocked observer") {
            count.fetch_add(1, Ordering::Relaxed);
            entered.send(()).unwrap();
            // Until the test is over.
            let _ = blocked.lock().unwrap().recv();
        }
    };
    let buffered = Buffered::new(slow, 2).unwrap();
    let dropped = buffered.dropped();
    let buffered = Mutex::new(Some(buffered));
    // Only the events of this test reach the channel.
    let observation = observe_function("blocked observer", {
        let buffered = buffered.lock().unwrap().take().unwrap();
        move |event| resilient_runtime::Observer::observe(&buffered, event)
    });
    call().await.unwrap();
    has_entered.recv().unwrap();
    for _ in 0..10 {
        call().await.unwrap();
    }
    assert_eq!(dropped.count(), 8);
    assert_eq!(told.load(Ordering::Relaxed), 1);
    observation.stop();
    drop(release);
}

#[test]
fn an_owned_event_is_the_same_event() {
    #[resilient(name = "owned event", attempts = 1)]
    async fn call() -> Result<(), Failure> {
        Err(Failure::status(500))
    }
    let heard = Arc::new(Mutex::new(Vec::new()));
    let pairs = Arc::clone(&heard);
    let observation = observe_function("owned event", move |event| {
        let owned = event.clone().into_owned();
        pairs
            .lock()
            .unwrap()
            .push((format!("{event:?}"), format!("{owned:?}")));
    });
    let failed = catch_unwind(AssertUnwindSafe(|| futures::executor::block_on(call())));
    observation.stop();
    failed.unwrap().unwrap_err();
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 2);
    assert!(
        heard.iter().all(|(event, owned)| event == owned),
        "{heard:?}"
    );
}
