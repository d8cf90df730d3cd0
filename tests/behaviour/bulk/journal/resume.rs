//! A second run: it skips items that are done, and begins all others.

use super::{super::Failure, TempFile, indices};
use resilient_runtime::{
    CallError, Class,
    bulk::{Bulk, Stop},
    resilient,
};
use resilient_tests::CANARY;
use std::{
    convert::Infallible,
    fs,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::sleep;

#[resilient_runtime::test]
async fn a_second_run_begins_only_what_has_failed() {
    #[resilient(attempts = 1)]
    async fn ask(number: u32, fails: bool) -> Result<u32, CallError<Failure>> {
        if fails {
            return Err(Failure(Class::NotFound).into());
        }
        Ok(number)
    }
    let file = TempFile::new();
    let first = Bulk::new(0..10_u32)
        .journal(&file)
        .run(|it| ask(it, it % 5 == 3));
    let first = first.collect().await;
    assert_eq!((first.results.len(), first.stopped), (10, None));
    let mut lines = file.lines();
    lines.sort();
    assert_eq!(lines.len(), 10);
    assert!(
        lines[0].starts_with("{\"index\":0,\"key\":\"") && lines[0].ends_with("\",\"ok\":true}")
    );
    assert!(
        lines[3].ends_with("\",\"failed\":\"not_found\"}"),
        "{}",
        lines[3]
    );

    let mut last = None;
    let second = Bulk::new(0..10_u32)
        .journal(&file)
        .progress(|progress| last = Some(progress.clone()))
        .run(|it| ask(it, false))
        .collect()
        .await;
    assert_eq!(indices(&second), [3, 8]);
    let last = last.unwrap();
    assert_eq!((last.skipped, last.succeeded, last.ended()), (8, 2, 10));
    assert!(
        last.to_string().starts_with("10 of 10, 8 done before"),
        "{last}"
    );

    let third = Bulk::new(0..10_u32).journal(&file).run(|it| ask(it, true));
    let third = third.collect().await;
    assert!(third.results.is_empty() && third.stopped.is_none());
}

#[resilient_runtime::test]
async fn stored_results_are_those_of_the_first_run() {
    let file = TempFile::new();
    let run = |begun| {
        let items = ["a\nb", "\"", "ü", ""];
        let run = Bulk::new(items).journal(&file).journal_results();
        run.run(move |text: &str| {
            let begun: &AtomicUsize = begun;
            begun.fetch_add(1, Ordering::Relaxed);
            let result = (text.to_uppercase(), text.len());
            async move { Ok::<_, Infallible>(result) }
        })
        .collect()
    };
    let begun = AtomicUsize::new(0);
    let first = run(&begun).await;
    let second = run(&begun).await;
    assert_eq!(begun.into_inner(), 4);
    assert_eq!(first.results.len(), 4);
    assert_eq!(first.results, second.results);
}

#[resilient_runtime::test]
async fn items_are_recognised_in_any_order_and_in_a_longer_list() {
    let file = TempFile::new();
    let run = |items: &'static [&'static str]| {
        let run = Bulk::new(items).journal(&file);
        run.run(async |_| Ok::<_, Infallible>(())).collect()
    };
    assert_eq!(indices(&run(&["a", "b", "c"]).await), [0, 1, 2]);
    assert_eq!(indices(&run(&["c", "d", "a"]).await), [1]);
    // Of equal items, as many as are done.
    assert_eq!(indices(&run(&["a", "a", "b", "a"]).await), [1, 3]);
    assert_eq!(indices(&run(&["a", "a", "a", "a"]).await), [3]);
}

#[resilient_runtime::test]
async fn equal_items_keep_the_results_of_each() {
    let file = TempFile::new();
    let count = AtomicUsize::new(0);
    let run = || {
        let run = Bulk::new(["same"; 5]).journal(&file).journal_results();
        run.run(async |_| Ok::<_, Infallible>(count.fetch_add(1, Ordering::Relaxed)))
            .collect()
    };
    let first = run().await;
    assert_eq!(run().await.results, first.results);
}

#[resilient_runtime::test]
async fn items_that_are_not_hash_are_named_by_a_key() {
    let file = TempFile::new();
    let run = |items: &'static [f64]| {
        let run = Bulk::new(items)
            .journal(&file)
            .journal_key(|number| format!("number \"{number}\""))
            .journal_results();
        run.run(async |number| Ok::<_, Infallible>(number * 2.0))
            .collect()
    };
    let first = run(&[0.5, 1.5]).await;
    assert_eq!(first.results, [(0, Ok(1.0)), (1, Ok(3.0))]);
    let mut lines = file.lines();
    lines.sort();
    assert_eq!(lines[0], r#"{"index":0,"key":"number \"0.5\"","ok":1.0}"#);
    let second = run(&[1.5, 2.5]).await;
    assert_eq!(second.results, [(0, Ok(3.0)), (1, Ok(5.0))]);
    assert_eq!(file.lines().len(), 3);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_line_is_written_before_its_result_is_handed_on() {
    let file = TempFile::new();
    let mut run = Bulk::new(0..300_u64).journal(&file).run(async |number| {
        sleep(Duration::from_millis(number / 10)).await;
        Ok::<_, Infallible>(number)
    });
    let mut count = 0;
    while let Some((index, _)) = run.next().await {
        count += 1;
        let lines = file.lines();
        let start = format!("{{\"index\":{index},");
        assert!(lines.iter().any(|line| line.starts_with(&start)), "{index}");
    }
    assert_eq!((count, run.stopped()), (300, None));
}

#[resilient_runtime::test(start_paused = true)]
async fn items_in_flight_of_a_dropped_run_are_begun_again() {
    let file = TempFile::new();
    let begun = Mutex::new(Vec::new());
    let start = |time: u64| {
        let begun = &begun;
        Bulk::new(0..6_u64)
            .concurrency(3)
            .journal(&file)
            .run(move |number| async move {
                begun.lock().unwrap().push(number);
                sleep(Duration::from_secs(number * time)).await;
                Ok::<_, Infallible>(())
            })
    };
    let mut run = start(1);
    assert_eq!(run.next().await, Some((0, Ok(()))));
    assert_eq!(run.next().await, Some((1, Ok(()))));
    // Its lock is released.
    drop(run);
    assert_eq!(std::mem::take(&mut *begun.lock().unwrap()), [0, 1, 2, 3]);
    let second = start(0).collect().await;
    assert_eq!((second.stopped, second.rest.count()), (None, 0));
    assert_eq!(*begun.lock().unwrap(), [2, 3, 4, 5]);
}

#[resilient_runtime::test]
async fn an_item_that_panics_is_not_done() {
    let file = TempFile::new();
    let run = |panics: bool| {
        let run = Bulk::new(0..3_u32).journal(&file).concurrency(1);
        run.run(move |number| async move {
            assert!(number != 1 || !panics, "as the test wants");
            Ok::<_, Infallible>(())
        })
        .collect()
    };
    let first = run(true).await;
    assert!(matches!(first.stopped, Some(Stop::Panicked { .. })));
    assert!(file.lines()[1].ends_with("\"failed\":\"unknown\"}"));
    assert_eq!(indices(&run(false).await), [1, 2]);
}

#[resilient_runtime::test]
async fn a_panic_of_a_key_stops_the_run_as_one_of_an_item() {
    let file = TempFile::new();
    let run = Bulk::new(0..3_u32).journal(&file).journal_key(|number| {
        assert!(*number != 1, "as the test wants");
        number.to_string()
    });
    let done = run.run(async |_| Ok::<_, Infallible>(())).collect().await;
    assert_eq!(indices(&done), [0]);
    assert!(matches!(done.stopped, Some(Stop::Panicked { .. })));
}

#[resilient_runtime::test]
async fn f283_a_half_written_last_line_is_removed_and_its_item_done_again() {
    let file = TempFile::new();
    let run = || {
        let run = Bulk::new(["a", "b"]).journal(&file).journal_results();
        run.run(async |text: &str| Ok::<_, Infallible>(text.to_owned()))
            .collect()
    };
    let first = run().await;
    let whole = file.text();
    for length in 0..whole.len() {
        fs::write(&file, &whole[..length]).unwrap();
        let second = run().await;
        assert_eq!((&second.stopped, &second.results), (&None, &first.results));
        let text = file.text();
        assert_eq!(text.len(), whole.len(), "cut at {length}: {text}");
        for line in text.lines() {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
    }
}

#[resilient_runtime::test]
async fn nothing_of_an_error_is_in_the_journal() {
    #[resilient(attempts = 1)]
    async fn ask(number: u32) -> Result<u32, CallError<std::io::Error>> {
        Err(std::io::Error::other(format!("{number} {CANARY}")).into())
    }
    let file = TempFile::new();
    let run = Bulk::new(0..3).journal(&file).journal_job("job");
    let run = run.run(ask);
    assert!(format!("{run:?}").len() < 200);
    let done = run.collect().await;
    assert_eq!(done.results.len(), 3);
    assert!(!file.text().contains(CANARY));
}
