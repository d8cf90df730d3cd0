//! Models of the state per key.

use super::{explore, join};
use crate::{
    Breaker, Concurrency, Upstream,
    clock::Moment,
    upstream::{UpstreamHandle, key_handle, keys::Keys},
};
use shuttle::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
};
use std::sync::Arc;

const ORDERS: usize = 10_000;

fn state(keys: &Keys<AtomicU64>, key: &str, at: u64) -> Arc<AtomicU64> {
    keys.get_or_insert(key, Moment(at), |_| AtomicU64::new(0))
}

/// Calls of one key run while other keys cause evictions: while one of them runs, all see the same
/// state.
#[test]
fn f79_a_key_in_use_is_not_evicted() {
    explore(ORDERS, || {
        let keys = Arc::new(Keys::new(1, |_, _| false));
        let held = state(&keys, "held", 1);
        let users = [2, 3].map(|at| {
            let keys = Arc::clone(&keys);
            thread::spawn(move || {
                state(&keys, "held", at).fetch_add(1, Ordering::Relaxed);
            })
        });
        let others = ["a", "b"].map(|key| {
            let keys = Arc::clone(&keys);
            thread::spawn(move || {
                state(&keys, key, 4);
            })
        });
        users.into_iter().for_each(join);
        others.into_iter().for_each(join);
        assert_eq!(held.load(Ordering::Relaxed), 2);
        let now = keys.peek("held");
        assert!(now.is_some_and(|now| Arc::ptr_eq(&now, &held)));
    });
}

/// More new keys than the capacity, from several threads: each has one state, and when none is in
/// use, new ones replace old ones.
#[test]
fn concurrent_new_keys_have_one_state_each() {
    explore(ORDERS, || {
        let keys = Arc::new(Keys::new(2, |_, _| false));
        let threads = ["a", "a", "b", "c"].map(|key| {
            let keys = Arc::clone(&keys);
            thread::spawn(move || state(&keys, key, 1))
        });
        let [first, second, ..] = threads.map(join);
        // Both were held to the end.
        assert!(Arc::ptr_eq(&first, &second));
        drop((first, second));
        for (at, key) in (2..).zip(["d", "e", "f", "g"]) {
            state(&keys, key, at);
        }
        assert!(keys.len() <= 4, "{}", keys.len());
    });
}

/// Two changes of one setting at the same time: the limit in force, and the one of a key that is
/// new afterwards, are of the same change.
#[test]
fn f157_two_changes_of_a_setting_end_with_one_of_them_everywhere() {
    explore(ORDERS, || {
        let upstream = Arc::new(Upstream::new("model").concurrency(Concurrency::new(1)));
        let permits = |upstream: &Upstream| upstream.snapshot().permits;
        assert_eq!(permits(&upstream), Some(1));
        let changes = [2, 3].map(|limit| {
            let upstream = Arc::clone(&upstream);
            thread::spawn(move || upstream.set_concurrency(limit).unwrap())
        });
        changes.into_iter().for_each(join);
        let key = key_handle(&upstream, "new");
        let new = UpstreamHandle::by(&upstream, &key)
            .shared
            .concurrency
            .limit();
        assert_eq!(permits(&upstream), Some(new));
    });
}

/// Isolated and released at the same time: all keys are either the one or the other.
#[test]
fn f189_isolating_and_releasing_at_one_time_end_with_one_of_them_for_all_keys() {
    explore(ORDERS, || {
        let upstream = Arc::new(Upstream::new("model").breaker(Breaker::new()));
        let key = key_handle(&upstream, "key");
        let changes = [Upstream::isolate, Upstream::release].map(|change| {
            let upstream = Arc::clone(&upstream);
            thread::spawn(move || change(&upstream))
        });
        changes.into_iter().for_each(join);
        let of_key = upstream.snapshot_by("key").map(|key| key.breaker);
        assert_eq!(of_key, Some(upstream.snapshot().breaker));
        drop(key);
    });
}
