//! Ends of calls from outside: [`shutdown`](crate::shutdown()) and the switches of operators. One
//! word says whether anything is off; everything else is looked at only if it does.

mod names;
mod waiting;

pub(crate) use names::{Names, SwitchedOff};
pub(crate) use waiting::{Waiters, Waiting};

use crate::{
    event::NotHedged,
    failure::GiveUp,
    scope::{self, Identity, StandIn},
};
use std::{
    cell::Cell,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicU8, Ordering},
    },
};

/// The process is shut down.
const SHUT_DOWN: u8 = 1;
/// Retries of some or of all calls are off.
pub(crate) const RETRIES: u8 = 2;
/// Hedged runs of some or of all calls are off.
pub(crate) const HEDGES: u8 = 4;
/// An upstream is off.
pub(crate) const UPSTREAMS: u8 = 8;

/// Which things are off, for whom, and the calls that wait.
pub(crate) struct Halt {
    /// The bits above.
    flags: AtomicU8,
    off: RwLock<SwitchedOff>,
    waiters: Waiters,
}

static HALT: Halt = Halt::new();
static IDENTITY: Identity = Identity::new();

thread_local! {
    /// The switches for the futures around the code that runs now: the bits of retries and hedges.
    static WITHIN: Cell<u8> = const { Cell::new(0) };
}

impl Halt {
    const fn new() -> Self {
        Self {
            flags: AtomicU8::new(0),
            off: RwLock::new(SwitchedOff::new()),
            waiters: Waiters::new(),
        }
    }

    /// That of the process, or of the isolated test around the code that runs now.
    #[inline(always)]
    fn here() -> &'static Self {
        scope::fresh(&IDENTITY, &HALT, Self::new)
    }

    #[inline(always)]
    fn flags(&self) -> u8 {
        self.flags.load(Ordering::Relaxed)
    }

    fn read<T>(&self, read: impl FnOnce(&SwitchedOff) -> T) -> T {
        read(&self.off.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The stand-in for the state of the process, for a call that waits.
type HaltHere = StandIn<Halt>;

/// Whether a shutdown, or an upstream that is off, may keep an attempt from being made.
#[inline(always)]
pub(crate) fn may_stop_attempts() -> bool {
    Halt::here().flags() & (SHUT_DOWN | UPSTREAMS) != 0
}

/// Why an attempt is not made by this function, through this upstream.
#[cold]
pub(crate) fn stops_attempt(upstream: Option<&str>) -> Option<GiveUp> {
    let here = Halt::here();
    if here.flags() & SHUT_DOWN != 0 {
        return Some(GiveUp::ShutDown);
    }
    let upstream = upstream?;
    let is_off = here.flags() & UPSTREAMS != 0 && here.read(|off| off.upstreams.has(upstream));
    is_off.then_some(GiveUp::UpstreamOff)
}

/// Whether anything is off that may keep a call from a retry.
#[inline]
pub(crate) fn may_stop_retries() -> bool {
    (Halt::here().flags() & (SHUT_DOWN | RETRIES | UPSTREAMS)) | (WITHIN.get() & RETRIES) != 0
}

/// Why a failure is not retried by this function, through this upstream.
#[cold]
pub(crate) fn stops_retry(function: &str, upstream: Option<&str>) -> Option<GiveUp> {
    if let Some(reason) = stops_attempt(upstream) {
        return Some(reason);
    }
    is_off_for(RETRIES, function, upstream).then_some(GiveUp::RetriesOff)
}

/// Why no further run of an attempt is started by this function, through this upstream.
pub(crate) fn stops_hedge(function: &str, upstream: Option<&str>) -> Option<NotHedged> {
    if (Halt::here().flags() | WITHIN.get()) == 0 {
        return None;
    }
    match stops_attempt(upstream) {
        Some(GiveUp::ShutDown) => return Some(NotHedged::ShutDown),
        Some(_) => return Some(NotHedged::SwitchedOff),
        None => {}
    }
    is_off_for(HEDGES, function, upstream).then_some(NotHedged::SwitchedOff)
}

fn is_off_for(what: u8, function: &str, upstream: Option<&str>) -> bool {
    if WITHIN.get() & what != 0 {
        return true;
    }
    let here = Halt::here();
    here.flags() & what != 0
        && here.read(|off| {
            let names = off.of(what);
            names.has(function) || upstream.is_some_and(|upstream| names.has(upstream))
        })
}

/// Whether the process is shut down.
pub(crate) fn is_shut_down() -> bool {
    Halt::here().flags() & SHUT_DOWN != 0
}

/// Shuts the process down. Returns how many calls waited and are woken; `None` if it was shut down
/// before.
pub(crate) fn shut_down() -> Option<usize> {
    let here = Halt::here();
    let before = here.flags.fetch_or(SHUT_DOWN, Ordering::Relaxed);
    (before & SHUT_DOWN == 0).then(|| here.waiters.wake_all())
}

/// Reads what is switched off.
pub(crate) fn read<T>(read: impl FnOnce(&SwitchedOff) -> T) -> T {
    Halt::here().read(read)
}

/// Whether the names of a switch are like this.
pub(crate) fn is(what: u8, is: impl FnOnce(&Names) -> bool) -> bool {
    read(|off| is(off.of(what)))
}

/// Changes the names of a switch, and wakes the calls that wait if retries or an upstream may be
/// off now. Returns whether anything has changed.
pub(crate) fn change(what: u8, change: impl FnOnce(&mut Names) -> bool) -> bool {
    let here = Halt::here();
    let mut off = here.off.write().unwrap_or_else(PoisonError::into_inner);
    let names = off.of_mut(what);
    let has_changed = change(names);
    // With the lock, so that the word follows the names in their order.
    if names.is_empty() {
        here.flags.fetch_and(!what, Ordering::Relaxed);
    } else {
        here.flags.fetch_or(what, Ordering::Relaxed);
    }
    drop(off);
    if has_changed && what & (RETRIES | UPSTREAMS) != 0 {
        here.waiters.wake_all();
    }
    has_changed
}

/// Until it is dropped, something is off for the code that runs.
pub(crate) struct Within(u8);

pub(crate) fn within(what: u8) -> Within {
    Within(WITHIN.replace(WITHIN.get() | what))
}

impl Drop for Within {
    fn drop(&mut self) {
        // At the end of the thread nothing is polled any more.
        let _ = WITHIN.try_with(|within| within.set(self.0));
    }
}
