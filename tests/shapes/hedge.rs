//! `hedge`: a slow attempt is run a second time in parallel.
#![allow(clippy::items_after_statements, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::{Concurrency, Upstream, resilient};
use resilient_shapes::Failure;
use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Answers the second request, and never the first.
#[derive(Debug, Default)]
struct Stuck(AtomicUsize);

impl Stuck {
    async fn ask(&self, what: impl Into<String>) -> Result<String, Failure> {
        let what = what.into();
        match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => pending().await,
            nth => Ok(format!("{what} {nth}")),
        }
    }

    fn asked(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Clone, Default)]
struct Client {
    stuck: Arc<Stuck>,
    name: String,
}

impl Client {
    #[resilient(hedge(after = "800ms"))]
    async fn by_ref(&self, prompt: String, (a, b): (u8, u8)) -> Result<String, Failure> {
        self.stuck.ask(prompt + &a.max(b).to_string()).await
    }

    #[resilient(hedge(after = "800ms"))]
    async fn by_value(mut self, prompt: String) -> Result<String, Failure> {
        self.name.push('+');
        let Self { stuck, name } = self;
        stuck.ask(prompt + &name).await
    }

    #[resilient(hedge(after = "800ms"), by_ref(self, prompt))]
    async fn by_value_borrowed(self, prompt: String) -> Result<String, Failure> {
        self.stuck.ask(prompt.as_str()).await
    }

    #[resilient(hedge(after = "800ms"))]
    async fn shared(self: Arc<Self>, mut text: &str) -> Result<String, Failure> {
        text = text.get(1..).unwrap_or_default();
        self.stuck.ask(text).await
    }
}

#[tokio::test(start_paused = true)]
async fn every_run_has_the_original_arguments() {
    let client = Client::default();
    let asked = client.by_ref("p".to_owned(), (1, 2)).await;
    assert_eq!(asked.unwrap(), "p2 1");
    assert_eq!(client.stuck.asked(), 2);

    let asked = Client::default().by_value("p".to_owned()).await;
    assert_eq!(asked.unwrap(), "p+ 1");

    let asked = Client::default().by_value_borrowed("p".to_owned()).await;
    assert_eq!(asked.unwrap(), "p 1");

    let asked = Arc::new(Client::default()).shared("_t").await;
    assert_eq!(asked.unwrap(), "t 1");
}

#[tokio::test(start_paused = true)]
async fn it_goes_with_the_other_arguments() {
    static UPSTREAM: Upstream = Upstream::new("hedged").concurrency(Concurrency::new(2));

    #[resilient(
        hedge(after = "800ms", max = 2),
        upstream = UPSTREAM,
        context = attempt,
        fallback = other,
        timeout = "2s",
    )]
    async fn call<T: Clone + ToString>(stuck: &Stuck, value: T) -> Result<String, Failure> {
        stuck
            .ask(format!("{} {}", value.to_string(), attempt.number()))
            .await
    }
    fn other<T>(_: &Stuck, _: T, error: Failure) -> Result<String, Failure> {
        Err(error)
    }
    assert_eq!(call(&Stuck::default(), 7).await.unwrap(), "7 1 1");
}

#[tokio::test(start_paused = true)]
async fn a_latency_that_is_not_known_yet_is_no_hedge() {
    #[resilient(hedge(after = "p99.9"), timeout = "1s", attempts = 2)]
    async fn call(stuck: &Stuck) -> Result<String, Failure> {
        stuck.ask("x").await
    }
    assert_eq!(call(&Stuck::default()).await.unwrap(), "x 1");
}

#[tokio::test]
async fn its_future_is_send() {
    fn is_send<F: Future + Send>(future: F) -> F {
        future
    }
    let client = Client::default();
    client.stuck.0.store(1, Ordering::Relaxed);
    let asked = is_send(client.by_ref("p".to_owned(), (1, 2)));
    assert_eq!(asked.await.unwrap(), "p2 1");
    let asked = tokio::spawn(Arc::new(client).shared("_t"));
    assert_eq!(asked.await.unwrap().unwrap(), "t 2");
}

#[async_trait::async_trait]
trait Ask {
    async fn ask(&self, prompt: String) -> Result<String, Failure>;
}

#[async_trait::async_trait]
impl Ask for Client {
    #[resilient(hedge(after = "800ms"))]
    async fn ask(&self, prompt: String) -> Result<String, Failure> {
        self.stuck.ask(prompt).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_boxed_method_and_a_future_are_hedged_too() {
    let client: Box<dyn Ask> = Box::new(Client::default());
    assert_eq!(client.ask("p".to_owned()).await.unwrap(), "p 1");

    #[resilient(hedge(after = "800ms"))]
    fn future(stuck: Arc<Stuck>) -> impl Future<Output = Result<String, Failure>> + Send {
        async move { stuck.ask("f").await }
    }
    assert_eq!(future(Arc::default()).await.unwrap(), "f 1");
}
