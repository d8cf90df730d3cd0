#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "test code fails loudly"
)]

use super::*;
use std::{sync::atomic::AtomicUsize, thread, time::Duration};

const START: Moment = Moment(1_000_000_000);

fn later(seconds: u64) -> Moment {
    START.after(Duration::from_secs(seconds))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as for any value")]
fn never(_: &u64, _: Moment) -> bool {
    false
}

/// The `number`th key, used at the second of that number.
fn put(keys: &Keys<u64>, number: u64) -> Arc<u64> {
    keys.get_or_insert(&number.to_string(), later(number), |_| number)
}

fn has(keys: &Keys<u64>, number: u64) -> bool {
    keys.peek(&number.to_string())
        .is_some_and(|value| *value == number)
}

#[test]
fn key_has_one_value_until_evicted() {
    static KEYS: Keys<u64> = Keys::new(10, never);
    let first = KEYS.get_or_insert("a", START, |_| 1);
    let second = KEYS.get_or_insert("a", later(1), |_| unreachable!());
    assert!(Arc::ptr_eq(&first, &second));
    assert_eq!(*KEYS.get_or_insert("b", START, |_| 2), 2);
    assert_eq!(*KEYS.get_or_insert("", START, |_| 3), 3);
    assert_eq!(KEYS.len(), 3);
    assert!(KEYS.peek("c").is_none());
}

#[test]
fn f79_a_million_keys_stay_within_the_capacity() {
    let keys = Keys::new(1_000, never);
    for number in 0..1_000_000 {
        assert_eq!(*put(&keys, number), number);
        assert!(keys.len() <= 1_000);
    }
    let mut shown = 0;
    keys.for_each(|_, _| shown += 1);
    assert_eq!(shown, keys.len());
    assert!(shown > 900, "{shown}");
}

#[test]
fn nothing_is_evicted_before_the_map_is_full() {
    for capacity in [0, 1, 2, 10, 100, 1_000] {
        let keys = Keys::new(capacity, never);
        for number in 0..capacity.max(1) as u64 {
            put(&keys, number);
        }
        assert_eq!(keys.len(), capacity.max(1));
        assert!((0..capacity as u64).all(|number| has(&keys, number)));
        put(&keys, 9_999);
        assert!(has(&keys, 9_999) && keys.len() <= capacity.max(1));
    }
}

#[test]
fn longest_idle_keys_are_evicted_first() {
    let keys = Keys::new(1_000, never);
    for number in 0..1_000 {
        put(&keys, number);
    }
    // Occasional use keeps an entry; a peek does not.
    for number in 1_000..20_000 {
        keys.get_or_insert("7", later(number), |_| unreachable!());
        put(&keys, number);
        has(&keys, 8);
    }
    assert!(!has(&keys, 8));
    // The shards are filled unevenly, by hashes that differ from run to run, so each has its own
    // oldest entry: about 1,000 uses ago, with wide bounds.
    assert!((19_900..20_000).all(|number| has(&keys, number)));
    assert!((0..15_000).all(|number| number == 7 || !has(&keys, number)));
}

#[test]
fn keys_in_use_are_not_evicted() {
    let keys = Keys::new(100, never);
    let held: Vec<_> = (0..50).map(|number| put(&keys, number)).collect();
    for number in 50..10_000 {
        put(&keys, number);
    }
    for (number, value) in held.iter().enumerate() {
        assert!(Arc::ptr_eq(value, &put(&keys, number as u64)));
    }
    assert!(keys.len() <= 100);
    drop(held);
    for number in 10_000..20_000 {
        put(&keys, number);
    }
    assert!((0..50).all(|number| !has(&keys, number)));
}

#[test]
fn map_grows_with_calls_in_flight_and_shrinks_after_them() {
    let keys = Keys::new(100, never);
    let held: Vec<_> = (0..1_000).map(|number| put(&keys, number)).collect();
    assert_eq!(keys.len(), 1_000);
    for number in 1_000..10_000 {
        put(&keys, number);
        assert!(keys.len() <= 1_000 + 1_000 / 8 + 1, "{}", keys.len());
    }
    assert!((0..1_000).all(|number| has(&keys, number)));
    drop(held);
    for number in 10_000..12_000 {
        put(&keys, number);
    }
    assert!(keys.len() <= 100, "{}", keys.len());
}

#[test]
fn entries_that_matter_are_evicted_last() {
    // Odd ones matter for as long as a minute after the hour.
    let keys = Keys::new(100, |number: &u64, now: Moment| {
        number % 2 == 1 && now < later(3_660)
    });
    for number in 0..100 {
        put(&keys, number);
    }
    for number in (100..1_000).step_by(2) {
        put(&keys, number);
    }
    assert!((1..100).step_by(2).all(|number| has(&keys, number)));
    // If nothing else is idle, they are evicted too.
    for number in (101..1_000).step_by(2) {
        put(&keys, number);
        assert!(keys.len() <= 100);
    }
    assert!((0..1_000).step_by(2).all(|number| !has(&keys, number)));
    // And also once they no longer matter.
    for number in 5_000..6_000 {
        put(&keys, number);
    }
    assert!((0..1_000).all(|number| !has(&keys, number)));
}

#[test]
fn keys_with_equal_hashes_are_distinguished() {
    let keys = Keys::new(10, never);
    for number in 0..4 {
        keys.insert(u64::MAX, &number.to_string(), START, |_| number);
    }
    for number in 0..4 {
        let found = keys.find(u64::MAX, &number.to_string(), None);
        assert_eq!(found.as_deref(), Some(&number));
    }
    assert_eq!(keys.find(u64::MAX, "4", None), None);
}

#[test]
fn values_may_access_the_map_when_dropped_or_visited() {
    struct Looks;
    static KEYS: Keys<Looks> = Keys::new(4, |_, _| false);
    static DROPS: AtomicUsize = AtomicUsize::new(0);
    impl Drop for Looks {
        fn drop(&mut self) {
            for number in 0..100 {
                KEYS.peek(&number.to_string());
            }
            DROPS.fetch_add(1, Ordering::Relaxed);
        }
    }
    for number in 0..100 {
        KEYS.get_or_insert(&number.to_string(), later(number), |_| Looks);
    }
    assert_eq!(DROPS.load(Ordering::Relaxed), 100 - KEYS.len());
    let mut shown = 0;
    KEYS.for_each(|key, _| shown += usize::from(KEYS.peek(key).is_some()));
    assert_eq!(shown, KEYS.len());
}

#[test]
fn panicking_constructor_leaves_the_map_unchanged() {
    let keys = Keys::new(10, never);
    let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        keys.get_or_insert("a", START, |_| unreachable!());
    }));
    assert!(made.is_err());
    assert_eq!(keys.len(), 0);
    assert_eq!(*keys.get_or_insert("a", START, |_| 1), 1);
}

#[test]
fn debug_does_not_show_keys() {
    let keys = Keys::new(10, never);
    keys.get_or_insert("sk-secret", START, |_| 1);
    assert_eq!(format!("{keys:?}"), "Keys { capacity: 10, len: 1, .. }");
}

#[test]
fn threads_share_values_and_stay_near_the_capacity() {
    let keys = Keys::new(64, |_: &AtomicU64, _| false);
    let made = AtomicUsize::new(0);
    let held = keys.get_or_insert("shared", START, |_| AtomicU64::new(0));
    thread::scope(|scope| {
        for thread in 0..4_u64 {
            let (keys, made) = (&keys, &made);
            scope.spawn(move || {
                for number in 0..20_000_u64 {
                    let now = later(number);
                    let shared = keys.get_or_insert("shared", now, |_| unreachable!());
                    shared.fetch_add(1, Ordering::Relaxed);
                    let key = ((number * (thread + 1)) % 500).to_string();
                    keys.get_or_insert(&key, now, |_| {
                        made.fetch_add(1, Ordering::Relaxed);
                        AtomicU64::new(0)
                    });
                    // Each thread may exceed the limit by one entry.
                    assert!(keys.len() <= 64 + 64 / 8 + 4);
                }
            });
        }
    });
    assert_eq!(held.load(Ordering::Relaxed), 80_000);
    assert!(made.load(Ordering::Relaxed) >= 500);
    let mut shown = 0;
    keys.for_each(|_, _| shown += 1);
    assert_eq!(shown, keys.len());
}

/// Long keys cost no more memory than short ones, and none shares the state of another.
#[test]
fn f114_the_bytes_of_long_keys_are_bounded() {
    const LENGTH: usize = 1 << 20;

    let keys = Keys::new(1_000, never);
    let mut long = "é".repeat(LENGTH / 2);
    let mut tell = |number: u64| {
        long.truncate(LENGTH);
        long.push_str(&number.to_string());
        let value = keys.get_or_insert(&long, START, |kept| {
            assert!(kept.len() < 100, "{kept}");
            number
        });
        assert_eq!(keys.peek(&long), Some(Arc::clone(&value)));
        *value
    };
    for number in 0..200 {
        assert_eq!(tell(number), number);
    }
    assert_eq!(tell(7), 7);
    let mut bytes = 0;
    let mut kept = Vec::new();
    keys.for_each(|key, _| {
        bytes += key.len();
        kept.push(key.to_owned());
    });
    assert_eq!(keys.len(), 200);
    assert!(bytes < 200 * 100, "{bytes}");
    // A key that is made to look like a kept one is another key.
    for key in kept {
        assert!(key.len() > LONGEST);
        assert!(keys.peek(&key).is_none());
    }
    // Up to this length a key is kept as it is.
    let longest = "k".repeat(LONGEST);
    keys.get_or_insert(&longest, START, |kept| {
        assert_eq!(kept, longest);
        999
    });
}
