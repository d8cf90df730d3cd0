//! The settings of sharing.

use crate::sharing::{Store, health::Health};
use std::{fmt, sync::Arc, time::Duration};

/// The default of [`Sharing::timeout`].
const TIMEOUT: Duration = Duration::from_millis(50);

/// Shares the state of upstreams with all replicas of the program, over a [`Store`]; see
/// [`Upstream::share`](crate::Upstream::share).
///
/// A clone uses the same store, and knows of its outages. Use one for all upstreams.
#[derive(Clone)]
pub struct Sharing {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) health: Arc<Health>,
    pub(crate) timeout: Duration,
    pub(crate) outage: Outage,
    pub(crate) replicas: u32,
    parts: u8,
}

/// A part of the state of an upstream that replicas share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// The limits of requests, tokens and concurrency, and what the headers of the server tell of
    /// them.
    Limits,
    /// The pause that a server asks of all its callers.
    Gate,
    /// The circuit breaker.
    Breaker,
    /// The caps.
    Caps,
    /// The balance of the retry budget. Not shared by default.
    Budget,
}

impl Part {
    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Behaviour while the store cannot be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outage {
    /// Each replica has an equal part of the limits: that of the replicas last known, or of
    /// [`Sharing::replicas`] if that is more.
    #[default]
    Share,
    /// Each replica has the whole limits. The server sees at most as many times the limit as there
    /// are replicas.
    Whole,
    /// Attempts wait for the store: until the deadline of their call, or for as long as the outage
    /// lasts if it has none. The refusal is of the class `throttled`, and names the store.
    Wait,
}

impl Sharing {
    /// Shares limits, gate, breaker and caps over this store.
    pub fn new(store: impl Store) -> Self {
        let parts = [Part::Limits, Part::Gate, Part::Breaker, Part::Caps];
        Self {
            store: Arc::new(store),
            health: Arc::new(Health::new()),
            timeout: TIMEOUT,
            outage: Outage::default(),
            replicas: 1,
            parts: parts.iter().fold(0, |parts, part| parts | part.bit()),
        }
    }

    /// Shares over Redis 5 or later, or Valkey: [`RedisStore`](crate::sharing::RedisStore). A
    /// `ConnectionManager` connects again by itself; the pauses between its tries become seconds,
    /// and with them the time until a new server is used, unless its `set_max_delay` bounds them.
    /// Over a cluster, each upstream and each key is on one node; while some nodes answer and
    /// others do not, the outage begins and ends again and again, with its events.
    #[cfg(feature = "redis")]
    pub fn redis<C>(connection: C) -> Self
    where
        C: redis::aio::ConnectionLike + Clone + Send + Sync + 'static,
    {
        Self::new(crate::sharing::RedisStore::new(connection))
    }

    /// Sets the longest time of one operation of the store, after which it counts as unreachable.
    /// Default: 50 ms. At least 1 ms.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.max(Duration::from_millis(1));
        self
    }

    /// Sets the behaviour while the store cannot be reached. Default: [`Outage::Share`].
    #[must_use]
    pub const fn outage(mut self, outage: Outage) -> Self {
        self.outage = outage;
        self
    }

    /// Sets the least number of replicas that is assumed while the store cannot be reached: a
    /// replica that starts during an outage knows of no others. Each then has that part of the
    /// limits, also if fewer run. Default: 1.
    #[must_use]
    pub const fn replicas(mut self, replicas: u32) -> Self {
        self.replicas = if replicas == 0 { 1 } else { replicas };
        self
    }

    /// Shares this part too.
    #[must_use]
    pub const fn with(mut self, part: Part) -> Self {
        self.parts |= part.bit();
        self
    }

    /// Does not share this part: each replica has its own.
    #[must_use]
    pub const fn without(mut self, part: Part) -> Self {
        self.parts &= !part.bit();
        self
    }

    pub(crate) const fn shares(&self, part: Part) -> bool {
        self.parts & part.bit() != 0
    }
}

impl fmt::Debug for Sharing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sharing")
            .field("timeout", &self.timeout)
            .field("outage", &self.outage)
            .field("replicas", &self.replicas)
            .finish_non_exhaustive()
    }
}
