//! Panics of items.

use futures::FutureExt as _;
use resilient_runtime::bulk::{Bulk, Stop};
use std::{convert::Infallible, panic::AssertUnwindSafe, time::Duration};
use tokio::time::sleep;

async fn panics_at(number: u64, at: u64) -> Result<u64, Infallible> {
    sleep(Duration::from_millis(number % 10)).await;
    assert!(number != at, "item {number}");
    Ok(number)
}

#[resilient_runtime::test(start_paused = true)]
async fn f277_collect_keeps_all_results_if_an_item_panics_and_says_so() {
    let run = Bulk::new(0..100)
        .concurrency(10)
        .run(async |number| panics_at(number, 33).await);
    let done = run.collect().await;
    let stop = done.stopped.unwrap();
    assert!(matches!(stop, Stop::Panicked { index: 33, .. }));
    assert!(stop.to_string().starts_with("stopped: item 33 panicked"));
    let begun = done.results.len() + 1;
    assert!(begun > 33 && done.results.iter().all(|(index, _)| *index != 33));
    assert_eq!(begun + done.rest.count(), 100);
}

#[resilient_runtime::test(start_paused = true)]
async fn f277_a_stream_hands_on_all_results_before_it_panics() {
    let mut run = Bulk::new(0..100)
        .concurrency(10)
        .run(async |number| panics_at(number, 33).await);
    let mut ended = 0;
    let panic = loop {
        match AssertUnwindSafe(run.next()).catch_unwind().await {
            Ok(Some(_)) => ended += 1,
            Ok(None) => panic!("it does not panic"),
            Err(panic) => break panic,
        }
    };
    assert_eq!(
        panic.downcast_ref::<String>().map(String::as_str),
        Some("item 33")
    );
    assert!(run.next().await.is_none());
    assert_eq!(ended + 1 + run.into_rest().count(), 100);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_panic_before_the_future_of_an_item_is_that_of_the_item() {
    let begin = |number: u64| {
        assert!(number != 5, "item 5");
        panics_at(number, u64::MAX)
    };
    let done = Bulk::new(0..50).run(begin).collect().await;
    assert!(matches!(
        done.stopped,
        Some(Stop::Panicked { index: 5, .. })
    ));
    assert_eq!(done.results.len(), 5);
    assert_eq!(done.rest.map(|(index, _)| index).next(), Some(6));
}
