//! llmock speaks the protocols of model providers, fails by script, and rates the behaviour of its
//! clients.

use crate::{client, installed, process::Process};
use serde_json::{Value, json};

/// A running llmock.
#[derive(Debug)]
pub struct Llmock {
    base: String,
    _process: Process,
}

impl Llmock {
    /// Starts llmock. `None` if it is not installed.
    pub fn start() -> Option<Self> {
        let program = installed::or_skipped("llmock", installed::program("llmock"))?;
        let base = |line: &str| {
            let (_, address) = line.split_once("running on ")?;
            address.split(' ').next().map(str::to_owned)
        };
        match Process::start(&program, &["serve", "--port=0"], base) {
            Ok((process, base)) => Some(Self {
                base,
                _process: process,
            }),
            Err(said) => panic!("{said}"),
        }
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Resets the server and sets the behaviours for the next requests.
    pub async fn script(&self, behaviours: &Value) {
        self.post("/_llmock/reset", &json!({})).await;
        let scenario = json!({ "behaviors": behaviours });
        self.post("/_llmock/scenario", &scenario).await;
    }

    /// The verdicts on its clients since the last script.
    pub async fn verdict(&self) -> Value {
        let answer = client().get(self.url("/_llmock/verdict")).send().await;
        answer.unwrap().json().await.unwrap()
    }

    /// Asserts that since the last script there was one call with this number of attempts, and that
    /// the verdicts contain exactly these codes.
    pub async fn assert_judged(&self, attempts: usize, codes: &[&str], about: &str) {
        let verdict = self.verdict().await;
        let calls = (&verdict["calls"], &verdict["attempts"]);
        assert_eq!(calls, (&json!(1), &json!(attempts)), "{about}: {verdict}");
        let findings = verdict["findings"].as_array().unwrap();
        let found: Vec<_> = findings.iter().map(|finding| &finding["code"]).collect();
        assert_eq!(found, codes, "{about}: {verdict}");
    }

    async fn post(&self, path: &str, body: &Value) {
        let request = client().post(self.url(path)).json(body);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }
}
