//! A time of arrival in the server, checked by each call (`redis_rate`, redis-cell). A refused
//! caller is told when the next one can be let through, as are all others. The burst is that of
//! this library: with their default, the whole limit, a minute can have twice the limit.

use super::{Polled, Server};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

pub(super) struct Gcra {
    /// The theoretical arrival time.
    server: Arc<Server<Instant>>,
    interval: Duration,
    burst: u32,
    /// Waits are told in multiples of it: `redis-cell` has whole seconds. It rounds them down, to a
    /// wait of zero; here they are rounded up.
    unit: Duration,
}

impl Gcra {
    pub(super) fn server() -> Arc<Server<Instant>> {
        Arc::new(Server::new(Instant::now()))
    }

    pub(super) fn new(server: &Arc<Server<Instant>>, limit: u64, unit: Duration) -> Self {
        Self {
            server: Arc::clone(server),
            interval: Duration::from_secs(60) / u32::try_from(limit).unwrap(),
            burst: u32::try_from(limit / 60).unwrap(),
            unit,
        }
    }
}

impl Polled for Gcra {
    async fn ask(&self) -> Result<(), Duration> {
        let check = |tat: &mut Instant| {
            let now = Instant::now();
            let next = (*tat).max(now) + self.interval;
            let wait = next.saturating_duration_since(now + self.interval * self.burst);
            if wait.is_zero() {
                *tat = next;
                return Ok(());
            }
            let units = wait.as_nanos().div_ceil(self.unit.as_nanos());
            Err(self.unit * u32::try_from(units).unwrap())
        };
        self.server.operate(check).await
    }
}
