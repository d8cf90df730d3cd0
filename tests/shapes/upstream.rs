//! `upstream`, `key`, `cost`, and the limits of a single function.
#![allow(clippy::items_after_statements, clippy::unwrap_used, reason = "tests")]

use resilient_runtime::{
    Budget, Class, Classify as _, Concurrency, Policy, Rate, Upstream, resilient,
};
use resilient_shapes::{Failure, Server};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

static OPENAI: Upstream = Upstream::new("openai")
    .policy(Policy::new().attempts(2))
    .concurrency(Concurrency::new(4));

struct Client {
    server: Server,
    upstream: Arc<Upstream>,
    tenant: String,
    log: Vec<u8>,
}

fn client(upstream: Upstream) -> Client {
    Client {
        server: Server::new(),
        upstream: Arc::new(upstream),
        tenant: "t".to_owned(),
        log: Vec::new(),
    }
}

impl Client {
    #[resilient(upstream = OPENAI)]
    async fn with_static(&self) -> Result<usize, Failure> {
        self.server.ask("x").await
    }

    #[resilient(upstream = self.upstream, key = self.tenant, cost = u64::from(n), attempts = 3)]
    async fn by_mut(&mut self, prompt: String, n: u32) -> Result<String, Failure> {
        self.log.push(0);
        self.server.ask(&prompt).await?;
        Ok(prompt)
    }

    #[resilient(upstream = self.upstream, key = format!("{}{n}", self.tenant), cost = 2)]
    async fn by_ref(&self, n: u8) -> Result<usize, Failure> {
        self.server.ask(n).await
    }

    #[resilient(upstream = self.upstream, key = self.tenant)]
    async fn shared(self: Arc<Self>) -> Result<usize, Failure> {
        self.server.ask("x").await
    }
}

#[tokio::test(start_paused = true)]
async fn the_policy_of_the_upstream_is_the_layer_below() {
    let client = client(Upstream::new("u"));
    client.with_static().await.unwrap_err();
    assert_eq!(client.server.asked().len(), 2);

    #[resilient(upstream = OPENAI, attempts = 3)]
    async fn more(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
    assert_eq!(more(&Server::new()).await.unwrap(), 3);

    #[resilient(upstream = OPENAI, policy = Policy::new().attempts(3))]
    async fn other(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
    assert_eq!(other(&Server::new()).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_upstream_in_a_field_leaves_self_to_the_body() {
    let mut by_mut = client(Upstream::new("u"));
    let asked = by_mut.by_mut("p".to_owned(), 1).await;
    assert_eq!(asked.unwrap(), "p");
    assert_eq!(by_mut.log.len(), 3);
    assert_eq!(Arc::strong_count(&by_mut.upstream), 1);

    assert_eq!(client(Upstream::new("u")).by_ref(1).await.unwrap(), 3);
    let shared = Arc::new(client(Upstream::new("u")));
    assert_eq!(shared.shared().await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn references_and_arguments_name_an_upstream_too() {
    #[resilient(upstream = upstream, key = tenant)]
    async fn borrowed(
        server: &Server,
        upstream: &Upstream,
        tenant: &str,
    ) -> Result<usize, Failure> {
        server.ask(tenant).await
    }
    #[resilient(upstream = upstream, key = tenant, attempts = 4)]
    async fn owned<T: AsRef<str> + Clone>(
        server: &Server,
        upstream: Arc<Upstream>,
        tenant: T,
    ) -> Result<usize, Failure> {
        drop(upstream);
        server.ask(tenant.as_ref()).await
    }
    let upstream = Upstream::new("u");
    let server = Server::new();
    assert_eq!(borrowed(&server, &upstream, "t").await.unwrap(), 3);
    assert_eq!(server.asked(), ["t"; 3]);
    let server = Server::new();
    let asked = owned(&server, Arc::new(upstream), "t".to_owned()).await;
    assert_eq!(asked.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn every_key_has_its_own_limit() {
    static LIMITED: Upstream = Upstream::new("limited").requests(Rate::per_minute(1));

    #[resilient(upstream = LIMITED, key = key)]
    async fn call(key: &str) -> Result<(), Failure> {
        let _ = key;
        Ok(())
    }
    let start = Instant::now();
    call("a").await.unwrap();
    call("b").await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 0);
    call("a").await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_function_has_limits_of_its_own() {
    #[resilient(requests = "1/min")]
    async fn requests() -> Result<(), Failure> {
        Ok(())
    }
    let start = Instant::now();
    requests().await.unwrap();
    requests().await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 60);

    #[resilient(tokens = "100/min", cost = size)]
    async fn tokens(size: u64) -> Result<(), Failure> {
        let _ = size;
        Ok(())
    }
    let start = Instant::now();
    tokens(100).await.unwrap();
    tokens(50).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 30);

    #[resilient(concurrency = 1)]
    async fn one_at_a_time() -> Result<(), Failure> {
        tokio::time::sleep(Duration::from_secs(7)).await;
        Ok(())
    }
    let start = Instant::now();
    let (a, b) = tokio::join!(one_at_a_time(), one_at_a_time());
    a.unwrap();
    b.unwrap();
    assert_eq!(start.elapsed().as_secs(), 14);
}

#[tokio::test(start_paused = true)]
async fn a_line_has_an_end() {
    #[resilient(concurrency(1, queue = 0))]
    async fn call() -> Result<(), Failure> {
        tokio::time::sleep(Duration::from_secs(7)).await;
        Ok(())
    }
    let (a, b) = tokio::join!(call(), call());
    a.unwrap();
    assert_eq!(b.unwrap_err().classify().class, Class::AtCapacity);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_opens() {
    #[resilient(attempts = 1, breaker(consecutive = 2, break_duration = "10s"))]
    async fn call(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
    let server = Server::new();
    call(&server).await.unwrap_err();
    call(&server).await.unwrap_err();
    let refused = call(&server).await.unwrap_err().classify();
    assert_eq!(refused.class, Class::CircuitOpen);
    assert_eq!(server.asked().len(), 2);
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(call(&server).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn every_setting_reaches_the_upstream() {
    const BURST: u64 = 3;
    const LEASE: Duration = Duration::from_secs(30);
    const TOKENS: Rate = Rate::per_minute(500);
    const LEAST: u32 = 2;

    #[resilient(
        breaker(
            failure_ratio = 0.5, window = "20s", min_calls = 10, consecutive = 5, slow = "10s", slow_ratio = 1,
            break_duration = "1s", max_break_duration = "2m", factor = 1.5, half_open_probes = 64, probe_timeout = LEASE,
        ),
        requests("600/h", burst = BURST),
        tokens = TOKENS,
        concurrency(min = LEAST, max = 64, queue = 0),
        cost = 1,
        budget = "10%",
    )]
    async fn call(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
    assert_eq!(call(&Server::new()).await.unwrap(), 3);

    #[resilient(breaker, tokens(TOKENS, burst = 5), concurrency(Concurrency::DEFAULT_QUEUE), budget = Budget::percent(5))]
    async fn by_default(server: &Server) -> Result<usize, Failure> {
        server.ask("x").await
    }
    assert_eq!(by_default(&Server::new()).await.unwrap(), 3);
}

#[tokio::test]
async fn the_future_is_send() {
    const AT_ONCE: Policy = Policy::new().attempts(1);
    #[resilient(policy = AT_ONCE, upstream = upstream, key = tenant)]
    async fn call(upstream: Arc<Upstream>, tenant: String) -> Result<usize, Failure> {
        tokio::task::yield_now().await;
        Ok(tenant.len())
    }
    let upstream = Arc::new(Upstream::new("u").concurrency(Concurrency::new(2)));
    let called = tokio::spawn(call(upstream, "t".to_owned()));
    assert_eq!(called.await.unwrap().unwrap(), 1);
}
