//! Buckets of a sliding minute in the server, and a count beside them in each replica, which is
//! taken there each 10 ms (the hybrid provider of trypema 2.1, with its defaults). A replica that
//! reaches the limit refuses until the oldest bucket leaves the window.

use super::{
    super::{MILLI, MINUTE},
    Polled, Server,
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, Weak},
    time::Duration,
};
use tokio::{
    sync::Mutex as Turn,
    task::spawn,
    time::{Instant, interval},
};

const SYNC: Duration = Duration::from_millis(10);
const BUCKET: Duration = Duration::from_millis(100);

/// The begin of each bucket, and its count.
type Buckets = VecDeque<(Instant, u64)>;

/// The use of the minute, and the time until its oldest bucket is gone.
fn read(buckets: &mut Buckets) -> (u64, Duration) {
    let now = Instant::now();
    while buckets.front().is_some_and(|it| now - it.0 >= MINUTE) {
        buckets.pop_front();
    }
    let oldest = buckets.front().map_or(now, |it| it.0);
    let leaves = (oldest + MINUTE).saturating_duration_since(now);
    (buckets.iter().map(|it| it.1).sum(), leaves)
}

fn commit(buckets: &mut Buckets, number: u64) {
    let now = Instant::now();
    match buckets.back_mut() {
        Some((begin, count)) if now - *begin <= BUCKET => *count += number,
        _ => buckets.push_back((now, number)),
    }
}

/// The knowledge of a replica.
#[derive(Clone, Copy)]
enum View {
    Unknown,
    Accepting {
        /// The use of all when it was read.
        total: u64,
        /// How many more this replica can accept.
        limit: u64,
        accepted: u64,
        oldest_leaves: Instant,
    },
    Rejecting {
        until: Instant,
        /// The use that was known, for a minute from that moment on.
        total: u64,
        since: Instant,
    },
}

enum Local {
    Answer(Result<(), Duration>),
    Refresh,
    Exhausted,
}

pub(super) struct Hybrid {
    server: Arc<Server<Buckets>>,
    limit: u64,
    view: Mutex<View>,
    /// Of those who talk to the server.
    turn: Turn<()>,
}

impl Hybrid {
    pub(super) fn server() -> Arc<Server<Buckets>> {
        Arc::new(Server::new(VecDeque::new()))
    }

    pub(super) fn new(server: &Arc<Server<Buckets>>, limit: u64) -> Self {
        Self {
            server: Arc::clone(server),
            limit,
            view: Mutex::new(View::Unknown),
            turn: Turn::new(()),
        }
    }

    /// Takes what a replica has accepted to the server, as long as there is one.
    pub(super) fn sync(replica: Weak<super::Polling<Self>>) {
        spawn(async move {
            let mut ticks = interval(SYNC);
            loop {
                ticks.tick().await;
                match replica.upgrade() {
                    Some(replica) => replica.0.flush().await,
                    None => break,
                }
            }
        });
    }

    fn local(&self) -> Local {
        let now = Instant::now();
        match &mut *self.view.lock().unwrap() {
            View::Unknown => Local::Refresh,
            View::Rejecting { until, .. } if *until <= now => Local::Refresh,
            View::Rejecting { until, .. } => Local::Answer(Err(*until - now)),
            View::Accepting {
                limit, accepted, ..
            } if *accepted < *limit => {
                *accepted += 1;
                Local::Answer(Ok(()))
            }
            View::Accepting { .. } => Local::Exhausted,
        }
    }

    /// Gives the accepted ones away; nobody is accepted until the next view.
    fn freeze(&self) -> (u64, View) {
        let mut view = self.view.lock().unwrap();
        let before = *view;
        let View::Accepting {
            limit, accepted, ..
        } = &mut *view
        else {
            return (0, before);
        };
        *limit = 0;
        (std::mem::take(accepted), before)
    }

    /// Reads the use of all, and takes that of this replica there. Accepts `wanted` more, if there
    /// is room.
    async fn refresh(&self, wanted: u64) -> Result<(), Duration> {
        let (mut all, oldest) = self.server.operate(read).await;
        let (accepted, before) = self.freeze();
        if accepted > 0 {
            self.server.operate(|it| commit(it, accepted)).await;
            all += accepted;
        }
        let (mut known, mut since) = (all, Instant::now());
        if let View::Rejecting {
            total, since: at, ..
        } = before
        {
            if at.elapsed() < MINUTE {
                all = all.max(total);
            }
            (known, since) = (total, at);
        }
        let now = Instant::now();
        let full = all + wanted > self.limit;
        *self.view.lock().unwrap() = if full {
            View::Rejecting {
                until: now + oldest,
                total: known,
                since,
            }
        } else {
            View::Accepting {
                total: all,
                limit: self.limit - all,
                accepted: wanted,
                oldest_leaves: now + oldest,
            }
        };
        if full { Err(oldest) } else { Ok(()) }
    }

    async fn flush(&self) {
        let has_accepted = || match *self.view.lock().unwrap() {
            View::Accepting { accepted, .. } => accepted > 0,
            _ => false,
        };
        if has_accepted() {
            let _turn = self.turn.lock().await;
            if has_accepted() {
                let _ = self.refresh(0).await;
            }
        }
    }

    /// Refuses from now on.
    async fn exhausted(&self) -> Duration {
        let (accepted, before) = self.freeze();
        self.server.operate(|it| commit(it, accepted)).await;
        let now = Instant::now();
        let View::Accepting {
            total,
            oldest_leaves,
            ..
        } = before
        else {
            return Duration::ZERO;
        };
        let wait = oldest_leaves.saturating_duration_since(now);
        *self.view.lock().unwrap() = View::Rejecting {
            until: now + wait,
            total: total + accepted,
            since: now,
        };
        wait
    }
}

impl Polled for Hybrid {
    async fn ask(&self) -> Result<(), Duration> {
        if let Local::Answer(answer) = self.local() {
            return answer;
        }
        let _turn = self.turn.lock().await;
        let answer = match self.local() {
            Local::Answer(answer) => answer,
            Local::Refresh => self.refresh(1).await,
            Local::Exhausted => Err(self.exhausted().await),
        };
        // Whole milliseconds.
        answer.map_err(|wait| wait.max(MILLI))
    }
}
