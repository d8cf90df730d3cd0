//! A real server on loopback that fails by script: answers of real providers, broken connections,
//! slow and malformed bodies, faults of HTTP/2, a wrong certificate.
//!
//! ```
//! use resilient_runtime::testing::server::{FaultyServer, ok, reset, status};
//! # use std::io;
//! # use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
//! # /// Stands for the function under test: the answer, from the status on.
//! # async fn ask(url: &str) -> io::Result<String> {
//! #     let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
//! #     let mut stream = tokio::net::TcpStream::connect(host).await?;
//! #     let head = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
//! #     stream.write_all(head.as_bytes()).await?;
//! #     let mut answer = String::new();
//! #     stream.read_to_string(&mut answer).await?;
//! #     Ok(answer.split_off("HTTP/1.1 ".len()))
//! # }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let server = FaultyServer::start().await;
//! server.answer([status(503), reset(), ok("hello")]); // one for each request, in this order
//!
//! let url = server.url_of("/greeting");
//! assert!(ask(&url).await.unwrap().starts_with("503 Service Unavailable"));
//! assert_eq!(ask(&url).await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
//! assert!(ask(&url).await.unwrap().ends_with("hello"));
//!
//! assert_eq!(server.requests().await.len(), 3);
//! server.assert_used_up();
//! # }
//! ```
//!
//! # Which answer a request gets
//!
//! 1. The script is that of the longest path that the request's path equals or is below of.
//!    [`FaultyServer`] itself has the script of `/`, [`FaultyServer::at`] that of any other path.
//! 2. There, one of the answers of [`sometimes`](FaultyServer::sometimes), at random;
//! 3. otherwise the next of the script ([`answer`](FaultyServer::answer));
//! 4. otherwise the answer of [`otherwise`](FaultyServer::otherwise).
//! 5. Otherwise a 400, which no client retries, with a body that says what is missing.
//!
//! # Answers
//!
//! | answer | on the wire | class at the client |
//! |---|---|---|
//! | [`ok`], [`status`], [`sse`], [`openai`], [`anthropic`], [`gemini`] | a response | by status, headers and body |
//! | [`respond`] | any of these, chosen by a function | |
//! | [`hang`] | no answer | `timeout` |
//! | [`reset`] | RST before an answer | `network` |
//! | [`close`] | FIN before an answer | `network` |
//! | [`goaway`], [`refused_stream`] | HTTP/2: the request was not processed | `network`, which is retried also if not idempotent |
//! | [`half_body`](Answer::half_body), [`cut`](Answer::cut) | FIN within the body | `network` |
//! | [`reset_in_body`](Answer::reset_in_body) | RST within the body | `network` |
//! | [`stall`](Answer::stall) | the body never ends | `timeout` |
//! | [`keep_alives`](Answer::keep_alives) | a stream of nothing but comments | `timeout` |
//! | [`malformed_chunk`](Answer::malformed_chunk) | a chunk without a size | `network` |
//! | [`content_length`](Answer::content_length) | another length than the body has | `network` if larger; smaller cuts the body |
//! | [`delay`](Answer::delay), [`delay_in_body`](Answer::delay_in_body), [`trickle`](Answer::trickle) | a slow answer | `timeout` if too slow |
//! | [`https_url`](FaultyServer::https_url) | a certificate that no client trusts | `cannot_connect` |
//!
//! A failed response keeps its status: a body that breaks off does not change the class of
//! the error.
//!
//! # Protocols
//!
//! The first bytes of a connection tell HTTP/1.1, HTTP/2 without TLS (`http2_prior_knowledge` of
//! reqwest) and TLS from each other. Clients may repeat requests by themselves: reqwest repeats one
//! that was refused by HTTP/2 up to two times, and hyper one that a reused connection did not take.
//!
//! The server's delays use tokio's clock. A paused clock jumps to the next timer while bytes are on
//! their way, so tests with sockets do not pause it. A client that blocks its thread needs
//! `#[tokio::test(flavor = "multi_thread")]`.

mod answer;
mod body;
mod connection;
mod failure;
mod http1;
mod http2;
mod path;
mod providers;
mod request;
mod response;
mod script;
mod tls;

pub use answer::{Answer, close, goaway, hang, ok, refused_stream, reset, respond, sse, status};
pub use path::ServerPath;
pub use providers::{anthropic, gemini, openai};
pub use request::ReceivedRequest;

use connection::Shared;
use std::{net::SocketAddr, sync::Arc};
use tokio::{net::TcpListener, task::JoinSet};

/// A server on a free port of 127.0.0.1, which answers by script and records its requests. The
/// [module](self) has an example, and a table of all faults.
///
/// It runs on the runtime in which it was started. Dropping it closes its port and ends its
/// connections.
#[derive(Debug)]
pub struct FaultyServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    _accepting: JoinSet<()>,
}

impl FaultyServer {
    /// Starts a server, which has no answers yet.
    ///
    /// # Panics
    /// Panics if no port of 127.0.0.1 is free.
    pub async fn start() -> Self {
        let listening = async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            Ok::<_, std::io::Error>((listener.local_addr()?, listener))
        };
        let (address, listener) = match listening.await {
            Ok(listening) => listening,
            Err(error) => fail(&format!("FaultyServer cannot listen on 127.0.0.1: {error}")),
        };
        let shared = Arc::new(Shared::new(listener));
        let mut accepting = JoinSet::new();
        accepting.spawn(connection::accept(Arc::clone(&shared)));
        Self {
            address,
            shared,
            _accepting: accepting,
        }
    }

    /// The base URL, without a slash at its end: `http://127.0.0.1:34567`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URL of a path, which may have a query.
    ///
    /// # Panics
    /// Panics if `path` does not begin with `/`.
    #[track_caller]
    pub fn url_of(&self, path: &str) -> String {
        if !path.starts_with('/') {
            fail(&format!("the path {path:?} has to begin with '/'"));
        }
        format!("{}{path}", self.url())
    }

    /// The base URL with `https`. The certificate is self-signed, and for another host: the
    /// handshake fails at every client that checks it. No request is recorded then.
    ///
    /// # Panics
    /// Panics if rustls has no crypto provider, or more than one to choose from; the message says
    /// how to choose one.
    pub fn https_url(&self) -> String {
        self.shared.tls();
        format!("https://{}", self.address)
    }

    /// The script of a path, and of all paths below it that have none of their own.
    ///
    /// ```
    /// # use resilient_runtime::testing::server::{FaultyServer, ok, status};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let server = FaultyServer::start().await;
    /// server.at("/v1/models").otherwise(ok("[]"));
    /// server.at("/v1").answer(status(404)); // for `/v1/chat` and others
    /// # }
    /// ```
    ///
    /// # Panics
    /// Panics if `path` does not begin with `/`, or has a query.
    #[track_caller]
    pub fn at(&self, path: &str) -> ServerPath<'_> {
        ServerPath::new(self, path)
    }

    /// Adds answers to the script: each is for one request, in this order.
    ///
    /// ```
    /// # use resilient_runtime::testing::server::{FaultyServer, ok, status};
    /// # use std::time::Duration;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let server = FaultyServer::start().await;
    /// server.answer(status(429).retry_after(Duration::from_secs(1)));
    /// server.answer([status(503).times(3), ok("hello")]);
    /// # }
    /// ```
    pub fn answer(&self, answers: impl IntoIterator<Item = Answer>) -> &Self {
        self.at("/").answer(answers);
        self
    }

    /// The answer to each request for which the script has none. The last call counts.
    pub fn otherwise(&self, answer: Answer) -> &Self {
        self.at("/").otherwise(answer);
        self
    }

    /// Answers a share of the requests at random, without using up the script: each answer with its
    /// rate from 0 to 1. With the same seed, requests in the same order get the same answers. The
    /// last call counts.
    ///
    /// ```
    /// # use resilient_runtime::testing::server::{FaultyServer, ok, reset, status};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let server = FaultyServer::start().await;
    /// server.sometimes(7, [(0.2, status(503)), (0.05, reset())]).otherwise(ok("hello"));
    /// # }
    /// ```
    ///
    /// # Panics
    /// Panics if a rate is not from 0 to 1, or their sum exceeds 1.
    #[track_caller]
    pub fn sometimes(&self, seed: u64, rates: impl IntoIterator<Item = (f64, Answer)>) -> &Self {
        self.at("/").sometimes(seed, rates);
        self
    }

    /// The requests that have arrived so far, with their bodies, in the order of their arrival. A
    /// request is recorded before it is answered.
    pub async fn requests(&self) -> Vec<ReceivedRequest> {
        self.at("/").requests().await
    }

    /// Forgets all scripts, also of other paths, and the requests so far.
    pub fn clear(&self) {
        self.at("/").clear();
    }

    /// Asserts that each script was used up, and that each request had an answer.
    ///
    /// # Panics
    /// Panics otherwise, and names the answers that are left and the requests without one.
    #[track_caller]
    pub fn assert_used_up(&self) {
        self.at("/").assert_used_up();
    }
}

/// The port is closed here, and not when the runtime gets to end the task.
impl Drop for FaultyServer {
    fn drop(&mut self) {
        self.shared.close();
    }
}

/// Fails the test.
#[expect(clippy::panic, reason = "a mistake of a test fails it")]
#[track_caller]
pub(super) fn fail(message: &str) -> ! {
    panic!("{message}")
}
