//! Single loads that are gathered into calls for batches.

use resilient_runtime::{Class, Classify, batch::Batcher, resilient};
use resilient_tests::Failure;
use std::{
    future::Future,
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};
use tokio::time::{Instant, sleep};

type Sent = Arc<Mutex<Vec<Vec<u64>>>>;
type Doubles = Batcher<u64, u64, Failure>;

/// Doubles each item after a second, and records the batches.
fn doubles() -> (Doubles, Sent) {
    let sent = Sent::default();
    let record = Arc::clone(&sent);
    let batcher = Batcher::new(move |items: Vec<u64>| {
        record.lock().unwrap().push(items.clone());
        async move {
            sleep(Duration::from_secs(1)).await;
            items
                .into_iter()
                .map(|item| Ok(item * 2))
                .collect::<Vec<_>>()
        }
    });
    (batcher, sent)
}

fn sent(sent: &Sent) -> Vec<Vec<u64>> {
    sent.lock().unwrap().clone()
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

const MS: Duration = Duration::from_millis(1);

#[resilient_runtime::test(start_paused = true)]
async fn loads_of_many_tasks_are_one_call_after_the_wait() {
    let (batcher, calls) = doubles();
    let batcher = Arc::new(batcher.wait(5 * MS));
    let start = Instant::now();
    let tasks: Vec<_> = (0..50)
        .map(|item| {
            let batcher = Arc::clone(&batcher);
            tokio::spawn(async move { batcher.load(item).await.unwrap() })
        })
        .collect();
    for (item, task) in (0..).zip(tasks) {
        assert_eq!(task.await.unwrap(), item * 2);
    }
    assert_eq!(sent(&calls), [(0..50).collect::<Vec<_>>()]);
    let took = start.elapsed();
    assert!(took >= 1005 * MS && took <= 1007 * MS, "{took:?}");
}

#[resilient_runtime::test(start_paused = true)]
async fn a_full_batch_is_sent_at_once_by_number_and_by_weight() {
    let (batcher, calls) = doubles();
    let batcher = batcher.max(3).wait(Duration::from_secs(60));
    let start = Instant::now();
    let loads = (0..6).map(|item| batcher.load(item));
    futures::future::join_all(loads).await;
    assert_eq!(sent(&calls), [[0, 1, 2], [3, 4, 5]]);
    assert_eq!(start.elapsed(), Duration::from_secs(1));

    let (batcher, calls) = doubles();
    let batcher = batcher
        .weight(|item| *item, 10)
        .wait(Duration::from_secs(60));
    let start = Instant::now();
    let items = [4, 5, 2, 8, 25, 10, 1];
    let results = futures::future::join_all(items.map(|item| batcher.load(item))).await;
    let doubled: Vec<u64> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!(doubled, items.map(|item| item * 2));
    let mut batches = sent(&calls);
    batches.sort();
    assert_eq!(
        batches,
        [vec![1], vec![2, 8], vec![4, 5], vec![10], vec![25]]
    );
    // The last one is light, and waits.
    assert_eq!(start.elapsed(), Duration::from_secs(61));
}

#[resilient_runtime::test(start_paused = true)]
async fn a_dropped_load_leaves_a_batch_that_is_not_sent() {
    let (batcher, calls) = doubles();
    let batcher = batcher.max(3).weight(|item| *item, 10).wait(5 * MS);
    {
        let mut dropped = pin!(batcher.load(9));
        assert!(poll(dropped.as_mut()).is_pending());
    }
    // Neither its weight nor its time counts any more.
    sleep(4 * MS).await;
    let start = Instant::now();
    let (a, b) = tokio::join!(batcher.load(4), batcher.load(5));
    assert_eq!((a.unwrap(), b.unwrap()), (8, 10));
    assert_eq!(sent(&calls), [[4, 5]]);
    assert!(start.elapsed() >= 1005 * MS);
}

#[resilient_runtime::test(start_paused = true)]
async fn f331_another_load_goes_on_if_that_which_polls_the_call_is_dropped() {
    let (batcher, calls) = doubles();
    let batcher = Arc::new(batcher.wait(5 * MS));
    let tasks: Vec<_> = (0..5)
        .map(|item| {
            let batcher = Arc::clone(&batcher);
            tokio::spawn(async move { batcher.load(item).await.unwrap() })
        })
        .collect();
    sleep(100 * MS).await;
    let mut tasks = tasks.into_iter();
    // Whichever has polled it last, four drops pass it on to the last one.
    let last = tasks.next_back().unwrap();
    for task in tasks {
        task.abort();
        sleep(10 * MS).await;
    }
    assert_eq!(last.await.unwrap(), 8);
    assert_eq!(sent(&calls).len(), 1);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_load_that_is_polled_goes_on_though_another_of_its_task_is_not() {
    let (batcher, calls) = doubles();
    let mut first = Box::pin(batcher.load(1));
    let mut second = Box::pin(batcher.load(2));
    std::future::poll_fn(|cx| {
        assert!(second.as_mut().poll(cx).is_pending());
        assert!(first.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
    sleep(10 * MS).await;
    std::future::poll_fn(|cx| {
        assert!(first.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
    assert_eq!(second.await.unwrap(), 4);
    assert_eq!(first.await.unwrap(), 2);
    assert_eq!(sent(&calls), [[2, 1]]);
}

#[resilient_runtime::test(start_paused = true)]
async fn the_call_is_dropped_with_its_last_load() {
    struct OnDrop(Arc<AtomicUsize>);
    impl Drop for OnDrop {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&dropped);
    let batcher: Doubles = Batcher::new(move |items: Vec<u64>| {
        let guard = OnDrop(Arc::clone(&counted));
        async move {
            sleep(Duration::from_secs(9)).await;
            drop(guard);
            items.into_iter().map(Ok).collect::<Vec<_>>()
        }
    })
    .wait(Duration::ZERO);
    let mut load = Box::pin(batcher.load(1));
    assert!(poll(load.as_mut()).is_pending());
    assert_eq!(dropped.load(Ordering::Relaxed), 0);
    drop(load);
    assert_eq!(dropped.load(Ordering::Relaxed), 1);
}

#[resilient_runtime::test(start_paused = true)]
async fn f332_a_panic_of_the_function_leaves_no_load_waiting() {
    for at_once in [true, false] {
        let batcher: Doubles = Batcher::new(move |items: Vec<u64>| {
            assert!(!at_once, "told at once");
            async move {
                sleep(MS).await;
                assert!(items.is_empty(), "told later");
                Vec::new()
            }
        });
        let batcher = Arc::new(batcher);
        let tasks: Vec<_> = (0..3)
            .map(|item| {
                let batcher = Arc::clone(&batcher);
                let load = async move { batcher.load(item).await };
                tokio::spawn(AssertUnwindSafe(load).0)
            })
            .collect();
        let (mut panics, mut errors) = (0, 0);
        for task in tasks {
            match task.await {
                Err(_) => panics += 1,
                Ok(result) => {
                    assert_eq!(result.unwrap_err().class(), Class::Cancelled);
                    errors += 1;
                }
            }
        }
        assert_eq!((panics, errors), (1, 2), "{at_once}");
        // The batcher itself goes on.
        let load = batcher.load(1);
        drop(load);
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn f329_a_wrong_number_of_results_fails_all_loads() {
    let batcher: Doubles = Batcher::new(|_: Vec<u64>| async { vec![Ok(1)] });
    let (a, b) = tokio::join!(batcher.load(1), batcher.load(2));
    assert_eq!(
        (a.unwrap_err().class(), b.unwrap_err().class()),
        (Class::Decode, Class::Decode)
    );
    let shared = Batcher::new(|_: Vec<u64>| async { Ok::<Vec<u64>, Failure>(vec![1]) });
    let (a, b) = tokio::join!(shared.load(1), shared.load(2));
    assert_eq!(
        (a.unwrap_err().class(), b.unwrap_err().class()),
        (Class::Decode, Class::Decode)
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn a_function_with_split_gives_each_load_its_own_result() {
    #[resilient(split)]
    async fn checked(items: Vec<u64>) -> Result<Vec<u64>, Failure> {
        if items.contains(&3) {
            return Err(Failure::status(413));
        }
        Ok(items)
    }
    let batcher = Batcher::new(checked_each);
    let results = futures::future::join_all((0..5).map(|item| batcher.load(item))).await;
    for (item, result) in (0..).zip(results) {
        match result {
            Ok(value) => assert_eq!(value, item),
            Err(error) => {
                assert_eq!(error.classify().class, Class::InvalidRequest);
                assert_eq!((item, error.items()), (3, 1));
            }
        }
    }
}

#[resilient_runtime::test(start_paused = true)]
async fn the_deadline_of_one_load_is_not_that_of_the_batch() {
    #[resilient(attempts = 1, deadline = "2s")]
    async fn within(batcher: &Doubles, item: u64) -> Result<u64, Failure> {
        batcher.load(item).await
    }
    #[resilient(attempts = 3, timeout = "3s", backoff(initial = "1ms", max = "1ms"))]
    async fn slow(items: Vec<u64>) -> Result<Vec<u64>, Failure> {
        sleep(Duration::from_millis(2500)).await;
        Ok(items)
    }
    let batcher: Doubles = Batcher::new(|items: Vec<u64>| async move {
        match slow(items).await {
            Ok(items) => items.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        }
    });
    let (short, long) = tokio::join!(within(&batcher, 1), batcher.load(2));
    assert_eq!(short.unwrap_err().class(), Class::Deadline);
    assert_eq!(long.unwrap(), 2);
}

#[test]
fn loads_are_send_and_a_batcher_is_shared_by_threads() {
    fn is_send(_: impl Send) {}
    fn is_shared(_: &(impl Send + Sync)) {}
    let (batcher, _) = doubles();
    is_send(batcher.load(1));
    is_shared(&batcher);
}
