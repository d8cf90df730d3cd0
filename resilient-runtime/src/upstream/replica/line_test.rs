#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "test code fails loudly"
)]

use super::{super::order::FIRST, *};
use crate::random::seeded;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    task::Wake,
};

const SECOND: Duration = Duration::from_secs(1);

#[derive(Default)]
struct Woken(AtomicU32);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn start() -> Moment {
    Moment(1_000_000_000_000)
}

fn at(millis: u64) -> Moment {
    start().after(Duration::from_millis(millis))
}

fn place(millis: u64) -> Place {
    Place {
        at: at(millis),
        cost: 1,
    }
}

fn joins(line: &mut Line) -> (u64, Arc<Woken>) {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    (line.join(1, Moment::LAST, waker), woken)
}

fn wake_all(wakers: Vec<Waker>) {
    for waker in wakers {
        waker.wake();
    }
}

#[test]
fn the_place_of_an_attempt_that_leaves_goes_to_the_one_behind_it() {
    let mut line = Line::new();
    let (first, _) = joins(&mut line);
    let (second, woken) = joins(&mut line);
    wake_all(line.add(&[place(100), place(200)]));
    assert_eq!(line.look(second, start(), Waker::noop()), Look::At(at(200)));
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
    let (third, woken) = joins(&mut line);
    let wakers = line.leave(first);
    assert_eq!(wakers.len(), 2, "those that move up look again");
    wake_all(wakers);
    assert_eq!(woken.0.load(Ordering::Relaxed), 1);
    assert_eq!(line.look(second, start(), Waker::noop()), Look::At(at(100)));
    assert_eq!(line.look(third, start(), Waker::noop()), Look::At(at(200)));
    assert_eq!(
        line.look(second, at(100), Waker::noop()),
        Look::Now(place(100))
    );
}

#[test]
fn a_newcomer_does_not_take_the_place_of_one_that_waits() {
    let mut line = Line::new();
    let (first, _) = joins(&mut line);
    let _ = line.add(&[place(0)]);
    assert_eq!(line.take(at(1)), None);
    assert_eq!(line.look(first, at(1), Waker::noop()), Look::Now(place(0)));
    let _ = line.add(&[place(0)]);
    assert_eq!(line.take(at(1)), Some(place(0)));
}

#[test]
fn an_attempt_that_is_not_polled_delays_nobody_and_loses_its_place() {
    let mut line = Line::new();
    let (unpolled, _) = joins(&mut line);
    let (polled, _) = joins(&mut line);
    let _ = line.add(&[place(0), place(100)]);
    assert_eq!(
        line.look(polled, at(100), Waker::noop()),
        Look::Now(place(100))
    );
    assert_eq!(line.expire(at(900)), Unused::default());
    let unused = line.expire(at(1_100));
    assert_eq!((unused.requests, unused.tokens), (1, 1));
    assert_eq!(line.look(unpolled, at(1_100), Waker::noop()), Look::Missed);
    assert!(line.is_empty());
}

#[test]
fn an_order_is_for_a_quarter_of_a_second_of_the_own_part_of_the_line() {
    let mut line = Line::new();
    for _ in 0..100 {
        joins(&mut line);
    }
    let (costs, _) = line.order(start()).unwrap();
    assert_eq!(costs.len(), FIRST);
    let waits: Vec<_> = (0..4).map(|n| Duration::from_millis(n * 50)).collect();
    line.answered(start(), &waits, None);
    let places: Vec<_> = (0..4).map(|n| place(n * 50)).collect();
    let _ = line.add(&places);
    assert_eq!(line.order(start()), None, "the last place is still far");
    assert_eq!(line.orders_at(), Some(at(25)));
    let (costs, _) = line.order(at(25)).unwrap();
    assert_eq!(costs.len(), 5, "one each 50 ms");
}

#[test]
fn frequent_calls_have_places_before_they_come() {
    let mut line = Line::new();
    let mut now = start();
    let mut ordered = 0;
    for _ in 0..100 {
        line.arrived(7, now);
        now = now.after(Duration::from_millis(10));
        let _ = line.expire(now);
        if let Some((costs, _)) = line.order(now) {
            assert!(costs.iter().all(|cost| *cost == 7), "{costs:?}");
            ordered += 1;
            line.answered(now, &[Duration::ZERO], None);
            let places = costs.iter().map(|cost| Place {
                at: now,
                cost: *cost,
            });
            let _ = line.add(&places.collect::<Vec<_>>());
        }
        // The first calls come before anything is known.
        let _ = line.take(now);
    }
    assert!(
        (2..=10).contains(&ordered),
        "{ordered} orders for 100 calls"
    );
    line.arrived(7, now.after(SECOND));
    assert_eq!(line.order(now.after(SECOND)), None, "rare again");
}

#[test]
fn attempts_that_cannot_have_a_place_in_time_are_not_ordered_for() {
    let mut line = Line::new();
    line.answered(start(), &[], Some(5 * SECOND));
    let waker = || Waker::noop().clone();
    line.join(1, at(4_000), waker());
    assert_eq!(line.order(at(1)), None);
    assert_eq!(line.hopeless(at(1)).len(), 1);
    line.join(2, at(6_000), waker());
    let (costs, latest) = line.order(at(2)).unwrap();
    assert_eq!((costs, latest), (vec![2], at(6_000)));
    // Known for a second.
    assert_eq!(line.order(at(1_100)).unwrap().0.len(), 2);
}

/// Any sequence of steps: each place is used once, returned once, or still there.
#[test]
fn no_place_is_lost_or_used_twice() {
    for seed in 0..200 {
        let mut line = Line::new();
        let mut waiting: Vec<u64> = Vec::new();
        let (mut added, mut used, mut returned) = (0_i64, 0, 0);
        let mut now = start();
        for step in 0..300 {
            let number = seeded(seed, step);
            now = now.after(Duration::from_millis(number % 97));
            let pick = usize::try_from(number >> 32).unwrap();
            match number % 7 {
                0 | 1 => waiting.push(joins(&mut line).0),
                2 if !waiting.is_empty() => {
                    let id = waiting.remove(pick % waiting.len());
                    let _ = line.leave(id);
                }
                3 | 4 if !waiting.is_empty() => {
                    let at = pick % waiting.len();
                    match line.look(waiting[at], now, Waker::noop()) {
                        Look::Now(place) => {
                            assert!(place.at <= now, "before its time");
                            waiting.remove(at);
                            if number % 5 == 0 {
                                let _ = line.put_back(place, now);
                            } else {
                                used += 1;
                            }
                        }
                        Look::Missed => {
                            waiting.remove(at);
                        }
                        Look::At(_) | Look::Unplaced => {}
                    }
                }
                5 => {
                    let many = number % 5 + 1;
                    let places: Vec<_> = (0..many)
                        .map(|n| Place {
                            at: now.after(Duration::from_millis(n * 40)),
                            cost: 1,
                        })
                        .collect();
                    added += i64::try_from(many).unwrap();
                    let _ = line.add(&places);
                }
                _ => {
                    returned += line.expire(now).requests;
                    used += i64::from(line.take(now).is_some());
                }
            }
        }
        returned += line.give_up().1.requests;
        assert_eq!(added, used + returned, "seed {seed}");
    }
}

/// Places ahead of need are ordered for the next moment only, so they are refused while the line of
/// all replicas is longer. The next order may be given them when the line can be that short.
#[test]
fn f448_an_order_ahead_that_was_refused_is_not_repeated_at_once() {
    let mut line = Line::new();
    for _ in 0..5 {
        line.arrived(1, start());
    }
    assert_eq!(line.order(start()).unwrap().0.len(), 5);
    line.answered(start(), &[], Some(Duration::from_millis(400)));
    assert_eq!(line.order(start()), None);
    assert_eq!(line.order(at(100)), None);
    assert_eq!(line.order(at(200)).unwrap().0.len(), 5);
    // An attempt that waits is another matter.
    joins(&mut line);
    assert_eq!(line.order(at(100)).unwrap().0.len(), 5);
}
