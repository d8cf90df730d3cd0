//! One batch of a batcher, and its loads.

use crate::{
    sync::{Mutex, MutexGuard, lock},
    timer,
};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Waker},
    time::Duration,
};
use tokio::time::Instant;

type Results<R, E> = Vec<Result<R, E>>;
pub(super) type BatchFuture<R, E> = Pin<Box<dyn Future<Output = Results<R, E>> + Send>>;

/// The function for batches.
pub(super) type Gathered<T, R, E> = Box<dyn Fn(Vec<T>) -> BatchFuture<R, E> + Send + Sync>;

/// The weight of an item.
type WeightOf<T> = Box<dyn Fn(&T) -> u64 + Send + Sync>;

/// The limits of a batch.
pub(super) struct Limits<T> {
    pub(super) items: usize,
    pub(super) weight: u64,
    pub(super) weight_of: Option<WeightOf<T>>,
    pub(super) wait: Duration,
}

impl<T> Limits<T> {
    pub(super) const DEFAULT: Self = Self {
        items: 100,
        weight: u64::MAX,
        weight_of: None,
        wait: Duration::from_millis(5),
    };
}

/// A batch, shared by its loads.
pub(super) struct Batch<T, R, E>(Mutex<State<T, R, E>>);

pub(super) struct State<T, R, E> {
    pub(super) phase: Phase<R, E>,
    /// One for each load, in the order of their arrival.
    pub(super) loads: Vec<Load<T, R, E>>,
    /// The number of loads that are not dropped.
    pub(super) live: usize,
    pub(super) weight: u64,
    /// Nothing is added any more: it is sent at the next poll.
    pub(super) is_full: bool,
    /// When it is sent at the latest.
    pub(super) due: Instant,
    /// The load that has polled the future last, and is woken by it.
    pub(super) polled_by: usize,
}

pub(super) enum Phase<R, E> {
    Gathering,
    /// The future; `None` while a load polls it.
    Sent(Option<BatchFuture<R, E>>),
    /// Each load has its result, unless the function has panicked.
    Ended,
}

pub(super) struct Load<T, R, E> {
    /// Until the batch is sent.
    pub(super) item: Option<T>,
    pub(super) weight: u64,
    pub(super) waker: Option<Waker>,
    pub(super) result: Option<Result<R, E>>,
    pub(super) is_live: bool,
    pub(super) is_sent: bool,
}

/// The place of a new load.
pub(super) struct Joined {
    pub(super) index: usize,
    pub(super) is_full: bool,
}

impl<T, R, E> Batch<T, R, E> {
    /// A new batch with this item.
    pub(super) fn begin(
        item: &mut Option<T>,
        weight: u64,
        limits: &Limits<T>,
    ) -> (Arc<Self>, Joined) {
        let mut state = State {
            phase: Phase::Gathering,
            loads: Vec::new(),
            live: 0,
            weight: 0,
            is_full: false,
            due: timer::after(Instant::now(), limits.wait),
            polled_by: 0,
        };
        let joined = state.add(item, weight, limits);
        (Arc::new(Self(Mutex::new(state))), joined)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State<T, R, E>> {
        lock(&self.0)
    }

    /// Adds the item, if it is still being gathered and has room for it. Without room, it is sent
    /// by the load that is `woken` then, without a lock.
    pub(super) fn join(
        &self,
        item: &mut Option<T>,
        weight: u64,
        limits: &Limits<T>,
        woken: &mut Option<Waker>,
    ) -> Option<Joined> {
        let mut state = self.state();
        // An empty one is due by an item that has left.
        if !matches!(state.phase, Phase::Gathering) || state.is_full || state.live == 0 {
            return None;
        }
        if state.weight.saturating_add(weight) > limits.weight {
            state.is_full = true;
            *woken = state.loads.iter_mut().rev().find_map(|it| it.waker.take());
            return None;
        }
        Some(state.add(item, weight, limits))
    }
}

impl<T, R, E> State<T, R, E> {
    fn add(&mut self, item: &mut Option<T>, weight: u64, limits: &Limits<T>) -> Joined {
        let index = self.loads.len();
        self.loads.push(Load {
            item: item.take(),
            weight,
            waker: None,
            result: None,
            is_live: true,
            is_sent: false,
        });
        self.live = self.live.saturating_add(1);
        self.weight = self.weight.saturating_add(weight);
        self.is_full = self.live >= limits.items || self.weight >= limits.weight;
        Joined {
            index,
            is_full: self.is_full,
        }
    }

    pub(super) fn load(&mut self, index: usize) -> Option<&mut Load<T, R, E>> {
        self.loads.get_mut(index)
    }

    /// Whether the future wakes another load, which is not dropped.
    pub(super) fn is_polled_by_another(&self, index: usize) -> bool {
        let other = self.loads.get(self.polled_by);
        self.polled_by != index && other.is_some_and(|load| load.is_live)
    }

    pub(super) fn wait(&mut self, index: usize, cx: &Context<'_>) {
        if let Some(load) = self.load(index) {
            load.waker = Some(cx.waker().clone());
        }
    }

    /// Takes the wakers of all loads.
    pub(super) fn wakers(&mut self) -> Vec<Waker> {
        let loads = self.loads.iter_mut();
        loads.filter_map(|load| load.waker.take()).collect()
    }
}

pub(super) fn wake(wakers: impl IntoIterator<Item = Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}
