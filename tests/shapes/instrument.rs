//! `#[tracing::instrument]` above and below.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::resilient;
use resilient_shapes::{Failure, Server};
use std::sync::{Arc, Mutex};
use tracing::{
    Event, Metadata, Subscriber, instrument,
    span::{Attributes, Id, Record},
    subscriber::DefaultGuard,
};

/// The names of all spans but those of attempts, in order, with their fields.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<String>>>);

impl Spans {
    /// The spans of this thread from now on.
    fn listen() -> (Self, DefaultGuard) {
        let spans = Self::default();
        let guard = tracing::subscriber::set_default(spans.clone());
        (spans, guard)
    }

    fn names(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Subscriber for Spans {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let fields: Vec<_> = span
            .fields()
            .iter()
            .map(|field| format!(" {field}"))
            .collect();
        let name = span.metadata().name();
        if name != "attempt" {
            let line = format!("{name}{}", fields.concat());
            self.0.lock().unwrap().push(line);
        }
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Debug, Default)]
struct Client {
    server: Server,
    log: Vec<u8>,
}

impl Client {
    #[instrument(skip_all)]
    #[resilient]
    async fn above(&mut self, prompt: String) -> Result<String, Failure> {
        self.log.push(0);
        self.server
            .ask(format!("{prompt}{}", self.log.len()))
            .await?;
        Ok(prompt)
    }

    #[resilient]
    #[instrument(skip_all, err, ret)]
    async fn below(&mut self, prompt: String) -> Result<String, Failure> {
        self.log.push(0);
        self.server
            .ask(format!("{prompt}{}", self.log.len()))
            .await?;
        Ok(prompt)
    }

    #[instrument(skip(self), err)]
    #[resilient]
    #[expect(dead_code, reason = "compiled, not run")]
    async fn above_by_value(self, mut n: u8) -> Result<Vec<u8>, Failure>
    where
        Self: Clone,
    {
        n += 1;
        self.server.ask(n).await?;
        Ok(self.log)
    }
}

impl Clone for Client {
    fn clone(&self) -> Self {
        Self {
            server: Server::new(),
            log: self.log.clone(),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn instrument_above_gives_a_span_to_each_attempt() {
    let (spans, _guard) = Spans::listen();
    let mut client = Client::default();
    assert_eq!(client.above("hi".to_owned()).await.unwrap(), "hi");
    assert_eq!(client.server.asked(), ["hi1", "hi2", "hi3"]);
    assert_eq!(
        spans.names(),
        ["resilient otel.name", "above", "above", "above"]
    );
}

#[tokio::test(start_paused = true)]
async fn instrument_below_gives_a_span_to_the_call() {
    let (spans, _guard) = Spans::listen();
    let mut client = Client::default();
    assert_eq!(client.below("hi".to_owned()).await.unwrap(), "hi");
    assert_eq!(client.server.asked(), ["hi1", "hi2", "hi3"]);
    assert_eq!(spans.names(), ["below", "resilient otel.name"]);
}

#[tokio::test(start_paused = true)]
async fn instrument_on_functions() {
    #[instrument(fields(extra = prompt.len()))]
    #[resilient]
    async fn above(server: &Server, prompt: String, log: &mut Vec<u8>) -> Result<String, Failure> {
        log.push(0);
        server.ask(format!("{prompt}{}", log.len())).await?;
        Ok(prompt)
    }
    #[resilient]
    #[instrument(level = "debug", skip(server))]
    async fn below(server: &Server, prompt: String, mut n: u8) -> Result<String, Failure> {
        n += 1;
        server.ask(format!("{prompt}{n}")).await?;
        Ok(prompt)
    }
    let (spans, _guard) = Spans::listen();
    let server = Server::new();
    assert_eq!(
        above(&server, "hi".to_owned(), &mut vec![]).await.unwrap(),
        "hi"
    );
    assert_eq!(server.asked(), ["hi1", "hi2", "hi3"]);
    assert_eq!(
        below(&Server::new(), "hi".to_owned(), 1).await.unwrap(),
        "hi"
    );
    assert_eq!(
        spans.names(),
        [
            "resilient otel.name",
            "above server prompt log extra",
            "above server prompt log extra",
            "above server prompt log extra",
            "below prompt n",
            "resilient otel.name",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn instrument_on_methods_of_async_trait() {
    #[async_trait::async_trait]
    trait Api {
        async fn above(&mut self, prompt: String) -> Result<usize, Failure>;
        async fn below(&mut self, prompt: String) -> Result<usize, Failure>;
    }
    #[async_trait::async_trait]
    impl Api for Client {
        #[instrument(skip_all)]
        #[resilient]
        async fn above(&mut self, prompt: String) -> Result<usize, Failure> {
            self.server.ask(prompt).await
        }
        #[resilient]
        #[instrument(skip_all)]
        async fn below(&mut self, prompt: String) -> Result<usize, Failure> {
            self.server.ask(prompt).await
        }
    }
    let mut client = Client::default();
    assert_eq!(Api::above(&mut client, "hi".to_owned()).await.unwrap(), 3);
    let mut client = Client::default();
    assert_eq!(Api::below(&mut client, "hi".to_owned()).await.unwrap(), 3);
}
