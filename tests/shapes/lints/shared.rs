//! Shared limits, hedges and fallbacks.

use crate::{Failure, Server};
use resilient_runtime::{Budget, Concurrency, Upstream, resilient};
use std::sync::Arc;

/// An upstream in a static.
pub static UPSTREAM: Upstream = Upstream::new("lints").concurrency(Concurrency::new(2));

/// A client of an upstream.
#[derive(Debug, Clone)]
pub struct Shared {
    server: Arc<Server>,
    upstream: Arc<Upstream>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            server: Arc::default(),
            upstream: Arc::new(Upstream::new("shared")),
        }
    }
}

impl Shared {
    /// All arguments about an upstream.
    ///
    /// # Errors
    /// Those of the server.
    #[resilient(upstream = self.upstream, key = text, cost = 100_000, budget = Budget::NONE)]
    pub async fn key(&mut self, text: String) -> Result<usize, Failure> {
        self.server.ask(text).await
    }

    /// A hedge and a fallback.
    ///
    /// # Errors
    /// Those of the server.
    #[resilient(upstream = UPSTREAM, attempts = 3, hedge(after = "p95", max = 2), fallback = Self::other)]
    pub async fn hedged(self, text: String, (a, mut b): (u8, u8), _: u8) -> Result<usize, Failure> {
        b = b.max(a);
        self.server.ask(format!("{text}{b}")).await
    }

    async fn other(
        self,
        text: String,
        (a, b): (u8, u8),
        unused: u8,
        error: Failure,
    ) -> Result<usize, Failure> {
        let asked = self.server.ask(format!("{text}{a}{b}{unused}")).await;
        asked.map_err(|_| error)
    }

    /// Fallbacks for classes.
    ///
    /// # Errors
    /// Those of the server.
    #[resilient(attempts = 2, fallback(server_error = |_, list: &mut Vec<u8>, _| Ok(list.len()), overloaded = |_, _, error| Err(error), other = |_, _, error| Err(error)))]
    pub async fn by_class(&mut self, log: &mut Vec<u8>) -> Result<usize, Failure> {
        log.push(1);
        self.server.ask("x").await
    }

    /// Fallbacks for classes, and none for others.
    ///
    /// # Errors
    /// Those of the server.
    #[resilient(attempts = 2, fallback(server_error = |_, error| Err(error), overloaded = Self::none))]
    pub async fn by_some_classes(&self) -> Result<usize, Failure> {
        self.server.ask("x").await
    }

    async fn none(&self, error: Failure) -> Result<usize, Failure> {
        self.server.ask("x").await.map_err(|_| error)
    }
}

/// All limits of a single function.
///
/// # Errors
/// Those of the server.
#[resilient(
    breaker(
        failure_ratio = 0.5,
        window = "10s",
        min_calls = 20,
        consecutive = 5,
        slow = "12345678s",
        slow_ratio = 1,
        break_duration = "5s",
        max_break_duration = "1m",
        factor = 2,
        half_open_probes = 3,
        probe_timeout = "1m",
    ),
    requests("10000/s", burst = 200000),
    tokens = "200000/min",
    concurrency(8, queue = 100_000),
    cost = 100_000,
    budget = "20%"
)]
pub async fn limits(server: &Server) -> Result<usize, Failure> {
    server.ask("x").await
}
