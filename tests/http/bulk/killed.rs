//! A process that is killed in the middle of a bulk run, again and again, at random moments. A
//! server counts what it asks for.

use resilient_runtime::{
    ApiError, SendChecked as _,
    bulk::{Bulk, JournalProblem, Stop},
    resilient,
    testing::server::{FaultyServer, hang, ok, respond},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    env, fs,
    io::{BufRead as _, BufReader, Write as _, stderr},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

const ITEMS: usize = 640;
const CONCURRENCY: usize = 8;
const KILLS: usize = 20;
const URL: &str = "RESILIENT_KILLED_RUN_URL";
const JOURNAL: &str = "RESILIENT_KILLED_RUN_JOURNAL";
const HANDED_ON: &str = "handed on ";
const COMPLETE: &str = "complete";

#[resilient(attempts = 1, timeout = "10s")]
async fn read(http: &reqwest::Client, url: String) -> Result<String, ApiError> {
    Ok(http.get(url).send_checked().await?.text().await?)
}

/// The process that is killed: it says which results are handed on.
#[test]
#[ignore = "a part of another test"]
fn the_run_that_is_killed() {
    let (url, journal) = (env::var(URL).unwrap(), env::var(JOURNAL).unwrap());
    let http = resilient_examples::client();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut run = Bulk::new(0..ITEMS)
            .concurrency(CONCURRENCY)
            .journal(journal)
            .journal_results()
            .run(|number| read(&http, format!("{url}/{number}")));
        while let Some((index, result)) = run.next().await {
            assert_eq!(result.unwrap(), format!("result {index}"));
            // At once, or a line could be half-written when the process is killed.
            let line = format!("{HANDED_ON}{index}\n");
            stderr().write_all(line.as_bytes()).unwrap();
        }
        assert_eq!(run.stopped(), None);
        stderr()
            .write_all(format!("{COMPLETE}\n").as_bytes())
            .unwrap();
    });
}

fn start(server: &FaultyServer, journal: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("bulk::killed::the_run_that_is_killed")
        .env(URL, server.url())
        .env(JOURNAL, journal)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lets it hand on so many results, and kills it a moment later. Returns the items whose results it
/// has handed on, and whether it was complete before.
fn kill_after(mut child: Child, results: usize, moment: Duration) -> (BTreeSet<usize>, bool) {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut text: Vec<String> = lines.by_ref().map(Result::unwrap).take(results).collect();
    thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap();
    text.extend(lines.map(Result::unwrap));
    let is_complete = text.last().is_some_and(|line| line == COMPLETE);
    let handed_on = text.iter().filter(|line| *line != COMPLETE).map(|line| {
        let index = line.strip_prefix(HANDED_ON);
        index
            .unwrap_or_else(|| panic!("{text:#?}"))
            .parse()
            .unwrap()
    });
    (handed_on.collect(), is_complete)
}

/// As a kill in the middle of a write leaves it: with the start of a line.
fn tear(journal: &Path, at: usize) {
    let mut text = fs::read(journal).unwrap();
    let line =
        b"{\"index\":299,\"key\":\"0123456789abcdef0123456789abcdef\",\"ok\":\"result 299\"}";
    if text.ends_with(b"\n") {
        text.extend_from_slice(&line[..at % line.len()]);
        fs::write(journal, text).unwrap();
    }
}

/// Numbers at random, the same in every run of the test.
fn random(seed: &mut u64, below: usize) -> usize {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).unwrap() % below
}

struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f283_a_run_that_is_killed_loses_nothing_and_repeats_at_most_what_was_in_flight() {
    let server = FaultyServer::start().await;
    let requests = Arc::<Mutex<BTreeMap<usize, usize>>>::default();
    // The server answers so many more, so that each kill is in the middle of the run.
    let answers = Arc::<AtomicUsize>::default();
    let (counts, left) = (Arc::clone(&requests), Arc::clone(&answers));
    server.otherwise(respond(move |request| {
        let number = request.path.trim_start_matches('/').parse().unwrap();
        *counts.lock().unwrap().entry(number).or_default() += 1;
        let take = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        });
        let delay = Duration::from_millis(2 + number as u64 % 5);
        match take {
            Ok(_) => ok(format!("result {number}")).delay(delay),
            Err(_) => hang(),
        }
    }));
    let journal = Removed(env::temp_dir().join(format!("killed-{}.jsonl", std::process::id())));
    let mut seed = 7;
    let mut known = BTreeSet::new();
    let mut kills = 0;
    loop {
        let before = requests.lock().unwrap().clone();
        let (wanted, more) = (random(&mut seed, 18), CONCURRENCY + random(&mut seed, 5));
        let (results, left) = if kills < KILLS {
            (known.len() + wanted, wanted + more)
        } else {
            (usize::MAX, usize::MAX)
        };
        answers.store(left, Ordering::Relaxed);
        let child = start(&server, &journal.0);
        let moment = Duration::from_micros(random(&mut seed, 4_000) as u64);
        let run = tokio::task::spawn_blocking(move || kill_after(child, results, moment));
        let (handed_on, is_complete) = run.await.unwrap();
        // Nothing whose result was handed on is asked for again, and each is handed on again.
        let after = requests.lock().unwrap().clone();
        for item in &known {
            assert_eq!(after[item], before[item], "item {item} is repeated");
        }
        known.extend(handed_on.iter().copied());
        if is_complete {
            assert_eq!(handed_on, (0..ITEMS).collect());
            break;
        }
        kills += 1;
        if random(&mut seed, 2) == 0 {
            tear(&journal.0, random(&mut seed, 1_000));
        }
    }
    let requests = requests.lock().unwrap();
    let repeated = requests.values().sum::<usize>() - ITEMS;
    println!("{kills} kills, {repeated} requests repeated");
    assert_eq!(requests.len(), ITEMS);
    assert!(
        kills >= KILLS / 2 && repeated <= kills * CONCURRENCY,
        "{kills}, {repeated}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f284_two_processes_on_one_journal_are_refused_until_the_first_is_killed() {
    let server = FaultyServer::start().await;
    server.otherwise(respond(|request| {
        let number: usize = request.path.trim_start_matches('/').parse().unwrap();
        if number < 3 {
            ok(format!("result {number}"))
        } else {
            hang()
        }
    }));
    let journal = Removed(env::temp_dir().join(format!("two-{}.jsonl", std::process::id())));
    let run = async || {
        let run = Bulk::new(0..ITEMS).journal(&journal.0).journal_results();
        let done = run
            .run(async |number| Ok::<_, Infallible>(format!("result {number}")))
            .collect()
            .await;
        done.stopped
    };
    let mut child = start(&server, &journal.0);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with(HANDED_ON));
    let stopped = run().await;
    child.kill().unwrap();
    child.wait().unwrap();
    let Some(Stop::Journal(error)) = stopped else {
        panic!("{stopped:?}");
    };
    assert_eq!(error.problem(), JournalProblem::InUse);
    assert_eq!(run().await, None);
}
