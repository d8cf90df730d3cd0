//! Journals that a run refuses: it begins nothing, and gives all items back.

use super::{TempFile, problem};
use resilient_runtime::bulk::{Bulk, Collected, JournalProblem, Stop};
use std::{convert::Infallible, fs, ops::Range, path::Path};

type Done = Collected<u32, Infallible, Range<u32>>;

async fn run(path: impl AsRef<Path>) -> Done {
    let run = Bulk::new(0..4_u32).journal(path).concurrency(1);
    run.run(async |number| Ok(number)).collect().await
}

/// The reason for which nothing was begun.
fn refusal(done: Done) -> (JournalProblem, String) {
    assert!(done.results.is_empty());
    assert_eq!(done.rest.count(), 4);
    let problem = problem(done.stopped.as_ref()).unwrap();
    (problem, done.stopped.unwrap().to_string())
}

#[resilient_runtime::test]
async fn f284_a_journal_that_another_run_has_open_is_refused() {
    let file = TempFile::new();
    let mut first = Bulk::new(0..2_u32)
        .journal(&file)
        .run(async |number| Ok::<_, Infallible>(number));
    assert!(first.next().await.is_some());
    let (problem, text) = refusal(run(&file).await);
    assert_eq!(problem, JournalProblem::InUse);
    let expected = format!(
        "stopped: journal {}: another run has it open; wait until that one ends, or choose another path",
        file.0.display()
    );
    assert_eq!(text, expected);
    // The end of the run releases it, also while the run is not dropped.
    while first.next().await.is_some() {}
    assert_eq!(run(&file).await.stopped, None);
    assert_eq!(first.stopped(), None);
}

#[resilient_runtime::test]
async fn a_damaged_line_in_the_middle_is_named_by_its_number() {
    let file = TempFile::new();
    assert_eq!(run(&file).await.stopped, None);
    let whole = file.text();
    let mut lines: Vec<&str> = whole.lines().collect();
    for damaged in [
        "garbage",
        "",
        "{}",
        "{\"index\":2,\"key\":\"0\"}",
        "{\"index\":2,\"key\":\"no hash\",\"ok\":true}",
        &lines[3][..20],
    ] {
        lines[3] = damaged;
        let text = lines.join("\n") + "\n";
        fs::write(&file, &text).unwrap();
        let (problem, message) = refusal(run(&file).await);
        assert!(
            matches!(problem, JournalProblem::DamagedLine { line: 4, .. }),
            "{problem:?}"
        );
        assert!(message.ends_with("line 4 is damaged; if it is removed, its item is done again"));
        assert_eq!(file.text(), text);
    }
    lines.remove(3);
    fs::write(&file, lines.join("\n") + "\n").unwrap();
    assert_eq!(super::indices(&run(&file).await), [2]);
}

#[resilient_runtime::test]
async fn a_file_that_is_no_journal_is_refused_and_left_as_it_is() {
    let header = "{\"journal\":\"resilient bulk\",\"version\":";
    for text in [
        "notes of mine".to_owned(),
        "{".repeat(30),
        "a line\nanother one".to_owned(),
        "\n".to_owned(),
        format!("{header}2,"),
        format!("{header}2,\"items\":\"hash\"}}\n"),
        format!("{header}1,\n"),
    ] {
        let file = TempFile::with(&text);
        let (problem, message) = refusal(run(&file).await);
        assert_eq!(problem, JournalProblem::NotAJournal, "{text:?}");
        assert!(message.contains("no journal of this version"), "{message}");
        assert_eq!(file.text(), text);
    }
    for path in [std::env::temp_dir(), "/dev/full".into(), "/dev/zero".into()] {
        if path.exists() {
            let (problem, _) = refusal(run(&path).await);
            assert_eq!(problem, JournalProblem::NotAJournal, "{path:?}");
        }
    }
}

#[resilient_runtime::test]
async fn a_journal_of_other_work_is_refused() {
    let setting = |stopped: Option<Stop>| match problem(stopped.as_ref()) {
        Some(JournalProblem::OtherSettings { setting, .. }) => setting,
        other => panic!("{other:?}"),
    };
    let file = TempFile::new();
    let with_job = |job: &'static str| {
        let run = Bulk::new(0..4_u32).journal(&file).journal_job(job);
        run.run(async |number| Ok::<_, Infallible>(number))
            .collect()
    };
    assert_eq!(with_job("to \"German\"").await.stopped, None);
    let done = with_job("to French").await;
    assert_eq!(
        done.stopped.as_ref().unwrap().to_string(),
        format!(
            "stopped: journal {}: it was written with another `journal_job`; use the same one, or \
             choose another path",
            file.0.display()
        )
    );
    assert_eq!(
        (setting(done.stopped), done.rest.count()),
        ("journal_job", 4)
    );
    assert_eq!(setting(run(&file).await.stopped), "journal_job");
    let again = with_job("to \"German\"").await;
    assert_eq!((again.stopped, again.results.len()), (None, 0));

    let file = TempFile::new();
    assert_eq!(run(&file).await.stopped, None);
    let work = async |number| Ok::<u32, Infallible>(number);
    let results = Bulk::new(0..4_u32).journal(&file).journal_results();
    assert_eq!(
        setting(results.run(work).collect().await.stopped),
        "journal_results"
    );
    let by_key = Bulk::new(0..4_u32).journal(&file);
    let by_key = by_key.journal_key(u32::to_string);
    assert_eq!(
        setting(by_key.run(work).collect().await.stopped),
        "journal_key"
    );
}

#[resilient_runtime::test]
async fn a_stored_result_of_another_type_stops_the_run() {
    let file = TempFile::new();
    let first = Bulk::new(["text"; 2]).journal(&file).journal_results();
    let first = first.run(async |text| Ok::<_, Infallible>(text.to_owned()));
    assert_eq!(first.collect().await.stopped, None);
    let second = Bulk::new(["text"; 2]).journal(&file).journal_results();
    let second = second
        .run(async |_| Ok::<u32, Infallible>(1))
        .collect()
        .await;
    assert!(second.results.is_empty());
    let stopped = second.stopped.unwrap().to_string();
    assert!(
        stopped.contains("the result in line 2 does not fit the type of the results"),
        "{stopped}"
    );
}

#[resilient_runtime::test]
async fn a_result_that_is_no_json_stops_the_run_and_is_handed_on() {
    use std::collections::BTreeMap;
    let file = TempFile::new();
    let run = Bulk::new(0..4_u8).journal(&file).journal_results();
    let run = run.concurrency(1).run(async |number| {
        let map = BTreeMap::from([(vec![number], number)]);
        Ok::<_, Infallible>(if number == 0 { BTreeMap::new() } else { map })
    });
    let done = run.collect().await;
    assert_eq!(done.results.len() + done.rest.count(), 4);
    assert!(done.results.len() >= 2);
    assert_eq!(
        (file.lines().len(), problem(done.stopped.as_ref()).is_some()),
        (1, true)
    );
    let stopped = done.stopped.unwrap().to_string();
    assert!(
        stopped.contains("the result of item 1 cannot be written as JSON"),
        "{stopped}"
    );
}
