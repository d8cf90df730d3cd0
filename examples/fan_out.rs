//! A fan-out to a server that is down, and the effect of the retry budget.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::join_all;
use resilient_examples::{Answer, Server};
use resilient_runtime::{Backoff, Policy};
use tokio::time::sleep;
use tracing::instrument::WithSubscriber as _;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::scenarios::{Outcome, Row, api};
use crate::show::Fields;
use crate::terminal::Terminal;

/// The name of the server's script.
const SCRIPT: &str = "fan-out";
const NAME: &str = "30 calls, 503 for 600ms";
const CALLS: usize = 30;
const DOWN: Duration = Duration::from_millis(600);
const SLICE: Duration = Duration::from_millis(200);
const POLICY: Policy = Policy::new()
    .attempts(6)
    .timeout(Duration::from_secs(1))
    .backoff(Backoff::exponential(Duration::from_millis(30)));

/// Makes all calls concurrently through one upstream, and prints their results.
pub(crate) async fn play(server: &Server, terminal: Terminal) -> Row {
    terminal.heading(NAME);
    let api = api(NAME, server.script(SCRIPT, [Answer::status(503)]), &POLICY);
    let tally = Tally::new();
    let calls = join_all((0..CALLS).map(|_| api.chat("Say good morning.")));
    let (results, refused) = async { tokio::join!(calls, recover(server)) }
        .with_subscriber(tracing_subscriber::registry().with(tally.clone()))
        .await;
    let time = tally.start.elapsed();

    let answered = server.requests(SCRIPT);
    let requests = refused.saturating_add(answered);
    let succeeded = results.iter().filter(|result| result.is_ok()).count();
    tally.show(terminal);
    terminal.wrap(&format!(
        "  {requests} requests: {refused} while the server is down, {answered} after that"
    ));
    terminal.wrap(&format!("  {succeeded} of {CALLS} calls succeeded"));

    let failure = results.into_iter().find_map(Result::err);
    Row {
        name: NAME,
        attempts: u64::try_from(requests).unwrap_or(u64::MAX),
        time,
        outcome: failure.map_or(Outcome::Answered, Outcome::Failed),
    }
}

/// Ends the incident after its time, and returns the number of requests that failed until then.
async fn recover(server: &Server) -> usize {
    sleep(DOWN).await;
    let refused = server.requests(SCRIPT);
    server.script(SCRIPT, [Answer::ok("Good morning.")]);
    refused
}

/// A layer that records events with their time.
#[derive(Clone)]
struct Tally {
    start: Instant,
    seen: Arc<Mutex<Vec<Seen>>>,
}

struct Seen {
    after: Duration,
    message: String,
    released_by: String,
}

impl Tally {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            seen: Arc::default(),
        }
    }

    /// Prints a line per time slice, and the number of retries that waited.
    fn show(&self, terminal: Terminal) {
        let seen = &*self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |is: &dyn Fn(&Seen) -> bool| seen.iter().filter(|seen| is(seen)).count();
        let last = seen.last().map_or(Duration::ZERO, |seen| seen.after);
        let mut from = Duration::ZERO;
        while from <= last {
            let to = from.saturating_add(SLICE);
            let within = |seen: &Seen| (from..to).contains(&seen.after);
            let failed = count(&|seen| within(seen) && seen.message == "attempt failed");
            let succeeded = count(&|seen| within(seen) && seen.succeeded());
            let deferred = count(&|seen| seen.after < to && seen.message == "deferring retry");
            let released = count(&|seen| seen.after < to && seen.message == "releasing retry");
            terminal.line(&format!(
                "  from {:.1}s  failed {failed:>3}  succeeded {succeeded:>3}  waiting {:>3}",
                from.as_secs_f64(),
                deferred.saturating_sub(released)
            ));
            from = to;
        }
        let deferred = count(&|seen| seen.message == "deferring retry");
        let by = |kind| count(&|seen| seen.released_by == kind);
        terminal.wrap(&format!(
            "  {deferred} retries waited, released by balance: {}, credit: {}, trial: {}",
            by("balance"),
            by("credit"),
            by("trial")
        ));
    }
}

impl Seen {
    fn succeeded(&self) -> bool {
        matches!(&*self.message, "succeeded" | "recovered")
    }
}

impl<S: Subscriber> Layer<S> for Tally {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if let Some(fields) = Fields::of(event) {
            let seen = Seen {
                after: self.start.elapsed(),
                message: fields.get("message").to_owned(),
                released_by: fields.get("released.by").to_owned(),
            };
            let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(seen);
        }
    }
}
