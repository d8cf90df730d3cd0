//! Models of the line of a replica, and of the health of its store, in every interleaving.

use crate::{
    clock::Moment,
    models::explore,
    sharing::Health,
    sync::{Mutex, lock},
    upstream::replica::line::{Line, Look, Place},
};
use loom::thread;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering::SeqCst},
    },
    task::{Wake, Waker},
    time::Duration,
};

const NOW: Moment = Moment(1_000_000_000_000);

/// A place whose time has come.
const DUE: Place = Place { at: NOW, cost: 1 };

/// Whether an attempt was woken since it last looked. It is read only after the threads have ended.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        waker.wake();
    }
}

/// The first of two attempts leaves while a place comes: the other one has it, or is woken for it.
#[test]
fn place_of_one_that_leaves_is_found_by_the_next() {
    explore(3, || {
        let line = Arc::new(Mutex::new(Line::new()));
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let first = lock(&line).join(1, Moment::LAST, Waker::noop().clone());
        let second = lock(&line).join(1, Moment::LAST, waker.clone());
        let leaves = thread::spawn({
            let line = Arc::clone(&line);
            move || {
                let wakers = lock(&line).leave(first);
                wake(wakers);
            }
        });
        let comes = thread::spawn({
            let line = Arc::clone(&line);
            move || {
                let wakers = lock(&line).add(&[DUE]);
                wake(wakers);
            }
        });
        let seen = lock(&line).look(second, NOW, &waker);
        leaves.join().unwrap();
        comes.join().unwrap();
        if seen == Look::Unplaced {
            assert!(woken.0.load(SeqCst), "sleeps beside its place");
            assert_eq!(lock(&line).look(second, NOW, &waker), Look::Now(DUE));
        }
        assert!(lock(&line).is_empty());
    });
}

/// A place is returned while an attempt joins the line and a newcomer asks: one of them has it.
#[test]
fn place_that_is_returned_is_used_once() {
    explore(3, || {
        let line = Arc::new(Mutex::new(Line::new()));
        let returns = thread::spawn({
            let line = Arc::clone(&line);
            move || {
                let wakers = lock(&line).put_back(DUE, NOW);
                wake(wakers);
            }
        });
        let newcomer = thread::spawn({
            let line = Arc::clone(&line);
            move || u32::from(lock(&line).take(NOW).is_some())
        });
        let id = lock(&line).join(1, Moment::LAST, Waker::noop().clone());
        returns.join().unwrap();
        let taken = newcomer.join().unwrap();
        let looks = lock(&line).look(id, NOW, Waker::noop());
        let found = u32::from(looks == Look::Now(DUE));
        assert_eq!(taken + found, 1);
    });
}

/// Two upstreams find an outage, and its end, at the same time: each is reported once.
#[test]
fn edges_of_an_outage_are_reported_once() {
    explore(3, || {
        let health = Arc::new(Health::new());
        let reports = Arc::new(AtomicU32::new(0));
        let fails = |health: &Health, reports: &AtomicU32| {
            reports.fetch_add(u32::from(health.failed(NOW)), SeqCst);
        };
        let other = thread::spawn({
            let (health, reports) = (Arc::clone(&health), Arc::clone(&reports));
            move || fails(&health, &reports)
        });
        fails(&health, &reports);
        other.join().unwrap();
        assert_eq!(reports.load(SeqCst), 1);
        let end = NOW.after(Duration::from_secs(1));
        let other = thread::spawn({
            let health = Arc::clone(&health);
            move || u32::from(health.answered(end).is_some())
        });
        let own = u32::from(health.answered(end).is_some());
        assert_eq!(own + other.join().unwrap(), 1);
    });
}
