//! An observer that works on a thread of its own.

use super::{Event, Observer, observer};
use std::{
    fmt, io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread,
};

/// Takes an observer to a thread of its own, for one that may be slow: that writes to a file or a
/// socket, or takes a lock.
///
/// Events are copied into a channel of `capacity` events. If it is full, they are dropped and
/// counted, so that no call ever waits: see [`dropped`](Self::dropped). When their number reaches a
/// power of two, an event `observer is too slow` of level WARN reports it. If the observer panics,
/// its thread ends, and it is switched off. Resilient calls that it makes on that thread are not
/// observed.
///
/// The thread ends after the last event when the observer has been
/// [stopped](super::Observation::stop) and its last [`Observation`](super::Observation) is gone.
/// Events that wait at the end of the process are lost.
///
/// ```
/// use resilient_runtime::{Buffered, Event, observe};
///
/// let slow = |event: &Event<'_>| println!("{:?}", event.kind);
/// let buffered = Buffered::new(slow, 1_000).unwrap();
/// let dropped = buffered.dropped();
/// observe(buffered);
/// assert_eq!(dropped.count(), 0);
/// ```
pub struct Buffered {
    sender: SyncSender<Event<'static>>,
    dropped: Dropped,
}

/// The number of events that a [`Buffered`] observer has dropped, because its channel was full.
#[derive(Clone, Debug, Default)]
pub struct Dropped(Arc<AtomicU64>);

impl Dropped {
    /// Their number so far.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Buffered {
    /// Starts a thread that tells `observer` the events that this one hears of. At least one event
    /// fits.
    ///
    /// # Errors
    /// The operating system starts no thread.
    pub fn new(observer: impl Observer + 'static, capacity: usize) -> io::Result<Self> {
        let (sender, receiver) = sync_channel::<Event<'static>>(capacity.max(1));
        thread::Builder::new()
            .name("resilient-observer".to_owned())
            .spawn(move || {
                observer::is_observer_from_now_on();
                // Until the sender is dropped with this observer.
                for event in receiver {
                    observer.observe(&event);
                }
            })?;
        let dropped = Dropped::default();
        Ok(Self { sender, dropped })
    }

    /// The counter of dropped events, to be kept before this is registered.
    pub fn dropped(&self) -> Dropped {
        self.dropped.clone()
    }
}

impl Observer for Buffered {
    /// # Panics
    /// If the thread has ended by a panic of its observer: this one is switched off then.
    #[expect(clippy::panic, reason = "caught, and reported once")]
    fn observe(&self, event: &Event<'_>) {
        match self.sender.try_send(event.clone().into_owned()) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                let before = self.dropped.0.fetch_add(1, Ordering::Relaxed);
                let dropped = before.saturating_add(1);
                if dropped.is_power_of_two() {
                    // A subscriber that panics is no fault of this observer.
                    let report = || super::sink::observer_is_slow(dropped);
                    let _ = std::panic::catch_unwind(report);
                }
            }
            Err(TrySendError::Disconnected(_)) => panic!("the observer has panicked"),
        }
    }
}

impl fmt::Debug for Buffered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffered")
            .field("dropped", &self.dropped.count())
            .finish_non_exhaustive()
    }
}
