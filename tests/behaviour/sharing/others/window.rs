//! A count for each minute of the clock (Envoy's ratelimit; litellm, whose minute begins with its
//! first request). Each call increments it. A refused caller is told when the minute ends.

use super::{super::MINUTE, Polled, Server};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// The end of the minute, and its count.
type Count = (Instant, u64);

pub(super) struct FixedWindow {
    server: Arc<Server<Count>>,
    limit: u64,
}

impl FixedWindow {
    pub(super) fn server() -> Arc<Server<Count>> {
        Arc::new(Server::new((Instant::now() + MINUTE, 0)))
    }

    pub(super) fn new(server: &Arc<Server<Count>>, limit: u64) -> Self {
        Self {
            server: Arc::clone(server),
            limit,
        }
    }
}

impl Polled for FixedWindow {
    async fn ask(&self) -> Result<(), Duration> {
        let increment = |(end, count): &mut Count| {
            let now = Instant::now();
            while *end <= now {
                (*end, *count) = (*end + MINUTE, 0);
            }
            *count += 1;
            if *count <= self.limit {
                Ok(())
            } else {
                Err(*end - now)
            }
        };
        self.server.operate(increment).await
    }
}
