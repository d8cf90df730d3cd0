//! Extreme durations, and calls without a clock or a timer.

use super::SECOND;
use resilient_runtime::{Backoff, Class, Policy, ServerWait, WaitOrigin, call};
use resilient_tests::Failure;
use std::path::PathBuf;
use std::{future::pending, time::Duration};
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn f58_no_duration_is_too_long_for_a_timer() {
    for long in [
        Duration::MAX,
        Duration::from_secs(u64::MAX),
        Duration::from_secs(u64::MAX / 10),
        Duration::from_nanos(u64::MAX),
    ] {
        let policy = Policy::new()
            .timeout(long)
            .deadline(long)
            .max_retry_after(long);
        let answer: Result<u32, Failure> = call!(&policy, async {
            sleep(SECOND).await;
            Ok(1)
        })
        .await;
        assert_eq!(answer.unwrap(), 1);

        // A wait of that length begins and can be cancelled.
        let wait = ServerWait::new(long, WaitOrigin::RetryAfter);
        let failure = resilient_runtime::Classification::of_status(429).wait(wait);
        let call = call!(policy.no_deadline(), async {
            Err::<(), Failure>(failure.clone().into())
        });
        assert!(tokio::time::timeout(10 * SECOND, call).await.is_err());
    }
}

/// Calls without a timer need no runtime; those with one report a missing runtime.
#[test]
fn f64_without_a_runtime_the_panic_names_the_cause() {
    let answer: Result<u32, Failure> =
        futures::executor::block_on(call!(Policy::DEFAULT, async { Ok(1) }));
    assert_eq!(answer.unwrap(), 1);

    let panic_of = |run: fn()| {
        let panic = std::panic::catch_unwind(run).unwrap_err();
        panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap()
    };
    let outside = panic_of(|| {
        let call = call!(Policy::DEFAULT, async {
            pending::<Result<(), Failure>>().await
        });
        let _ = futures::executor::block_on(call);
    });
    assert!(outside.contains("Tokio 1.x runtime"), "{outside}");
    let timeless = panic_of(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let call = call!(Policy::DEFAULT, async {
            pending::<Result<(), Failure>>().await
        });
        let _ = runtime.block_on(call);
    });
    assert!(timeless.contains("timers are disabled"), "{timeless}");
}

/// Clippy denies the operators on instants and durations, which can panic. This test covers the
/// places that clippy does not check, and a clock that goes back.
#[test]
fn f59_no_unchecked_arithmetic_on_time() {
    let mut files = 0;
    let mut folders = vec![PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../resilient-runtime/src"
    ))];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // Exempt: tests, which fail loudly, and the model of a store, whose times are floats.
            let name = path.to_string_lossy();
            let is_exempt = name.ends_with("_test.rs") || name.contains("sharing/model/");
            if !name.ends_with(".rs") || is_exempt {
                continue;
            }
            files += 1;
            let source = std::fs::read_to_string(&path).unwrap();
            for unchecked in [
                "now +",
                "now -",
                "now() +",
                "now() - ",
                "deadline -",
                "elapsed() -",
            ] {
                assert!(
                    !source.contains(unchecked),
                    "{}: {unchecked}",
                    path.display()
                );
            }
        }
    }
    assert!(files > 80, "{files}");

    let mut headers = http::HeaderMap::new();
    headers.insert(
        "retry-after",
        "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap(),
    );
    let found = resilient_runtime::Classification::from_response(
        http::StatusCode::TOO_MANY_REQUESTS,
        &headers,
    );
    assert_eq!(found.wait, None);
}

/// No clock is read to make a policy, so it can be made without one, such as in a constant.
#[test]
fn f65_a_policy_is_made_without_a_clock() {
    const MADE_AT_COMPILE_TIME: Policy = Policy::new()
        .attempts(3)
        .deadline(Duration::MAX)
        .backoff(Backoff::decorrelated(SECOND))
        .on(Class::Timeout, resilient_runtime::Rule::new().attempts(2));
    assert_eq!(MADE_AT_COMPILE_TIME.deadline, Some(Duration::MAX));
    assert_eq!(MADE_AT_COMPILE_TIME.rule(Class::Timeout).attempts, Some(2));
}
