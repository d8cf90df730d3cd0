//! Errors of the disk: they stop the run and say so, and no result is lost.

use super::{TempFile, indices, problem};
use resilient_runtime::bulk::{Bulk, JournalProblem, Stop};
use std::{convert::Infallible, fs, io, time::Duration};
use tokio::time::sleep;

#[resilient_runtime::test]
async fn a_journal_in_a_missing_folder_begins_nothing() {
    let path = std::env::temp_dir().join("resilient-no-such-folder/a.jsonl");
    let run = Bulk::new(0..9_u32).journal(path);
    let done = run
        .run(async |number| Ok::<_, Infallible>(number))
        .collect()
        .await;
    assert_eq!((done.results.len(), done.rest.count()), (0, 9));
    assert!(matches!(
        problem(done.stopped.as_ref()),
        Some(JournalProblem::Io {
            kind: io::ErrorKind::NotFound,
            ..
        })
    ));
    let Some(Stop::Journal(error)) = &done.stopped else {
        panic!("{:?}", done.stopped);
    };
    assert!(std::error::Error::source(error).is_some());
}

/// A change of the file, during a run of an item a second.
async fn changed_during_a_run(change: impl Fn(&TempFile)) {
    let file = TempFile::new();
    let mut run = Bulk::new(0..100_u32)
        .concurrency(2)
        .journal(&file)
        .run(async |number| {
            sleep(Duration::from_secs(1)).await;
            Ok::<_, Infallible>(number)
        });
    let mut count = 0;
    while let Some((_, result)) = run.next().await {
        assert!(result.is_ok());
        count += 1;
        if count == 5 {
            change(&file);
        }
    }
    assert_eq!(problem(run.stopped()), Some(JournalProblem::Replaced));
    assert!((6..=12).contains(&count), "{count}");
    assert_eq!(count + run.into_rest().count(), 100);
}

#[resilient_runtime::test(start_paused = true)]
async fn f371_a_journal_that_is_removed_during_the_run_stops_it() {
    changed_during_a_run(|file| fs::remove_file(file).unwrap()).await;
}

#[cfg(unix)]
#[resilient_runtime::test(start_paused = true)]
async fn f371_a_journal_that_is_replaced_during_the_run_stops_it() {
    changed_during_a_run(|file| {
        let text = file.text().repeat(9);
        fs::remove_file(file).unwrap();
        fs::write(file, text).unwrap();
    })
    .await;
}

#[resilient_runtime::test(start_paused = true)]
async fn f371_a_journal_that_is_shortened_during_the_run_stops_it() {
    changed_during_a_run(|file| fs::write(file, "").unwrap()).await;
}

#[resilient_runtime::test]
async fn f371_a_journal_that_is_removed_at_the_end_is_said_to_be() {
    let file = TempFile::new();
    let run = Bulk::new(0..3_u32).journal(&file).concurrency(1);
    let run = run.run(async |number| {
        if number == 2 {
            fs::remove_file(&file).unwrap();
        }
        Ok::<_, Infallible>(number)
    });
    let done = run.collect().await;
    assert_eq!(indices(&done), [0, 1, 2]);
    assert_eq!(
        problem(done.stopped.as_ref()),
        Some(JournalProblem::Replaced)
    );
}

/// A file that may not grow stands for a full disk: a write is cut, and the next one fails.
#[cfg(unix)]
#[test]
fn f371_a_full_disk_stops_the_run_and_loses_no_result() {
    use std::{env, process::Command};
    let file = TempFile::new();
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$@\"", "sh"])
        .arg(env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "bulk::journal::disk::on_a_full_disk",
            "--nocapture",
        ])
        .env(FULL, &file.0)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.contains("1 passed"), "{text}");
    // Whole lines are done, and the rest is repaired.
    let whole = file.text().matches("\"ok\":true}\n").count();
    assert!(!file.text().ends_with('\n'), "the last line is cut");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let done = runtime.block_on(run(&file.0));
    assert_eq!((done, whole > 10), (ITEMS - whole, true));
}

const FULL: &str = "RESILIENT_FULL_DISK";
const ITEMS: usize = 400;

/// The number of results of a run that does not fail.
async fn run(path: &std::path::Path) -> usize {
    let run = Bulk::new(0..ITEMS).journal(path);
    let done = run
        .run(async |number| Ok::<_, Infallible>(number))
        .collect()
        .await;
    assert_eq!(done.stopped, None);
    done.results.len()
}

#[cfg(unix)]
#[test]
#[ignore = "a part of another test"]
fn on_a_full_disk() {
    let path = std::env::var_os(FULL).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let done = runtime.block_on(async {
        let run = Bulk::new(0..ITEMS).journal(path).concurrency(4);
        run.run(async |number| {
            tokio::task::yield_now().await;
            Ok::<_, Infallible>(number)
        })
        .collect()
        .await
    });
    let stopped = done.stopped.as_ref();
    assert!(matches!(
        problem(stopped),
        Some(JournalProblem::Io {
            kind: io::ErrorKind::FileTooLarge,
            ..
        })
    ));
    // All that was begun has its result.
    let begun = done.results.len();
    assert_eq!(indices(&done), (0..begun).collect::<Vec<_>>());
    assert_eq!(begun + done.rest.count(), ITEMS);
}
