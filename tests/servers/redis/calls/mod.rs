//! Calls of two replicas whose upstream is shared over a server, through its faults.
//!
//! Each fault is one [`Fleet`]: calls run all the time, none may fail, as many are let through as
//! the limit allows, and the events are those of the outage and hold no secret.

mod answers;
mod away;
mod server;
mod values;
mod wire;

use crate::SECOND;
use resilient_runtime::{
    CallError, Event, EventKind, Observation, Policy, Rate, Upstream, UpstreamConfig, call,
    observe, sharing::Sharing,
};
use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

const ONCE: Policy = Policy::new().attempts(1);

/// The key of all calls. No event and no error has it.
const KEY: &str = "canary-9913";

/// The limit of both replicas, in requests a second.
const PACE: u32 = 50;

/// The timeout of an operation. Long enough for a machine that is busy.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Texts of which none may be in an event: the key, the names of keys in the server, its address.
const SECRETS: [&str; 4] = [KEY, "resilient:", "127.0.0.1", "canary-7731"];

/// A replica of this upstream.
fn replica(name: &'static str, sharing: Sharing) -> Upstream {
    let mut config = UpstreamConfig::new(name);
    config.requests = Some(Rate::per_second(PACE.into()).burst(1));
    let upstream = Upstream::try_from(config).unwrap();
    upstream.share(sharing);
    upstream
}

/// The events of an upstream.
#[derive(Default)]
struct Seen {
    edges: Mutex<Vec<String>>,
    leaks: Mutex<Vec<String>>,
}

impl Seen {
    fn observe(self: &Arc<Self>, name: &'static str) -> Observation {
        let seen = Arc::clone(self);
        observe(move |event: &Event<'_>| {
            if event.upstream() == Some(name) {
                seen.take_in(event);
            }
        })
    }

    fn take_in(&self, event: &Event<'_>) {
        let text = format!("{:?}", event.kind);
        if SECRETS.iter().any(|secret| text.contains(secret)) {
            self.leaks.lock().unwrap().push(text);
        }
        let edge = match &event.kind {
            EventKind::StoreLost { reason, .. } => reason.to_string(),
            EventKind::StoreRestored { .. } => "restored".to_owned(),
            _ => return,
        };
        self.edges.lock().unwrap().push(edge);
    }

    fn edges(&self) -> Vec<String> {
        self.edges.lock().unwrap().clone()
    }

    fn leaks(&self) -> Vec<String> {
        self.leaks.lock().unwrap().clone()
    }

    async fn until(&self, edges: usize) {
        let begin = Instant::now();
        while self.edges().len() < edges {
            assert!(begin.elapsed() < SECOND * 30, "{:?}", self.edges());
            sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Two replicas that make calls until they are stopped, more than the limit has room for.
struct Fleet {
    seen: Arc<Seen>,
    observation: Observation,
    begin: Instant,
    sent: Arc<AtomicU32>,
    is_over: Arc<AtomicBool>,
    callers: JoinSet<()>,
}

impl Fleet {
    /// Each replica has a connection of its own.
    fn start(name: &'static str, sharings: [Sharing; 2]) -> Self {
        watch_panics();
        let seen = Arc::new(Seen::default());
        let observation = seen.observe(name);
        let mut fleet = Self {
            seen,
            observation,
            begin: Instant::now(),
            sent: Arc::default(),
            is_over: Arc::default(),
            callers: JoinSet::new(),
        };
        for sharing in sharings {
            let upstream = Arc::new(replica(name, sharing.timeout(TIMEOUT)));
            for _ in 0..4 {
                fleet.add_caller(&upstream);
            }
        }
        fleet
    }

    fn add_caller(&mut self, upstream: &Arc<Upstream>) {
        let upstream = Arc::clone(upstream);
        let (sent, is_over) = (Arc::clone(&self.sent), Arc::clone(&self.is_over));
        self.callers.spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                let outcome: Result<(), CallError<io::Error>> =
                    call!(upstream = &*upstream, key = KEY, policy = ONCE, async {
                        sent.fetch_add(1, Ordering::Relaxed);
                        Ok(())
                    })
                    .await;
                outcome.unwrap();
            }
        });
    }

    fn sent(&self) -> u32 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Waits until so many more calls were sent.
    async fn sends(&self, calls: u32) {
        let enough = self.sent() + calls;
        let begin = Instant::now();
        while self.sent() < enough {
            assert!(begin.elapsed() < SECOND * 30, "calls hang");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until both replicas have lost the store.
    async fn is_lost(&self) {
        self.seen.until(2).await;
    }

    /// Waits until both have it again.
    async fn is_restored(&self) {
        self.seen.until(4).await;
    }

    /// Ends the calls. No more were sent than `limits` times the limit, and a few.
    ///
    /// Returns the edges of both replicas.
    async fn end(mut self, limits: f64) -> Vec<String> {
        self.sends(10).await;
        self.is_over.store(true, Ordering::Relaxed);
        std::mem::take(&mut self.callers).join_all().await;
        self.observation.stop();
        let (sent, took) = (self.sent(), self.begin.elapsed());
        let most = f64::from(PACE) * took.as_secs_f64() * limits + 4.0;
        assert!(f64::from(sent) <= most, "{sent} in {took:?}");
        let leaks = self.seen.leaks();
        assert!(leaks.is_empty(), "{leaks:?}");
        assert_eq!(PANICS.load(Ordering::Relaxed), 0);
        let mut edges = self.seen.edges();
        edges.sort();
        edges
    }
}

/// The edges of one outage, as two replicas with this reason tell of it.
fn one_outage(reason: &str) -> Vec<String> {
    let mut edges = [reason, reason, "restored", "restored"].map(str::to_owned);
    edges.sort();
    edges.to_vec()
}

/// Panics inside of the library, of all tests of this process.
static PANICS: AtomicU32 = AtomicU32::new(0);

fn watch_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let file = info.location().map_or("", std::panic::Location::file);
            if file.contains("resilient-runtime") {
                PANICS.fetch_add(1, Ordering::Relaxed);
            }
            before(info);
        }));
    });
}
