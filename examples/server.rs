//! A chat-completions server that answers by script: real HTTP over loopback, no network needed.
//!
//! ```
//! use resilient_examples::{Answer, Server, client};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start().await?;
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
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub use crate::answer::Answer;
use crate::answer::Break;
use crate::body::Asked;

/// A server on a free port of 127.0.0.1. Scripts are independent, so tests may share one server.
///
/// Dropping it closes the port and all connections.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    scripts: Arc<Scripts>,
    _accepting: JoinSet<()>,
}

impl Server {
    /// Starts listening, on the tokio runtime this is called in.
    ///
    /// # Errors
    /// If the system has no free port.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let scripts = Arc::<Scripts>::default();
        let mut accepting = JoinSet::new();
        accepting.spawn(accept(listener, Arc::clone(&scripts)));
        Ok(Self {
            address,
            scripts,
            _accepting: accepting,
        })
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
        format!("http://{}/{name}", self.address)
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
    fn next(&self, path: &str, headers: &HeaderMap) -> (Answer, String) {
        let name = path.split('/').nth(1).unwrap_or_default();
        let mut scripts = self.lock();
        let Some(script) = scripts.get_mut(name) else {
            return (Answer::status(404), "req_unknown".to_owned());
        };
        let answer = script
            .answers
            .get(script.requests)
            .or(script.answers.last())
            .cloned();
        script.requests = script.requests.saturating_add(1);
        let key = headers
            .get("idempotency-key")
            .map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned());
        script.keys.extend(key);
        (
            answer.unwrap_or(Answer::status(404)),
            format!("req_{name}_{}", script.requests),
        )
    }
}

async fn accept(listener: TcpListener, scripts: Arc<Scripts>) {
    let mut connections = JoinSet::new();
    loop {
        // A connection that was closed before it was accepted does not stop the server.
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(serve(stream, Arc::clone(&scripts)));
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Hyper without a framework: it returns the socket if a request gets no response.
async fn serve(stream: TcpStream, scripts: Arc<Scripts>) {
    let service = service_fn(|request| answer(request, &scripts));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let Err(error) = (&mut connection).await else {
        return;
    };
    if let Some(end) = error.source().and_then(|source| source.downcast_ref()) {
        // The client may have closed the connection already.
        let _ = break_off(connection.into_parts().io.into_inner(), *end).await;
    }
}

async fn answer(
    request: Request<Incoming>,
    scripts: &Scripts,
) -> Result<Response<String>, Box<dyn Error + Send + Sync>> {
    let (head, body) = request.into_parts();
    let (answer, id) = scripts.next(head.uri.path(), &head.headers);
    // Read to the end: closing a socket with unread bytes would reset it, and `empty` must not.
    let body = body.collect().await?.to_bytes();
    Ok(answer.give(&Asked::new(id, &head.headers, &body)).await?)
}

async fn break_off(mut stream: TcpStream, end: Break) -> io::Result<()> {
    match end {
        // Closing a socket with a linger time of zero sends RST instead of FIN.
        Break::Reset => stream.set_zero_linger(),
        Break::Empty => Ok(()),
        Break::Cut => {
            let head =
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 512\r\n\r\n";
            stream.write_all(head).await?;
            stream
                .write_all(br#"{"id":"chatcmpl-cut","object":"chat.completion","choices":[{"#)
                .await
        }
    }
}
