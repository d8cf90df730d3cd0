//! Results, their order, and the end of a run.

use super::Failure;
use futures::{FutureExt as _, StreamExt as _};
use resilient_runtime::{Class, Concurrency, Upstream, bulk::Bulk, resilient};
use std::{
    convert::Infallible,
    sync::atomic::{AtomicUsize, Ordering},
    task::Poll,
    time::Duration,
};
use tokio::time::{Instant, sleep};

#[resilient_runtime::test]
async fn a_million_items_of_no_work_all_end() {
    let mut last = None;
    let mut run = Bulk::new(0..1_000_000_u32)
        .progress(|progress| last = Some(progress.clone()))
        .run(async |number| Ok::<_, Infallible>(number));
    let mut sum = 0_u64;
    while let Some((index, Ok(number))) = run.next().await {
        assert_eq!(index, usize::try_from(number).unwrap());
        sum += u64::from(number);
    }
    assert_eq!(run.stopped(), None);
    drop(run);
    assert_eq!(sum, 499_999_500_000);
    let last = last.unwrap();
    assert!(last.is_last);
    assert_eq!(
        (last.succeeded, last.failed, last.in_flight()),
        (1_000_000, 0, 0)
    );
    assert_eq!(last.total, Some(1_000_000));
}

#[resilient_runtime::test(start_paused = true)]
async fn collect_returns_all_results_in_the_order_of_the_items() {
    let done = Bulk::new(0..100_u64)
        .run(async |number| {
            sleep(Duration::from_millis(100 - number)).await;
            if number % 10 == 3 {
                Err(number)
            } else {
                Ok(number)
            }
        })
        .collect()
        .await;
    assert_eq!(done.stopped, None);
    assert_eq!(done.rest.count(), 0);
    let expected = |index: usize| {
        let number = u64::try_from(index).unwrap();
        (
            index,
            if number % 10 == 3 {
                Err(number)
            } else {
                Ok(number)
            },
        )
    };
    assert_eq!(done.results, (0..100).map(expected).collect::<Vec<_>>());
}

#[resilient_runtime::test(start_paused = true)]
async fn a_run_hands_on_results_as_they_end() {
    let run = Bulk::new([30, 10, 20]).run(async |time| {
        sleep(Duration::from_millis(time)).await;
        Ok::<_, Infallible>(time)
    });
    let ends: Vec<_> = run
        .map(|(index, result)| (index, result.unwrap()))
        .collect()
        .await;
    assert_eq!(ends, [(1, 10), (2, 20), (0, 30)]);
}

#[resilient_runtime::test(start_paused = true)]
async fn the_iterator_is_asked_for_an_item_when_it_is_begun() {
    let asked = AtomicUsize::new(0);
    let items = (0..1_000).inspect(|_| _ = asked.fetch_add(1, Ordering::Relaxed));
    let mut run = Bulk::new(items).concurrency(7).run(async |number| {
        sleep(Duration::from_secs(1)).await;
        Ok::<_, Infallible>(number)
    });
    assert!(run.next().await.is_some());
    assert_eq!(asked.load(Ordering::Relaxed), 7);
}

#[resilient_runtime::test]
async fn no_items_make_an_empty_run_with_one_report() {
    let mut reports = Vec::new();
    let done = Bulk::new([0_u32; 0])
        .progress(|progress| reports.push(progress.clone()))
        .run(async |number| Ok::<_, Infallible>(number))
        .collect()
        .await;
    assert!(done.results.is_empty() && done.stopped.is_none());
    assert_eq!(reports.len(), 1);
    assert_eq!((reports[0].total, reports[0].time_left), (Some(0), None));
    assert!(reports[0].is_last);
}

#[resilient_runtime::test(start_paused = true)]
async fn dropping_a_run_cancels_its_calls_and_returns_their_permits() {
    static API: Upstream = Upstream::new("dropped run").concurrency(Concurrency::new(5));
    #[resilient(upstream = API)]
    async fn ask(number: u32) -> Result<u32, Failure> {
        sleep(Duration::from_secs(60)).await;
        Ok(number)
    }
    let mut run = Bulk::new(0..100).run(ask);
    assert!(run.next().now_or_never().is_none());
    assert_eq!(API.snapshot().in_use, Some(5));
    drop(run);
    assert_eq!(API.snapshot().in_use, Some(0));
    let start = Instant::now();
    assert_eq!(ask(1).await, Ok(1));
    assert_eq!(start.elapsed(), Duration::from_secs(60));
}

#[resilient_runtime::test(start_paused = true)]
async fn items_and_calls_may_borrow() {
    let texts = vec!["a".to_owned(), "bc".to_owned()];
    let mut begun = 0;
    let begin = |text: &'_ String| {
        begun += 1;
        let length = text.len();
        async move { Ok::<_, Failure>(length) }
    };
    let done = Bulk::new(&texts).run(begin).collect().await;
    assert_eq!(done.results, [(0, Ok(1)), (1, Ok(2))]);
    assert_eq!(begun, 2);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_run_in_a_spawned_task_is_send() {
    let work = async {
        let run = Bulk::new(0..10_u32)
            .progress(|_| {})
            .stop_when(std::future::pending());
        run.run(async |number| {
            Err::<u32, _>(Failure(if number == 3 {
                Class::NotFound
            } else {
                Class::Unknown
            }))
        })
        .collect()
        .await
    };
    let done = tokio::spawn(work).await.unwrap();
    assert_eq!(done.results.len(), 10);
}

#[resilient_runtime::test]
async fn other_tasks_get_their_turn_during_a_run_of_no_work() {
    let turns = AtomicUsize::new(0);
    let run = Bulk::new(0..10_000)
        .run(async |number| Ok::<_, Infallible>(number))
        .collect();
    let count = async {
        loop {
            turns.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        done = run => assert_eq!(done.results.len(), 10_000),
        () = count => {}
    }
    assert!(turns.into_inner() > 100);
}

#[test]
fn a_run_without_progress_needs_no_tokio() {
    let run = Bulk::new(0..1_000).run(async |number: u32| {
        let mut is_late = number % 3 == 0;
        futures::future::poll_fn(|cx| {
            cx.waker().wake_by_ref();
            if std::mem::take(&mut is_late) {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
        Ok::<_, Infallible>(number)
    });
    let done = futures::executor::block_on(run.collect());
    assert_eq!(done.results.len(), 1_000);
}
