//! A counter of which each thread has a part of its own: counting takes no lock, and writes to no
//! memory that another thread writes to.

use std::{
    cell::Cell,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

/// The number of counters with a part in each thread. The others are counted in a common part.
const PLACES: usize = 4_096;
/// The place of a counter that has none.
const NOWHERE: usize = usize::MAX;

/// The parts of one thread. When the thread ends, another one goes on with them.
type Shard = &'static [AtomicU64];

/// All shards, and those that no thread has now. They are never freed: there are as many as there
/// were threads at one time.
struct Shards {
    all: Vec<Shard>,
    unused: Vec<Shard>,
    /// The number of places that were given, and those that were returned.
    places: usize,
    returned: Vec<usize>,
}

static SHARDS: Mutex<Shards> = Mutex::new(Shards {
    all: Vec::new(),
    unused: Vec::new(),
    places: 0,
    returned: Vec::new(),
});

fn shards() -> MutexGuard<'static, Shards> {
    SHARDS.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    /// The shard of this thread. It has no destructor, which every access would ask about.
    static SHARD: Cell<Shard> = const { Cell::new(&[]) };
    /// Returns it when the thread ends.
    static LEASE: Lease = const { Lease };
}

struct Lease;

impl Drop for Lease {
    fn drop(&mut self) {
        let shard = SHARD.replace(&[]);
        shards().unused.push(shard);
    }
}

/// The shard of this thread, from its first count on. Empty while the thread ends.
#[cold]
fn lease() -> Shard {
    let shard = SHARD.get();
    if !shard.is_empty() || LEASE.try_with(|_| ()).is_err() {
        return shard;
    }
    let mut shards = shards();
    let shard = shards.unused.pop().unwrap_or_else(|| {
        let parts: Vec<_> = (0..PLACES).map(|_| AtomicU64::new(0)).collect();
        let shard: Shard = parts.leak();
        shards.all.push(shard);
        shard
    });
    SHARD.set(shard);
    shard
}

/// A counter. Its parts are given to it with its first count.
#[derive(Debug)]
pub(super) struct Sharded {
    place: AtomicUsize,
    /// The counts that have no place: of a thread that ends, when all places are taken, or of a
    /// counter that all threads write to.
    rest: AtomicU64,
}

impl Sharded {
    pub(super) const fn new() -> Self {
        Self {
            place: AtomicUsize::new(NOWHERE),
            rest: AtomicU64::new(0),
        }
    }

    /// Counts one.
    #[inline(always)]
    pub(super) fn count(&self) {
        self.count_in(SHARD.get());
    }

    #[inline(always)]
    fn count_in(&self, shard: Shard) {
        match shard.get(self.place.load(Ordering::Acquire)) {
            Some(part) => add_one(part),
            None => self.count_first(),
        }
    }

    /// Counts one in the common part, for what all threads write to with each call anyway.
    #[inline(always)]
    pub(super) fn count_in_common(&self) {
        self.rest.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one of each, for which the thread looks up its parts once.
    #[inline(always)]
    pub(super) fn count_both(&self, other: &Self) {
        let shard = SHARD.get();
        self.count_in(shard);
        other.count_in(shard);
    }

    /// Counts the first one of this counter, or of this thread.
    #[cold]
    #[inline(never)]
    fn count_first(&self) {
        match lease().get(self.place()) {
            Some(part) => add_one(part),
            None => _ = self.rest.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Its place, which it takes if it has none.
    fn place(&self) -> usize {
        let mut shards = shards();
        let known = self.place.load(Ordering::Relaxed);
        if known != NOWHERE {
            return known;
        }
        let place = match shards.returned.pop() {
            Some(place) => place,
            None if shards.places < PLACES => {
                let place = shards.places;
                shards.places = place.saturating_add(1);
                place
            }
            None => return NOWHERE,
        };
        // Release: who sees the place also sees its parts at zero.
        self.place.store(place, Ordering::Release);
        place
    }

    /// The count of all threads. Those that count meanwhile may be included or not.
    pub(super) fn sum(&self) -> u64 {
        let rest = self.rest.load(Ordering::Relaxed);
        let shards = shards();
        let place = self.place.load(Ordering::Relaxed);
        shards.sum(place).wrapping_add(rest)
    }
}

/// Adds to a part that no other thread writes to.
#[inline(always)]
fn add_one(part: &AtomicU64) {
    let count = part.load(Ordering::Relaxed);
    part.store(count.wrapping_add(1), Ordering::Relaxed);
}

impl Shards {
    fn sum(&self, place: usize) -> u64 {
        let parts = self.all.iter().filter_map(|shard| shard.get(place));
        parts.fold(0, |sum, part| {
            sum.wrapping_add(part.load(Ordering::Relaxed))
        })
    }
}

/// Returns its place: nobody counts any more.
impl Drop for Sharded {
    fn drop(&mut self) {
        let place = *self.place.get_mut();
        if place == NOWHERE {
            return;
        }
        let mut shards = shards();
        for part in shards.all.iter().filter_map(|shard| shard.get(place)) {
            part.store(0, Ordering::Relaxed);
        }
        shards.returned.push(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        CallEnd, Event, EventKind, Outcome,
        event::{Origin, Tally as _},
        statistics::CallStatistics,
    };
    use std::{thread, time::Duration};

    #[test]
    fn counts_of_all_threads_add_up_also_of_those_that_have_ended() {
        let counter = Sharded::new();
        assert_eq!(counter.sum(), 0);
        for _ in 0..3 {
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| (0..1_000).for_each(|_| counter.count()));
                }
            });
        }
        assert_eq!(counter.sum(), 12_000);
    }

    #[test]
    fn counter_that_takes_the_place_of_another_one_starts_at_zero() {
        let first = Sharded::new();
        (0..5).for_each(|_| first.count());
        drop(first);
        let next = Sharded::new();
        next.count();
        assert_eq!(next.sum(), 1);
    }

    /// The parts of a thread that has ended go to the next one.
    #[test]
    fn threads_one_after_another_need_no_further_memory() {
        let counter = Sharded::new();
        let count = || shards().all.len();
        let count_once = || thread::scope(|scope| _ = scope.spawn(|| counter.count()).join());
        count_once();
        let before = count();
        for _ in 0..100 {
            count_once();
        }
        // Other tests may have started threads of their own meanwhile.
        assert!(count() < before + 50, "{before} {}", count());
        assert_eq!(counter.sum(), 101);
    }

    #[test]
    fn f359_the_end_of_a_call_between_two_samples_of_the_error_rate_takes_no_lock() {
        let end_of_a_call = || Event {
            origin: Origin::default(),
            kind: EventKind::Succeeded {
                end: CallEnd {
                    outcome: Outcome::Ok,
                    attempts: 1,
                    elapsed: Duration::from_millis(5),
                    idle: Duration::ZERO,
                    class: None,
                },
                took: Duration::from_millis(5),
            },
        };
        let statistics: &'static CallStatistics = Box::leak(Box::new(CallStatistics::new()));
        // The first one is sampled.
        statistics.record(&end_of_a_call());
        let all_threads = shards();
        let (done, is_done) = std::sync::mpsc::channel();
        thread::spawn(move || {
            statistics.record(&end_of_a_call());
            let _ = done.send(());
        });
        // A bound for the failure only.
        let ended = is_done.recv_timeout(Duration::from_secs(30));
        drop(all_threads);
        assert!(ended.is_ok(), "it waits for the lock of all counters");
        assert_eq!(statistics.read().calls, 2);
    }
}
