//! A bounded map with the state of an upstream per key.

use crate::{
    clock::Moment,
    sync::{AtomicU64, Mutex, Ordering, lock},
    upstream::key_hash::{Hashed, KeyHasher, LONGEST},
};
use std::{
    collections::HashMap,
    fmt,
    hash::BuildHasherDefault,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// A bounded map from keys (tenants, models, hosts) to the state of an upstream.
///
/// When it is full, idle entries (not used by a running call) are evicted, the longest idle of
/// their shard first. Entries that still matter, such as an open breaker, go only if no other is
/// idle. If all entries are in use, the map grows to at most 9/8 of the calls in flight, so that no
/// running call loses its state; when they have ended, a new key shrinks it to its capacity, at
/// most one second later.
///
/// Finding a key costs a hash, a lock and a lookup. Inserting into a full map adds a constant
/// price, but a scan of a sixteenth of the map if nearly all entries are in use or still matter.
///
/// Keys may come from outside: they are hashed with a random key of the process. An attacker who
/// invents keys can evict idle entries, but cannot exceed the capacity. Of a key longer than
/// [`LONGEST`] bytes only the beginning and a hash are kept, so the bytes are bounded too.
pub(crate) struct Keys<V> {
    capacity: u64,
    /// Whether an idle entry still matters. Called with a shard locked, so it must not access the
    /// map.
    keep: fn(&V, Moment) -> bool,
    hasher: OnceLock<KeyHasher>,
    shards: [Mutex<Option<Shard<V>>>; SHARDS],
    len: AtomicU64,
    /// Eviction starts at this number of entries: the capacity, or more while all are in use.
    full: AtomicU64,
    /// When an oversized map was last scanned, in nanoseconds.
    looked: AtomicU64,
}

/// The least time between two scans of an oversized map.
const LOOK: Duration = Duration::from_secs(1);

/// The number of shards, each with its own lock.
const SHARDS: usize = 16;

/// Eviction removes this fraction (one in `BATCH`) of a shard's idle entries at once, so the price
/// per new key does not depend on the capacity.
const BATCH: usize = 8;

/// A shard is keyed by hashes, so that a key is hashed once. On a collision, the second key takes
/// the next number.
type Shard<V> = HashMap<u64, Entry<V>, BuildHasherDefault<Hashed>>;

struct Entry<V> {
    key: Box<str>,
    value: Arc<V>,
    used: Moment,
}

impl<V> Entry<V> {
    /// New references are made under the shard's lock or from an existing reference, so a count of
    /// one means that no call uses it, nor can begin to.
    fn is_idle(&self) -> bool {
        Arc::strong_count(&self.value) == 1
    }
}

impl<V> Keys<V> {
    /// A map of at most `capacity` entries, and at least one. `keep` returns whether an idle entry
    /// still matters.
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

    /// Returns the entry for `key`, inserting it if absent. Entries in use are not evicted. An
    /// existing entry is returned without allocation.
    ///
    /// `make` is called with the key as it is kept and with a shard locked, so it must not access
    /// the map.
    pub(crate) fn get_or_insert(
        &self,
        key: &str,
        now: Moment,
        make: impl FnOnce(&str) -> V,
    ) -> Arc<V> {
        if key.len() > LONGEST {
            return self.get_or_insert_kept(&self.hasher().shortened(key), now, make);
        }
        self.get_or_insert_kept(key, now, make)
    }

    #[inline]
    fn get_or_insert_kept(&self, key: &str, now: Moment, make: impl FnOnce(&str) -> V) -> Arc<V> {
        let hash = self.hash(key);
        if let Some(value) = self.find(hash, key, Some(now)) {
            return value;
        }
        self.make_room(hash, now);
        self.insert(hash, key, now, make)
    }

    /// The entry for `key`, if any. Does not count as a use.
    pub(crate) fn peek(&self, key: &str) -> Option<Arc<V>> {
        if key.len() > LONGEST {
            let key = self.hasher().shortened(key);
            return self.find(self.hash(&key), &key, None);
        }
        self.find(self.hash(key), key, None)
    }

    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.len.load(Ordering::Relaxed)).unwrap_or(usize::MAX)
    }

    /// Visits every entry, in no particular order. A shard's entries are copied first, so `look`
    /// may access the map.
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
        self.hasher().hash(key)
    }

    #[inline]
    fn hasher(&self) -> &KeyHasher {
        self.hasher.get_or_init(KeyHasher::new)
    }

    /// The shard of a hash, by bits that the shard's map does not use first.
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
    fn insert(&self, hash: u64, key: &str, now: Moment, make: impl FnOnce(&str) -> V) -> Arc<V> {
        let mut shard = lock(self.shard(hash));
        let shard = shard.get_or_insert_default();
        let mut place = hash;
        while let Some(entry) = shard.get(&place) {
            // Another call inserted it first.
            if *entry.key == *key {
                return Arc::clone(&entry.value);
            }
            place = place.wrapping_add(1);
        }
        let value = Arc::new(make(key));
        let entry = Entry {
            key: key.into(),
            value: Arc::clone(&value),
            used: now,
        };
        shard.insert(place, entry);
        self.len.fetch_add(1, Ordering::Relaxed);
        value
    }

    /// Evicts entries near `hash`, if the map is full and any is idle.
    #[cold]
    fn make_room(&self, hash: u64, now: Moment) {
        let len = self.len.load(Ordering::Relaxed);
        let excess_is_due = || {
            let looked = Moment(self.looked.load(Ordering::Relaxed));
            // A clock that goes back does not delay this.
            len > self.capacity && (now.since(looked) >= LOOK || looked > now)
        };
        if len < self.full.load(Ordering::Relaxed) && !excess_is_due() {
            return;
        }
        self.looked.store(now.0, Ordering::Relaxed);
        for even_kept in [false, true] {
            for step in 0..SHARDS as u64 {
                // Dropped here, without a lock: a value's destructor may run any code.
                drop(self.evict(hash.wrapping_add(step << 48), now, even_kept));
                if self.len.load(Ordering::Relaxed) < self.capacity {
                    self.full.store(self.capacity, Ordering::Relaxed);
                    return;
                }
            }
        }
        // All are in use. Scanning all of them for every new key would take too long.
        let len = self.len.load(Ordering::Relaxed);
        self.full.store(
            len.saturating_add(len / 8).saturating_add(1),
            Ordering::Relaxed,
        );
    }

    /// Removes the longest idle entries from a shard.
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
        // Also removes the excess from the time when all were in use.
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
