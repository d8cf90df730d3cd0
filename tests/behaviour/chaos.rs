//! Failures at random.

use futures::FutureExt as _;
use resilient_runtime::{
    CallError, Class, Policy, chaos, resilient,
    testing::{Step, Trace, isolated, record, script, script::ok},
};
use resilient_tests::{Counter, Recorder};
use std::{io, panic::AssertUnwindSafe, time::Duration};
use tokio::{sync::Mutex, time::Instant};

type Answer = Result<u32, CallError<io::Error>>;

/// The switch is one of the whole process.
static SWITCH: Mutex<()> = Mutex::const_new(());

#[resilient(name = "once", attempts = 1, timeout = "2s")]
async fn once(sent: &Counter) -> Answer {
    Ok(sent.count())
}

/// The faults of so many attempts, and how many bodies were run.
async fn faults(rate: f64, seed: u64, calls: u32) -> (Vec<&'static str>, Trace, u32) {
    let sent = Counter::new();
    let many = async {
        for _ in 0..calls {
            let _ = once(&sent).await;
        }
    };
    let ((), trace) = isolated(record(chaos(rate, seed, many))).await;
    let fault = |step: &Step| match step {
        Step::Injected(fault) => Some(*fault),
        _ => None,
    };
    (trace.steps().filter_map(fault).collect(), trace, sent.get())
}

#[tokio::test(start_paused = true)]
async fn a_share_of_the_attempts_fails_without_the_body_and_the_record_says_so() {
    let _on = SWITCH.lock().await;
    let (faults, trace, run) = faults(0.25, 7, 1_000).await;
    assert!((200..300).contains(&faults.len()), "{}", faults.len());
    assert_eq!(u32::try_from(faults.len()).unwrap() + run, 1_000);
    for fault in ["503", "429", "reset", "hang"] {
        let number = faults.iter().filter(|it| **it == fault).count();
        assert!(number > 30, "{fault}: {number}");
    }
    let mut steps = trace.steps();
    while let Some(step) = steps.next() {
        let Step::Injected(fault) = step else {
            continue;
        };
        let expected = match *fault {
            "503" => Class::Overloaded,
            "429" => Class::RateLimited,
            "reset" => Class::Network,
            _ => Class::Timeout,
        };
        let Some(Step::Failed { class, message, .. }) = steps.next() else {
            panic!("{trace}")
        };
        assert_eq!(*class, expected);
        if expected != Class::Timeout {
            assert_eq!(message.as_deref(), Some("injected by chaos"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_has_the_same_failures_and_another_one_has_others() {
    let _on = SWITCH.lock().await;
    let (first, ..) = faults(0.5, 1, 50).await;
    assert_eq!(first, faults(0.5, 1, 50).await.0);
    assert_ne!(first, faults(0.5, 2, 50).await.0);
    assert!(faults(0.0, 1, 50).await.0.is_empty());
    assert_eq!(faults(1.0, 1, 50).await.0.len(), 50);
}

#[tokio::test(start_paused = true)]
async fn the_switch_ends_the_failures_at_run_time() {
    let _on = SWITCH.lock().await;
    assert!(chaos::is_enabled());
    chaos::set_enabled(false);
    let (none, ..) = faults(1.0, 1, 20).await;
    chaos::set_enabled(true);
    assert!(none.is_empty());
    assert_eq!(faults(1.0, 1, 20).await.0.len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_hang_without_a_timeout_ends_after_a_minute() {
    let _on = SWITCH.lock().await;
    let policy = Policy::new().attempts(1).no_timeout();
    let start = Instant::now();
    let calls = async {
        while start.elapsed() < Duration::from_secs(60) {
            let call = policy.call("endless");
            call.run(async || Ok::<_, CallError<io::Error>>(()))
                .await
                .unwrap_err();
        }
    };
    let ((), trace) = record(chaos(1.0, 3, calls)).await;
    assert_eq!(start.elapsed(), Duration::from_secs(60));
    assert!(
        trace.to_string().contains("fault injected: hang\n"),
        "{trace}"
    );
}

#[tokio::test]
async fn the_log_says_which_failure_is_injected() {
    let _on = SWITCH.lock().await;
    let (recorder, _guard) = Recorder::start();
    // The first fault of this seed is no hang.
    let failed = isolated(chaos(1.0, 1, once(&Counter::new()))).await;
    failed.unwrap_err();
    let events = recorder.events();
    let injected = &events[0];
    assert_eq!(injected.message, "fault injected");
    assert_eq!(injected.level, tracing::Level::WARN);
    assert_eq!(injected.field("call_site"), "once");
    assert!(!injected.field("fault").is_empty());
    assert_eq!(recorder.messages()[1..], ["attempt failed", "giving up"]);
}

#[tokio::test(start_paused = true)]
async fn it_reaches_its_tasks_ends_with_its_future_and_yields_to_a_script_inside() {
    let _on = SWITCH.lock().await;
    let sent = Counter::new();
    isolated(chaos(1.0, 1, async {
        let task = chaos::spawn(async { once(&Counter::new()).await });
        task.await.unwrap().unwrap_err();
        let other = tokio::spawn(async { once(&Counter::new()).await });
        other.await.unwrap().unwrap();
        assert_eq!(script("once", [ok(8_u32)], once(&sent)).await.unwrap(), 8);
    }))
    .await;
    let panics = chaos(1.0, 1, async { panic!("inside") });
    AssertUnwindSafe(panics).catch_unwind().await.unwrap_err();
    assert_eq!(once(&sent).await.unwrap(), 1);
}

#[test]
fn a_rate_that_is_no_share_is_refused_at_once() {
    for rate in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let panic = std::panic::catch_unwind(|| drop(chaos(rate, 1, async {}))).unwrap_err();
        let message = panic.downcast::<String>().unwrap();
        assert!(
            message.starts_with("the rate of chaos has to be from 0 to 1"),
            "{message}"
        );
    }
}
