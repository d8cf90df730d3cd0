//! The scenarios of the demo, and the result of each call.

use std::io;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use resilient_examples::{Answer, Server};
use resilient_runtime::{ApiError, Backoff, Jitter, Policy, StatusPage, Upstream};

use crate::chat::Api;
use crate::fan_out;
use crate::show::Show;
use crate::streaming;
use crate::terminal::Terminal;

/// A policy with a tenth of the usual times, for a short demo.
const HURRIED: Policy = Policy::new()
    .attempts(4)
    .timeout(Duration::from_millis(400))
    .backoff(Backoff::exponential(Duration::from_millis(150)))
    .max_retry_after(Duration::from_secs(2));

/// Four attempts of 200 ms with 100 ms between them.
const STEADY: Policy = HURRIED
    .timeout(Duration::from_millis(200))
    .backoff(Backoff::fixed(Duration::from_millis(100)).jitter(Jitter::None));

/// The incident on the status page of this server.
const INCIDENTS: &str = r#"{"page": {"name": "Demo"}, "incidents": [{"name": "Elevated error rates",
    "status": "investigating", "impact": "major", "shortlink": "https://status.example.com/1"}]}"#;

/// The scenario with a full report.
pub(crate) const REPORTED: &str = "503 for good";

struct Scenario {
    name: &'static str,
    call: Call,
    policy: Policy,
    answers: Vec<Answer>,
}

#[derive(Clone, Copy)]
enum Call {
    Chat,
    Order,
}

/// The result of a scenario: a row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) attempts: u64,
    pub(crate) time: Duration,
    pub(crate) outcome: Outcome,
}

pub(crate) enum Outcome {
    Answered,
    Failed(ApiError),
}

fn scenarios() -> Vec<Scenario> {
    let chat = |name, answers| Scenario {
        name,
        call: Call::Chat,
        policy: HURRIED,
        answers,
    };
    let order = |name, answers| Scenario {
        call: Call::Order,
        ..chat(name, answers)
    };
    let ok = || Answer::ok("Good morning.");
    let limited = |header, value| Answer::status(429).header(header, value);
    vec![
        chat("all is well", vec![ok()]),
        chat(
            "500, then 502 in HTML",
            vec![Answer::status(500), Answer::status(502), ok()],
        ),
        chat(
            "503, then 504",
            vec![Answer::status(503), Answer::status(504), ok()],
        ),
        chat(
            "429, Retry-After: 1",
            vec![limited("retry-after", "1"), ok()],
        ),
        chat(
            "429, retry-after-ms: 200",
            vec![limited("retry-after-ms", "200"), ok()],
        ),
        chat("429 without a hint", vec![Answer::status(429), ok()]),
        chat("429, quota used up", vec![Answer::quota()]),
        chat(
            "503, Retry-After: 3600",
            vec![Answer::status(503).header("retry-after", "3600")],
        ),
        chat("400", vec![Answer::status(400)]),
        chat("401", vec![Answer::status(401)]),
        chat("403", vec![Answer::status(403)]),
        chat("a hang", vec![Answer::hang(), ok()]),
        chat(
            "a reset, then half a body",
            vec![Answer::reset(), Answer::cut(), ok()],
        ),
        chat("nobody listens", vec![]),
        chat(REPORTED, vec![Answer::status(503)]),
        Scenario {
            policy: STEADY,
            ..chat("a hang for good", vec![Answer::hang()])
        },
        Scenario {
            policy: STEADY.deadline(Duration::from_millis(700)),
            ..chat("the same, with a deadline", vec![Answer::hang()])
        },
        order(
            "an order, 429",
            vec![limited("retry-after-ms", "200"), ok()],
        ),
        order("an order, reset", vec![Answer::reset(), ok()]),
    ]
}

/// Runs every scenario, one after another so that the lines of each stay together.
///
/// # Errors
/// If loopback has no free port.
pub(crate) async fn play(show: &Show, terminal: Terminal) -> io::Result<Vec<Row>> {
    let server = Server::start().await;
    let incidents = server.script("status", [Answer::status(200).body(INCIDENTS)]);
    let status = StatusPage::from(incidents).client(resilient_examples::client());
    let mut rows = Vec::new();
    for (number, scenario) in scenarios().into_iter().enumerate() {
        terminal.heading(scenario.name);
        let base_url = if scenario.answers.is_empty() {
            nobody()?
        } else {
            server.script(&format!("scenario-{number}"), scenario.answers)
        };
        let api = api(scenario.name, base_url, &scenario.policy);
        let start = Instant::now();
        let result = match scenario.call {
            Call::Chat => api.chat("Say good morning.").await.map(drop),
            Call::Order => api.order("coffee").await,
        };
        let (name, time) = (scenario.name, start.elapsed());
        let outcome = match result {
            Ok(()) => Outcome::Answered,
            // Requested at most once a minute, and only if the failure may be an incident of the
            // server.
            Err(error) => Outcome::Failed(error.with_incident(&status).await),
        };
        rows.push(Row {
            name,
            attempts: show.attempts(),
            time,
            outcome,
        });
    }
    rows.push(streaming::play(show, terminal).await);
    rows.push(fan_out::play(&server, terminal).await);
    Ok(rows)
}

/// An API with its own retry budget, so that scenarios do not affect each other.
pub(crate) fn api(name: &'static str, base_url: String, policy: &Policy) -> Api {
    Api {
        http: resilient_examples::client(),
        base_url,
        key: "sk-demo-0123456789abcdef0123456789".to_owned(),
        model: "gpt-4o-mini".to_owned(),
        upstream: Upstream::new(name).policy(*policy),
    }
}

/// An address without a server.
fn nobody() -> io::Result<String> {
    Ok(format!(
        "http://{}",
        TcpListener::bind(("127.0.0.1", 0))?.local_addr()?
    ))
}
