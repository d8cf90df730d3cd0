//! The permits of the concurrency limit.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "test code fails loudly"
)]

use super::kit_test::{Kit, replica};
use crate::sharing::{Limits, Report};

fn needs(id: u64, permits: u32, held: u32, wanted: u32) -> Report {
    let limits = Limits {
        permits: Some(permits),
        ..Limits::default()
    };
    Report {
        held,
        wanted,
        ..replica(id, limits)
    }
}

#[test]
fn small_needs_are_met_whole_and_the_rest_is_divided_evenly() {
    let mut kit = Kit::new();
    for _ in 0..2 {
        kit.beat(&needs(1, 12, 0, 1));
        kit.beat(&needs(2, 12, 0, 100));
        kit.beat(&needs(3, 12, 0, 100));
    }
    assert_eq!(kit.permits(&needs(1, 12, 0, 1)), 1);
    let large = [2, 3].map(|id| kit.permits(&needs(id, 12, 0, 100)));
    assert!(large == [5, 6] || large == [6, 5], "{large:?}");
    // A replica that is alone has all, also those that it does not need now.
    kit.clock += 10.1;
    assert_eq!(kit.permits(&needs(3, 12, 1, 0)), 12);
}

#[test]
fn f404_permits_of_a_replica_that_was_killed_are_back_after_ten_seconds() {
    let mut kit = Kit::new();
    assert_eq!(kit.permits(&needs(1, 10, 0, 10)), 10);
    kit.settle(&needs(1, 10, 10, 0));
    kit.clock += 10.0;
    assert_eq!(kit.permits(&needs(2, 10, 0, 10)), 0);
    kit.clock += 0.1;
    assert_eq!(kit.permits(&needs(2, 10, 0, 10)), 10);
}

#[test]
fn replicas_take_turns_if_there_are_fewer_permits() {
    let mut kit = Kit::new();
    let mut turns = [0; 5];
    for _ in 0..50 {
        let mut given = 0;
        // Twice, for permits are given on only when they were returned.
        for _ in 0..2 {
            given = 0;
            for (id, turns) in (0..).zip(&mut turns) {
                let permits = kit.permits(&needs(id, 2, 0, 3));
                given += permits;
                *turns += permits;
            }
        }
        assert!(given <= 2, "{given}");
        kit.clock += 5.0;
    }
    assert!(turns.iter().all(|turns| *turns >= 30), "{turns:?}");
}

#[test]
fn replicas_together_are_given_no_more_than_the_limit() {
    let (mut kit, mut seed) = (Kit::new(), 1_u64);
    let mut random = |bound: u32| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        u32::try_from(seed >> 33).unwrap() % bound
    };
    let (mut given, mut holds) = ([0_u32; 7], [0_u32; 7]);
    for _ in 0..5_000 {
        kit.clock += 0.1;
        let id = random(7);
        let at = id as usize;
        // One that was given fewer than it holds begins nothing.
        let held = random(given[at].max(holds[at]) + 1);
        holds[at] = held;
        given[at] = kit.permits(&needs(id.into(), 20, held, random(30)));
        let both = given.iter().zip(&holds);
        let sum: u32 = both.map(|(given, held)| *given.max(held)).sum();
        assert!(sum <= 20, "{given:?} {holds:?}");
    }
}
