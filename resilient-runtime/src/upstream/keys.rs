//! Stage upstream: the state of an upstream for each key.

use crate::{
    clock::Moment,
    sync::{AtomicU64, Mutex, Ordering, lock},
};
use std::{
    collections::HashMap,
    fmt,
    hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState},
    sync::{Arc, OnceLock},
    time::Duration,
};

/// A bounded map from keys (tenants, models, hosts) to what an upstream keeps for each.
///
/// When it is full, entries that no running call uses make room, those that have been idle for longest in their part of
/// the map first; one that still matters, such as an open breaker, only if no other is idle. Where all are in use the
/// map grows, to at most an eighth more than the calls in flight hold, so that no running call loses its state; when they
/// have ended, a new key brings it back to its capacity, a second after it was last tried.
///
/// A key that is there costs a hash, a lock and a look; a new one in a full map a constant price on top, but a walk
/// through a sixteenth of the map where nearly all entries are in use or still matter.
///
/// Keys may come from outside: they are hashed with a random key of the process, and who makes up new ones can push out
/// idle entries, but fill no more than the capacity.
pub(crate) struct Keys<V> {
    capacity: u64,
    /// Whether an idle entry still matters. It is called with a part of the map locked, so it must not look into it.
    keep: fn(&V, Moment) -> bool,
    hasher: OnceLock<RandomState>,
    shards: [Mutex<Option<Shard<V>>>; SHARDS],
    len: AtomicU64,
    /// From which number of entries on room is made: the capacity, or more while all of them are in use.
    full: AtomicU64,
    /// When a map with too many entries was last looked through, in nanoseconds.
    looked: AtomicU64,
}

/// How often a map with too many entries is looked through when there are new keys.
const LOOK: Duration = Duration::from_secs(1);

/// The parts of the map, each with a lock of its own.
const SHARDS: usize = 16;

/// When room is made, so much of a shard goes at once: so the price for each new key does not depend on the capacity.
const BATCH: usize = 8;

/// A shard is keyed by the hashes of the keys, which are as good as the keys, so that a key is hashed once. Of two keys
/// with the same hash the second takes the next number.
type Shard<V> = HashMap<u64, Entry<V>, BuildHasherDefault<Hashed>>;

struct Entry<V> {
    key: Box<str>,
    value: Arc<V>,
    used: Moment,
}

impl<V> Entry<V> {
    /// New references are made with the shard locked or from another one: what has only this has no user and gets none.
    fn is_idle(&self) -> bool {
        Arc::strong_count(&self.value) == 1
    }
}

/// Takes a hash for what it is.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl<V> Keys<V> {
    /// A map of at most `capacity` entries, and at least one; `keep` says whether an idle one still matters.
    pub(crate) const fn new(capacity: usize, keep: fn(&V, Moment) -> bool) -> Self {
        let capacity = if capacity == 0 { 1 } else { capacity as u64 };
        Self {
            capacity,
            keep,
            hasher: OnceLock::new(),
            shards: [const { Mutex::new(None) }; SHARDS],
            len: AtomicU64::new(0),
            full: AtomicU64::new(capacity),
            looked: AtomicU64::new(0),
        }
    }

    /// What is kept for `key`, made if there is nothing yet. As long as somebody holds it, it is not evicted; the copy
    /// of who holds one that is goes on to work. Nothing is allocated for a key that is there.
    ///
    /// `make` is called with a part of the map locked, so it must not look into it.
    pub(crate) fn get_or_insert(&self, key: &str, now: Moment, make: impl FnOnce() -> V) -> Arc<V> {
        let hash = self.hash(key);
        if let Some(value) = self.find(hash, key, Some(now)) {
            return value;
        }
        self.make_room(hash, now);
        self.insert(hash, key, now, make)
    }

    /// What is kept for `key`, if anything is. It does not count as a use.
    pub(crate) fn peek(&self, key: &str) -> Option<Arc<V>> {
        self.find(self.hash(key), key, None)
    }

    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.len.load(Ordering::Relaxed)).unwrap_or(usize::MAX)
    }

    /// Shows every entry, in no order. Those of a part of the map are taken out of it first, so `look` may look into it.
    pub(crate) fn for_each(&self, mut look: impl FnMut(&str, &Arc<V>)) {
        for shard in &self.shards {
            let entries: Vec<_> = lock(shard)
                .iter()
                .flat_map(Shard::values)
                .map(|entry| (entry.key.clone(), Arc::clone(&entry.value)))
                .collect();
            for (key, value) in &entries {
                look(key, value);
            }
        }
    }

    #[inline]
    fn hash(&self, key: &str) -> u64 {
        self.hasher.get_or_init(RandomState::new).hash_one(key)
    }

    /// The shard of a hash, by bits which its map does not look at first.
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "a remainder by the length")]
    fn shard(&self, hash: u64) -> &Mutex<Option<Shard<V>>> {
        &self.shards[(hash >> 48) as usize % SHARDS]
    }

    #[inline]
    fn find(&self, mut hash: u64, key: &str, now: Option<Moment>) -> Option<Arc<V>> {
        let mut shard = lock(self.shard(hash));
        let shard = shard.as_mut()?;
        loop {
            let entry = shard.get_mut(&hash)?;
            if *entry.key == *key {
                if let Some(now) = now {
                    entry.used = entry.used.max(now);
                }
                return Some(Arc::clone(&entry.value));
            }
            hash = hash.wrapping_add(1);
        }
    }

    #[cold]
    fn insert(&self, hash: u64, key: &str, now: Moment, make: impl FnOnce() -> V) -> Arc<V> {
        let mut shard = lock(self.shard(hash));
        let shard = shard.get_or_insert_default();
        let mut place = hash;
        while let Some(entry) = shard.get(&place) {
            // Another call was faster.
            if *entry.key == *key {
                return Arc::clone(&entry.value);
            }
            place = place.wrapping_add(1);
        }
        let value = Arc::new(make());
        let entry = Entry {
            key: key.into(),
            value: Arc::clone(&value),
            used: now,
        };
        shard.insert(place, entry);
        self.len.fetch_add(1, Ordering::Relaxed);
        value
    }

    /// Makes room for one more near `hash`, if the map is full and anything is idle.
    #[cold]
    fn make_room(&self, hash: u64, now: Moment) {
        let len = self.len.load(Ordering::Relaxed);
        let excess_is_due = || {
            let looked = Moment(self.looked.load(Ordering::Relaxed));
            // A clock that goes back puts nothing off.
            len > self.capacity && (now.since(looked) >= LOOK || looked > now)
        };
        if len < self.full.load(Ordering::Relaxed) && !excess_is_due() {
            return;
        }
        self.looked.store(now.0, Ordering::Relaxed);
        for even_kept in [false, true] {
            for step in 0..SHARDS as u64 {
                // Dropped here, with nothing locked: a value's drop may do anything.
                drop(self.evict(hash.wrapping_add(step << 48), now, even_kept));
                if self.len.load(Ordering::Relaxed) < self.capacity {
                    self.full.store(self.capacity, Ordering::Relaxed);
                    return;
                }
            }
        }
        // All are in use. To look at all of them for every new key would take too long.
        let len = self.len.load(Ordering::Relaxed);
        self.full.store(
            len.saturating_add(len / 8).saturating_add(1),
            Ordering::Relaxed,
        );
    }

    /// Takes out of a shard those that have been idle for longest.
    fn evict(&self, hash: u64, now: Moment, even_kept: bool) -> Vec<Entry<V>> {
        let mut shard = lock(self.shard(hash));
        let Some(shard) = shard.as_mut() else {
            return Vec::new();
        };
        let mut idle: Vec<_> = shard
            .iter()
            .filter(|(_, entry)| entry.is_idle() && (even_kept || !(self.keep)(&entry.value, now)))
            .map(|(hash, entry)| (entry.used, *hash))
            .collect();
        let len = self.len.load(Ordering::Relaxed);
        // What the map has grown by while all were in use goes too.
        let excess = usize::try_from(len.saturating_sub(self.capacity)).unwrap_or(usize::MAX);
        let batch = (idle.len() / BATCH).max(excess).saturating_add(1);
        if batch < idle.len() {
            idle.select_nth_unstable(batch);
            idle.truncate(batch);
        }
        let evicted: Vec<_> = idle
            .iter()
            .filter_map(|(_, hash)| shard.remove(hash))
            .collect();
        let evictions = evicted.len() as u64;
        self.len.fetch_sub(evictions, Ordering::Relaxed);
        evicted
    }
}

impl<V> fmt::Debug for Keys<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys may be secrets.
        f.debug_struct("Keys")
            .field("capacity", &self.capacity)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "keys_test.rs"]
mod tests;
