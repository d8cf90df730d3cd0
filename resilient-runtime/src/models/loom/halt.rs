//! A model of the calls that wait.

use super::explore;
use crate::{
    halt::Waiters,
    sync::{AtomicU64, Ordering},
};
use loom::thread;
use std::{
    sync::Arc,
    task::{Wake, Waker},
};

struct Flag(AtomicU64);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(1, Ordering::Relaxed);
    }
}

/// A call registers, and then looks whether it has to stop, while a thread stops all calls: it sees
/// that, or it is woken.
#[test]
fn call_that_registers_as_all_are_stopped_sees_it_or_is_woken() {
    explore(3, || {
        let waiters = Arc::new((Waiters::new(), AtomicU64::new(0)));
        let flag = Arc::new(Flag(AtomicU64::new(0)));
        // Created before the thread.
        assert_eq!(waiters.0.wake_all(), 0);
        let before = [&waiters.1, &flag.0].map(|it| it.load(Ordering::Relaxed));
        assert_eq!(before, [0, 0]);
        let stops = thread::spawn({
            let waiters = Arc::clone(&waiters);
            move || {
                waiters.1.store(1, Ordering::Relaxed);
                waiters.0.wake_all();
            }
        });
        let mut place = None;
        let waker = Waker::from(Arc::clone(&flag));
        waiters.0.register(&mut place, &waker);
        let has_seen = waiters.1.load(Ordering::Relaxed) == 1;
        stops.join().unwrap();
        let is_woken = flag.0.load(Ordering::Relaxed) == 1;
        assert!(has_seen || is_woken, "it waits for ever");
    });
}
