//! The future of a call is `Send` exactly when that of the body is.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use async_trait::async_trait;
use resilient_runtime::{Backoff, Classify, Policy, Rejection, resilient};
use resilient_shapes::{Failure, Server};
use std::{cell::Cell, marker::PhantomData, rc::Rc, sync::Arc, time::Duration};
use tokio::task::yield_now;

/// Without waits, since the clock of this runtime is not paused.
const AT_ONCE: Policy = Policy::new().backoff(Backoff::fixed(Duration::ZERO));

#[derive(Clone, Default)]
struct Client {
    server: Arc<Server>,
    log: Vec<u8>,
    /// Makes a type `Send` and not `Sync`.
    cell: Cell<u8>,
}

#[derive(Clone, Default)]
struct Shared(Arc<Server>);

impl Shared {
    #[resilient(policy = AT_ONCE)]
    async fn by_ref(&self, prompt: String) -> Result<usize, Failure> {
        self.0.ask(prompt).await
    }

    #[resilient(policy = AT_ONCE)]
    async fn pointer(self: Arc<Self>) -> Result<usize, Failure> {
        self.0.ask("x").await
    }
}

impl Client {
    #[resilient(policy = AT_ONCE, context = attempt, fields(n = prompt.len()))]
    async fn by_mut(&mut self, prompt: String, buf: &mut Vec<u8>) -> Result<usize, Failure> {
        self.log.push(0);
        buf.push(0);
        yield_now().await;
        self.server
            .ask(format!("{prompt}{}", attempt.number()))
            .await
    }

    #[resilient(policy = AT_ONCE)]
    async fn moved(&mut self) -> Result<usize, Failure> {
        let this = self;
        this.log.push(0);
        yield_now().await;
        this.server.ask("x").await
    }

    #[resilient(policy = AT_ONCE)]
    async fn by_value(self, buf: &mut Vec<u8>, tail: String) -> Result<usize, Failure> {
        buf.push(0);
        yield_now().await;
        self.server.ask(format!("{}{tail}", self.cell.take())).await
    }

    #[resilient(policy = AT_ONCE)]
    fn boxed(
        &mut self,
        n: u8,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<usize, Failure>> + Send + '_>> {
        self.log.push(n);
        Box::pin(async move { self.server.ask(n).await })
    }
}

#[async_trait]
trait Api {
    async fn send(&mut self, prompt: String) -> Result<usize, Failure>;
}

#[async_trait]
impl Api for Client {
    #[resilient(policy = AT_ONCE)]
    async fn send(&mut self, prompt: String) -> Result<usize, Failure> {
        self.server.ask(prompt).await
    }
}

#[resilient(policy = AT_ONCE)]
async fn send_and_not_sync(server: Arc<Server>, n: Cell<u32>) -> Result<usize, Failure> {
    n.set(n.get() + 1);
    yield_now().await;
    server.ask(n.get()).await
}

#[resilient(policy = AT_ONCE)]
async fn pattern(server: &Server, (a, b): (Cell<u8>, u8)) -> Result<usize, Failure> {
    yield_now().await;
    server.ask(a.get() + b).await
}

#[resilient(policy = AT_ONCE)]
async fn of_any<T: Clone>(server: &Server, value: T) -> Result<T, Failure> {
    server.ask("x").await?;
    Ok(value)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_spawned_on_many_threads() {
    let spawned = [
        tokio::spawn(async { Shared::default().by_ref("x".to_owned()).await }),
        tokio::spawn(Arc::new(Shared::default()).pointer()),
        tokio::spawn(async { Client::default().by_mut("x".to_owned(), &mut vec![]).await }),
        tokio::spawn(async { Client::default().moved().await }),
        tokio::spawn(async {
            Client::default()
                .by_value(&mut vec![], "x".to_owned())
                .await
        }),
        tokio::spawn(async { Client::default().boxed(1).await }),
        tokio::spawn(async { Api::send(&mut Client::default(), "x".to_owned()).await }),
        tokio::spawn(send_and_not_sync(Arc::default(), Cell::new(1))),
        tokio::spawn(async { pattern(&Server::new(), (Cell::new(1), 2)).await }),
        tokio::spawn(async { of_any(&Server::new(), 3).await }),
    ];
    for task in spawned {
        assert_eq!(task.await.unwrap().unwrap(), 3);
    }
}

/// It is not `Send`, so a call keeps none during a wait.
#[derive(Debug, Classify)]
enum Local {
    #[classify(rate_limited)]
    Busy(PhantomData<Rc<()>>),
    #[classify(rejection)]
    Rejected(Rejection),
}

/// Whether a value is `Send`: an inherent method takes precedence over that of a trait if its
/// bounds hold.
struct Probe<T>(PhantomData<T>);

impl<T: Send> Probe<T> {
    #[expect(clippy::unused_self, reason = "found by method lookup")]
    const fn is_send(&self) -> bool {
        true
    }
}

trait Otherwise {
    fn is_send(&self) -> bool {
        false
    }
}

impl<T> Otherwise for Probe<T> {}

/// The probe for the type of this value.
fn probe<T>(_: &T) -> Probe<T> {
    Probe(PhantomData)
}

#[tokio::test(start_paused = true)]
async fn a_call_is_send_only_if_its_body_is() {
    #[resilient]
    async fn local_over_an_await(server: &Server) -> Result<usize, Failure> {
        let local = Rc::new(1);
        server.ask(&local).await
    }
    #[resilient]
    async fn local_before_an_await(server: &Server) -> Result<usize, Failure> {
        let text = Rc::new(1).to_string();
        server.ask(text).await
    }
    #[resilient(policy = AT_ONCE)]
    async fn local_error(server: &Server) -> Result<usize, Local> {
        let answer = server.ask("x").await;
        answer.map_err(|_| Local::Busy(PhantomData))
    }
    let server = Server::new();
    assert!(!probe(&local_over_an_await(&server)).is_send());
    let other = Server::new();
    assert!(probe(&local_error(&other)).is_send());
    assert_eq!(local_error(&other).await.unwrap(), 3);
    assert!(probe(&local_before_an_await(&server)).is_send());
    assert!(!probe(&of_any(&server, Rc::new(1))).is_send());
    assert!(probe(&of_any(&server, Cell::new(1))).is_send());
    assert_eq!(local_over_an_await(&server).await.unwrap(), 3);
    assert_eq!(local_before_an_await(&server).await.unwrap(), 4);
}
