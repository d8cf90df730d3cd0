//! A fleet of replicas with a demand of its own for each, in simulated time.
#![allow(clippy::cast_precision_loss, reason = "counts of calls")]

use super::{MILLI, MINUTE, ONCE, SECOND, replica};
use resilient_runtime::{Rate, Upstream, sharing::Sharing, testing::MemoryStore};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

/// A way to keep to a limit of requests, on one replica.
pub(super) trait Way: Send + Sync + 'static {
    /// Waits until a caller may send, for as long as it has patience. Returns the moment at which
    /// it sends.
    fn send(&self, patience: Duration) -> impl Future<Output = Option<Instant>> + Send;
}

impl Way for Upstream {
    async fn send(&self, patience: Duration) -> Option<Instant> {
        super::sent(self, ONCE.deadline(patience)).await
    }
}

/// A run of a fleet.
pub(super) struct Run {
    /// The limit, in requests a minute.
    pub(super) limit: u64,
    /// The part of the limit that each replica wants.
    pub(super) demand: Vec<f64>,
    pub(super) lasts: Duration,
    /// The patience of a caller.
    pub(super) deadline: Duration,
}

/// The outcome of a run.
#[derive(Debug)]
pub(super) struct Figures {
    /// The most requests in a minute, as a part of the limit.
    pub(super) worst_minute: f64,
    /// The most requests in a second, as a multiple of the pace.
    pub(super) worst_second: f64,
    /// The requests of the whole run, as a part of the limit.
    pub(super) used: f64,
    /// Operations of the store for each call that came.
    pub(super) trips: f64,
    pub(super) admitted: u64,
    pub(super) arrivals: u64,
}

impl Run {
    pub(super) fn evenly(limit: u64, replicas: u32, demand: f64) -> Self {
        Self {
            limit,
            demand: vec![demand / f64::from(replicas); replicas as usize],
            lasts: 5 * MINUTE,
            deadline: 30 * SECOND,
        }
    }

    /// One replica wants four fifths of it.
    pub(super) fn skewed(limit: u64, replicas: u32, demand: f64) -> Self {
        let mut run = Self::evenly(limit, replicas, demand);
        let others = 0.2 * demand / f64::from(replicas - 1);
        run.demand.fill(others);
        run.demand[0] = 0.8 * demand;
        run
    }

    pub(super) fn replicas(&self, sharing: &Sharing) -> Vec<Arc<Upstream>> {
        let limit = self.limit;
        let each = self.demand.iter();
        each.map(|_| {
            let upstream = replica(sharing, |it| it.requests = Some(Rate::per_minute(limit)));
            Arc::new(upstream)
        })
        .collect()
    }

    pub(super) async fn go(self, store: &MemoryStore) -> (Figures, Vec<Instant>) {
        let sharing = Sharing::new(store.clone());
        let replicas = self.replicas(&sharing);
        self.with(replicas, || store.trips()).await
    }

    /// Callers come at random moments (a Poisson process), and wait until their deadline.
    pub(super) async fn with<W: Way>(
        self,
        replicas: Vec<Arc<W>>,
        trips: impl Fn() -> u64,
    ) -> (Figures, Vec<Instant>) {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let arrivals = Arc::new(AtomicU64::new(0));
        let start = Instant::now();
        let end = start + self.lasts;
        let patience = self.deadline;
        let mut sources = JoinSet::new();
        for (number, (replica, demand)) in replicas.into_iter().zip(&self.demand).enumerate() {
            let per_second = demand * self.limit as f64 / 60.0;
            let (sent, arrivals) = (Arc::clone(&sent), Arc::clone(&arrivals));
            sources.spawn(async move {
                let mut random = Random(number as u64 + 1);
                let mut calls = JoinSet::new();
                let mut at = start;
                loop {
                    at += Duration::from_secs_f64(-random.next().ln() / per_second);
                    if at >= end {
                        break;
                    }
                    sleep_until(at).await;
                    arrivals.fetch_add(1, Ordering::Relaxed);
                    let (replica, sent) = (Arc::clone(&replica), Arc::clone(&sent));
                    calls.spawn(async move {
                        if let Some(at) = replica.send(patience).await {
                            sent.lock().unwrap().push(at);
                        }
                    });
                    while calls.try_join_next().is_some() {}
                }
                sleep(MILLI).await;
                calls.shutdown().await;
            });
        }
        sources.join_all().await;
        let mut sent = sent.lock().unwrap().clone();
        sent.sort();
        let arrivals = arrivals.load(Ordering::Relaxed);
        let pace = self.limit as f64 / 60.0;
        let figures = Figures {
            worst_minute: most_within(&sent, MINUTE) as f64 / self.limit as f64,
            worst_second: most_within(&sent, SECOND) as f64 / pace,
            used: sent.len() as f64 / (pace * self.lasts.as_secs_f64()),
            trips: trips() as f64 / arrivals as f64,
            admitted: sent.len() as u64,
            arrivals,
        };
        (figures, sent)
    }
}

/// The most of these moments in any time of this length.
pub(super) fn most_within(sorted: &[Instant], length: Duration) -> usize {
    let mut from = 0;
    let mut most = 0;
    for (to, at) in sorted.iter().enumerate() {
        while *at - sorted[from] >= length {
            from += 1;
        }
        most = most.max(to - from + 1);
    }
    most
}

/// Uniform numbers in (0, 1].
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        ((z >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }
}
