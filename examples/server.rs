//! A chat-completions server that answers by script: a `FaultyServer` whose answers repeat parts of
//! the request, as those of the real API do.
//!
//! ```
//! use resilient_examples::{Answer, Server, client};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start().await;
//! let base = server.script("busy", [Answer::status(503), Answer::ok("Good morning.")]);
//!
//! let url = format!("{base}/v1/chat/completions");
//! let client = client();
//! assert_eq!(client.post(&url).send().await?.status(), 503);
//! assert_eq!(client.post(&url).send().await?.status(), 200);
//! assert_eq!(server.requests("busy"), 2);
//! # Ok(())
//! # }
//! ```

mod answer;
mod body;
pub mod burst;
mod callers;
mod plain_budget;
mod trouble;
pub mod world;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use resilient_runtime::testing::server::{self, FaultyServer, ReceivedRequest, respond};

pub use crate::answer::Answer;
use crate::body::Asked;

/// A server on a free port of 127.0.0.1. Scripts are independent, so tests may share one server.
///
/// Dropping it closes the port and all connections.
#[derive(Debug)]
pub struct Server {
    server: FaultyServer,
    scripts: Arc<Scripts>,
}

impl Server {
    /// Starts listening, on the tokio runtime this is called in.
    ///
    /// # Panics
    /// If the system has no free port.
    pub async fn start() -> Self {
        let server = FaultyServer::start().await;
        let scripts = Arc::<Scripts>::default();
        let answering = Arc::clone(&scripts);
        server.otherwise(respond(move |request| answering.next(request)));
        Self { server, scripts }
    }

    /// Registers the responses to requests below the returned base URL, one for each request; the
    /// last one repeats. Replaces a script of the same name, and restarts its counts.
    ///
    /// # Panics
    /// If there is no response, or `name` is not a valid segment of a path.
    pub fn script(&self, name: &str, answers: impl IntoIterator<Item = Answer>) -> String {
        let answers: Vec<_> = answers.into_iter().collect();
        assert!(
            !answers.is_empty(),
            "the script {name:?} needs at least one answer"
        );
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        assert!(
            name.bytes().all(plain),
            "the name {name:?} has to consist of letters, digits, '-', '_' and '.'"
        );
        self.scripts.lock().insert(
            name.to_owned(),
            Script {
                answers,
                ..Script::default()
            },
        );
        self.server.url_of(&format!("/{name}"))
    }

    /// The number of requests that reached this script.
    ///
    /// # Panics
    /// Panics if there is no script of that name.
    pub fn requests(&self, name: &str) -> usize {
        self.scripts.look(name, |script| script.requests)
    }

    /// The `idempotency-key` headers that this script has seen, in order.
    ///
    /// # Panics
    /// Panics if there is no script of that name.
    pub fn idempotency_keys(&self, name: &str) -> Vec<String> {
        self.scripts.look(name, |script| script.keys.clone())
    }
}

/// A client for the server: without proxy and certificates, so that it works the same on every
/// machine.
///
/// # Panics
/// If the TLS provider cannot be set up.
#[expect(
    clippy::expect_used,
    reason = "a client without certificates reads nothing that could fail"
)]
pub fn client() -> reqwest::Client {
    install_tls();
    let builder = reqwest::Client::builder().no_proxy().tls_certs_only([]);
    builder
        .build()
        .expect("nothing of the client comes from outside")
}

/// Chooses the crypto provider that every client of this package needs. Later calls do nothing.
pub fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[derive(Debug, Default)]
struct Script {
    answers: Vec<Answer>,
    requests: usize,
    keys: Vec<String>,
}

#[derive(Debug, Default)]
struct Scripts(Mutex<HashMap<String, Script>>);

impl Scripts {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Script>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(
        clippy::panic,
        reason = "a count of 0 for a misspelt name would let a test pass that proves nothing"
    )]
    fn look<T>(&self, name: &str, read: impl FnOnce(&Script) -> T) -> T {
        match self.lock().get(name) {
            Some(script) => read(script),
            None => panic!("there is no script named {name:?}"),
        }
    }

    /// Counts the request and picks its answer, with an id for it.
    fn next(&self, request: &ReceivedRequest) -> server::Answer {
        let name = request.path.split('/').nth(1).unwrap_or_default();
        let mut scripts = self.lock();
        let Some(script) = scripts.get_mut(name) else {
            return Answer::status(404).give(&Asked::new("req_unknown".to_owned(), request));
        };
        let answer = script
            .answers
            .get(script.requests)
            .or(script.answers.last())
            .cloned();
        script.requests = script.requests.saturating_add(1);
        let key = request.header("idempotency-key");
        script.keys.extend(key.map(ToOwned::to_owned));
        let id = format!("req_{name}_{}", script.requests);
        let answer = answer.unwrap_or(Answer::status(404));
        answer.give(&Asked::new(id, request))
    }
}
