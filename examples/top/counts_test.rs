//! The counts of a recording, and its bounds.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use super::{Fault, call, first_failure, ms, recorded, recorded_within, start};
use resilient_runtime::{Class, Classification, Upstream};
use resilient_top::{
    recording::{Course, Limits, Moment},
    traffic::call as numbered,
};
use tokio::time::{sleep, timeout};

#[resilient_runtime::test(start_paused = true)]
async fn a_call_without_a_number_is_counted_and_has_no_row() {
    let recording = recorded(call("ask", 1)).await;
    assert_eq!((recording.calls.len(), recording.ended()), (0, 1));
    assert_eq!(recording.left_out.calls, 1);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_failure_is_counted_once_and_an_end_once() {
    let recording = recorded(async {
        numbered(call("ask", 3)).await;
        numbered(call("ask", 1)).await;
    })
    .await;
    assert_eq!(recording.classes.len(), 1);
    let class = &recording.classes[0];
    assert_eq!(
        (class.class, class.attempts, class.calls),
        ("server_error", 4, 1)
    );
    assert_eq!(recording.functions.len(), 1);
    let function = &recording.functions[0];
    assert_eq!(
        (function.calls, function.attempts, function.retries),
        (2, 5, 3)
    );
    let outcomes: Vec<_> = function.outcomes.clone().into_iter().collect();
    assert_eq!(outcomes, [("failed", 1), ("ok_after_retry", 1)]);
    assert_eq!(recording.calls[0].reason, Some("attempts used up"));
    let sum = |of: fn(&Moment) -> u64| -> u64 { recording.course.moments.iter().map(of).sum() };
    assert_eq!((sum(|it| it.calls), sum(|it| it.errors)), (2, 1));
    assert_eq!((sum(|it| it.attempts), sum(|it| it.failures)), (5, 4));
    assert_eq!(recording.waits.len(), 1);
    let wait = &recording.waits[0];
    assert_eq!((wait.reason, wait.count), ("backoff", 3));
    assert_eq!((wait.time, wait.longest), (300_000, 100_000));
}

#[resilient_runtime::test(start_paused = true)]
async fn lists_are_bounded_and_all_else_is_counted() {
    static SWITCHED: Upstream = Upstream::new("switched");
    let limits = Limits {
        calls: 3,
        steps: 2,
        changes: 1,
        events: 4,
    };
    let recording = recorded_within(limits, async {
        for _ in 0..5 {
            numbered(call("ask", 1)).await;
        }
        SWITCHED.isolate();
        SWITCHED.release();
    })
    .await;
    assert_eq!((recording.calls.len(), recording.ended()), (3, 5));
    assert_eq!((recording.events.len(), recording.changes.len()), (4, 1));
    let left_out = recording.left_out;
    assert_eq!((left_out.calls, left_out.changes), (2, 1));
    // Three steps of each call, and three events; two changes.
    assert_eq!((left_out.steps, left_out.events), (3, 13));
    assert_eq!(recording.calls[2].left_out, 1);
    assert_eq!(recording.functions[0].attempts, 10);
    // The last ones are kept.
    assert_eq!(recording.changes[0].line.name, "circuit closed");
}

#[resilient_runtime::test(start_paused = true)]
async fn calls_that_have_not_ended_are_counted_as_such() {
    let (recorder, observation) = start(Limits::default());
    let mut call = Box::pin(numbered(call("ask", 1)));
    let _ = timeout(ms(50), &mut call).await;
    let recording = recorder.recording();
    assert_eq!(
        (recording.calls.len(), recording.left_out.unfinished),
        (0, 1)
    );
    call.await;
    observation.stop();
    let recording = recorder.recording();
    assert_eq!(
        (recording.calls.len(), recording.left_out.unfinished),
        (1, 0)
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn a_long_run_has_coarser_parts_and_the_same_sums() {
    let recording = recorded(async {
        for _ in 0..50 {
            numbered(call("ask", 1)).await;
            sleep(ms(850)).await;
        }
    })
    .await;
    let course = &recording.course;
    assert_eq!(course.width, 500_000);
    assert!(course.moments.len() <= Course::MOST);
    let calls: u64 = course.moments.iter().map(|it| it.calls).sum();
    let failures: u64 = course.moments.iter().map(|it| it.failures).sum();
    assert_eq!((calls, failures), (50, 50));
}

#[resilient_runtime::test(start_paused = true)]
async fn a_long_message_is_cut_and_no_key_is_recorded() {
    static KEYED: Upstream = Upstream::new("keyed").keys(4);
    let key = "acme-and-partners".to_owned();
    let recording = recorded(async {
        let call = KEYED.call::<(), Fault>("ask").key(&key).run(async || {
            let long = Classification::new(Class::InvalidRequest).message(&"ä".repeat(400));
            Err(Fault(long))
        });
        let _ = numbered(call).await;
    })
    .await;
    let message = first_failure(&recording).message.unwrap();
    assert_eq!(message.chars().count(), 200);
    let json = serde_json::to_string(&recording).unwrap();
    assert!(!json.contains(&key), "{json}");
}
