//! The calls that wait, to be woken when something stops them.

use super::{HALT, Halt, HaltHere, IDENTITY};
use crate::sync::{Mutex, lock};
use std::{
    fmt,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    task::Waker,
};

/// The number of shards, each with its own lock, as a power of two.
const SHARD_BITS: u32 = 4;
const SHARDS: usize = 1 << SHARD_BITS;
/// A shard without a call keeps room for so many.
const KEPT: usize = 64;

/// The wakers of all calls that wait.
pub(crate) struct Waiters {
    shards: [Shard; SHARDS],
}

/// On its own cache line: a thread registers its calls in one shard.
#[repr(align(64))]
struct Shard(Mutex<Slab>);

/// The wakers by their slot. A slot without one is free, or its call has been woken.
struct Slab {
    wakers: Vec<Option<Waker>>,
    free: Vec<u32>,
}

impl Slab {
    const fn new() -> Self {
        Self {
            wakers: Vec::new(),
            free: Vec::new(),
        }
    }

    /// Takes a slot.
    fn insert(&mut self, waker: Waker) -> Option<u32> {
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                let slot = u32::try_from(self.wakers.len()).ok()?;
                self.wakers.push(None);
                slot
            }
        };
        let none = self.set(slot, waker);
        debug_assert!(none.is_none(), "a free slot has no waker");
        Some(slot)
    }

    /// Sets the waker of a slot. Returns the one before, as [`remove`](Self::remove) does.
    fn set(&mut self, slot: u32, waker: Waker) -> Option<Waker> {
        let place = self.wakers.get_mut(slot as usize)?;
        place.replace(waker)
    }

    /// Returns a slot. The waker is to be dropped when the lock is released: it may be the last
    /// reference to a task that holds a call.
    fn remove(&mut self, slot: u32) -> Option<Waker> {
        let waker = self.wakers.get_mut(slot as usize).and_then(Option::take);
        self.free.push(slot);
        if self.free.len() == self.wakers.len() {
            // All are free: after a burst, the memory is returned.
            self.wakers.clear();
            self.free.clear();
            self.wakers.shrink_to(KEPT);
            self.free.shrink_to(KEPT);
        }
        waker
    }
}

impl Waiters {
    pub(crate) const fn new() -> Self {
        Self {
            shards: [const { Shard(Mutex::new(Slab::new())) }; SHARDS],
        }
    }

    /// Wakes all calls that wait, and returns how many.
    pub(crate) fn wake_all(&self) -> usize {
        let mut woken = 0_usize;
        for Shard(shard) in &self.shards {
            // Woken without the lock: a waker may run code that registers a call, or drops one.
            let mut slab = lock(shard);
            let wakers: Vec<Waker> = slab.wakers.iter_mut().filter_map(Option::take).collect();
            drop(slab);
            woken = woken.saturating_add(wakers.len());
            wakers.into_iter().for_each(Waker::wake);
        }
        woken
    }

    /// Registers a call, in its place if it has one.
    pub(crate) fn register(&self, place: &mut Option<Place>, waker: &Waker) {
        let number = place.map_or_else(own_shard, Place::shard);
        let Some(Shard(shard)) = self.shards.get(number as usize) else {
            return;
        };
        if let Some(slot) = place.map(Place::slot) {
            let slab = lock(shard);
            let known = slab.wakers.get(slot as usize).and_then(Option::as_ref);
            if known.is_some_and(|known| known.will_wake(waker)) {
                return;
            }
        }
        // Without the lock: a waker may run any code when it is cloned or dropped.
        let waker = waker.clone();
        let mut slab = lock(shard);
        let replaced = if let Some(slot) = place.map(Place::slot) {
            slab.set(slot, waker)
        } else {
            *place = slab.insert(waker).and_then(|slot| Place::new(number, slot));
            None
        };
        drop(slab);
        drop(replaced);
    }

    fn leave(&self, place: Place) {
        if let Some(Shard(shard)) = self.shards.get(place.shard() as usize) {
            let waker = lock(shard).remove(place.slot());
            drop(waker);
        }
    }

    /// The number of calls that have a place.
    #[cfg(all(test, not(any(resilient_model = "loom", resilient_model = "shuttle"))))]
    fn len(&self) -> usize {
        let places = |Shard(shard): &Shard| {
            let slab = lock(shard);
            slab.wakers.len().saturating_sub(slab.free.len())
        };
        self.shards.iter().map(places).sum()
    }
}

/// The shard and the slot of a call, in one number: every call that waits holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(NonZeroU32);

/// The bits of the shard.
const SHARD: u32 = (1 << SHARD_BITS) - 1;

impl Place {
    /// None for more calls than there are numbers: 2^28 in a shard.
    fn new(shard: u32, slot: u32) -> Option<Self> {
        let slot = slot.checked_mul(1 << SHARD_BITS)?;
        NonZeroU32::new((slot | shard).checked_add(1)?).map(Self)
    }

    const fn number(self) -> u32 {
        self.0.get().saturating_sub(1)
    }

    const fn shard(self) -> u32 {
        self.number() & SHARD
    }

    const fn slot(self) -> u32 {
        self.number() >> SHARD_BITS
    }
}

/// The shard of this thread.
fn own_shard() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    thread_local! {
        static OWN: u32 = NEXT.fetch_add(1, Ordering::Relaxed) & SHARD;
    }
    OWN.try_with(|own| *own).unwrap_or(0)
}

/// The place of a call among those that wait; none while it does not wait. Dropped, it leaves
/// nothing behind.
#[derive(Default)]
pub(crate) struct Waiting(Option<Registered>);

struct Registered {
    place: Place,
    halt: HaltHere,
}

impl Waiting {
    /// Registers the call, which has just returned `Pending`. Whether it has to stop is to be asked
    /// afterwards: then no stop between the two is missed.
    ///
    /// Whoever stops calls sets its word first, and then takes the lock of each shard. Either it
    /// finds the waker, or this has taken the lock after it, and sees the word.
    #[cold]
    pub(crate) fn register(&mut self, waker: &Waker) {
        // The state of the process would outlive a run of a model.
        if cfg!(all(
            test,
            any(resilient_model = "loom", resilient_model = "shuttle")
        )) {
            return;
        }
        let (mut place, halt) = match self.0.take() {
            Some(Registered { place, halt }) => (Some(place), halt),
            None => (None, HaltHere::here(&IDENTITY, Halt::new)),
        };
        halt.or(&HALT).waiters.register(&mut place, waker);
        self.0 = place.map(|place| Registered { place, halt });
    }

    /// The call waits no longer.
    #[inline(always)]
    pub(crate) fn end(&mut self) {
        // bench cost: -17 instructions of two failures, for few calls have registered
        if self.0.is_some() {
            self.leave();
        }
    }

    #[cold]
    #[inline(never)]
    fn leave(&mut self) {
        if let Some(Registered { place, halt }) = self.0.take() {
            halt.or(&HALT).waiters.leave(place);
        }
    }
}

impl Drop for Waiting {
    #[inline(always)]
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").finish_non_exhaustive()
    }
}

#[cfg(all(test, not(any(resilient_model = "loom", resilient_model = "shuttle"))))]
#[path = "waiting_test.rs"]
mod tests;
