//! 500 calls to a server that misbehaves, in a process that is killed in the middle; a second one
//! goes on where the first has ended. Run it with `cargo run --example bulk`.
//!
//! The example starts itself as the process that is killed. It shows a bar in a terminal, and lines
//! of text elsewhere.

use resilient_examples::{Answer, Server, client};
use resilient_runtime::{
    ApiError, Concurrency, ReadChecked as _, SendChecked as _, Upstream, bulk::Bulk, resilient,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    error::Error,
    fs,
    io::{IsTerminal as _, stderr},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, id},
    time::{Duration, Instant},
};
use tokio::time::sleep;

const ITEMS: usize = 500;
/// The first process is killed when so many are done.
const KILLED_AT: usize = 250;
/// Tells the process its work.
const BASE: &str = "RESILIENT_BULK_BASE";
const JOURNAL: &str = "RESILIENT_BULK_JOURNAL";

static API: Upstream = Upstream::new("chat")
    .requests_per_minute(6_000)
    .concurrency(Concurrency::new(16));

#[resilient(
    upstream = API,
    attempts = 8,
    timeout = "10s",
    backoff(initial = "100ms"),
    idempotent = true
)]
async fn summary(http: &reqwest::Client, base: &str, name: String) -> Result<String, ApiError> {
    let request = http.post(format!("{base}/{name}")).json(&json!({
        "model": "gpt-4o-mini",
        "messages": [{ "role": "user", "content": format!("Summarise {name}.") }],
    }));
    let answer: Value = request.send_checked().await?.json_checked().await?;
    let content = answer.pointer("/choices/0/message/content");
    Ok(content
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned())
}

fn name(number: usize) -> String {
    format!("document-{number:03}")
}

/// The whole run, as an application writes it.
async fn run(base: &str, journal: &str) -> ExitCode {
    let http = client();
    let bulk = Bulk::new((0..ITEMS).map(name))
        .journal(journal)
        .journal_key(String::clone)
        .journal_results();
    let bulk = if stderr().is_terminal() {
        bulk.progress_bar()
    } else {
        let mut shown = Instant::now();
        bulk.progress(move |progress| {
            if progress.is_last || shown.elapsed() > Duration::from_secs(1) {
                shown = Instant::now();
                note(&format!("  {progress}"));
            }
        })
    };
    let done = bulk.run(|name| summary(&http, base, name)).collect().await;
    let succeeded = done.results.iter().filter(|(_, it)| it.is_ok()).count();
    note(&format!("  {succeeded} results in the order of the items"));
    if let Some(stop) = done.stopped {
        note(&format!("  {stop}"));
    }
    ExitCode::from(u8::from(succeeded < ITEMS))
}

#[expect(clippy::print_stderr, reason = "an example shows what it does")]
fn note(text: &str) {
    eprintln!("{text}");
}

/// Most documents are answered at once. Returns the address.
fn set_up(server: &Server) -> String {
    let urls = (0..ITEMS).map(|number| {
        let ok = Answer::ok(&format!("A summary of {}.", name(number)));
        let answers = match number {
            120 | 360 => vec![Answer::status(429).header("retry-after", "2"), ok],
            _ if number % 40 == 7 => vec![Answer::status(503), ok],
            _ if number % 60 == 11 => vec![Answer::reset(), ok],
            _ => vec![ok],
        };
        server.script(&name(number), answers)
    });
    let base = |_, url: String| {
        url.rsplit_once('/')
            .map_or(String::new(), |it| it.0.to_owned())
    };
    urls.fold(String::new(), base)
}

/// The requests for each document.
fn requests(server: &Server) -> BTreeMap<String, usize> {
    (0..ITEMS)
        .map(name)
        .map(|it| (it.clone(), server.requests(&it)))
        .collect()
}

/// The documents that the journal says are done.
fn done(journal: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(journal).unwrap_or_default();
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let done = lines.filter(|line| line.get("ok").is_some());
    let key = |line: Value| Some(line.get("key")?.as_str()?.to_owned());
    done.filter_map(key).collect()
}

fn start(base: &str, journal: &Path) -> Result<Child, std::io::Error> {
    Command::new(env::current_exe()?)
        .env(BASE, base)
        .env(JOURNAL, journal)
        .spawn()
}

/// A file that is removed at the end.
struct TempFile(PathBuf);

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    if let (Ok(base), Ok(journal)) = (env::var(BASE), env::var(JOURNAL)) {
        return Ok(run(&base, &journal).await);
    }
    let server = Server::start().await;
    let base = set_up(&server);
    let journal = TempFile(env::temp_dir().join(format!("resilient-bulk-{}.jsonl", id())));

    note(&format!("{ITEMS} documents, in a first process"));
    let mut first = start(&base, &journal.0)?;
    while first.try_wait()?.is_none() && done(&journal.0).len() < KILLED_AT {
        sleep(Duration::from_millis(5)).await;
    }
    first.kill()?;
    first.wait()?;
    let done_before = done(&journal.0);
    let asked_before = requests(&server);

    note("\nkilled; a second process with the same journal");
    let mut second = start(&base, &journal.0)?;
    while second.try_wait()?.is_none() {
        sleep(Duration::from_millis(20)).await;
    }
    let asked = requests(&server);
    let again = |name: &&String| asked_before.get(*name) < asked.get(*name);
    let in_flight = asked_before
        .iter()
        .filter(|(name, asked)| **asked > 0 && !done_before.contains(*name));
    let repeated = in_flight.map(|(name, _)| name).filter(again).count();
    let paid_twice = done_before.iter().filter(again).count();
    let lost = ITEMS.saturating_sub(done(&journal.0).len());
    note(&format!(
        "\n{} skipped, {repeated} repeated that were in flight, {paid_twice} repeated that were \
         done, {lost} lost",
        done_before.len()
    ));
    Ok(ExitCode::from(u8::from(lost > 0 || paid_twice > 0)))
}
