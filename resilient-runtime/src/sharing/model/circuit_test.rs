//! The circuit that replicas share.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    reason = "test code fails loudly"
)]

use super::kit_test::{Kit, replica};
use crate::sharing::{CircuitReport, Granted, Limits, Report};
use std::time::Duration;

const BREAK: Duration = Duration::from_secs(20);

fn with(id: u64, circuit: CircuitReport) -> Report {
    let circuit = CircuitReport {
        probes: 2,
        probe_timeout: Duration::from_secs(5),
        ..circuit
    };
    Report {
        circuit,
        ..replica(id, Limits::default())
    }
}

fn idle(id: u64) -> Report {
    with(id, CircuitReport::default())
}

fn busy(id: u64) -> Report {
    let circuit = CircuitReport {
        has_calls: true,
        ..CircuitReport::default()
    };
    with(id, circuit)
}

fn broken(id: u64, break_left: Duration) -> Report {
    let circuit = CircuitReport {
        has_calls: true,
        break_left,
        ..CircuitReport::default()
    };
    with(id, circuit)
}

fn is_open(kit: &mut Kit) -> bool {
    kit.settle(&idle(1)).circuit.break_left.is_some()
}

/// Five replicas that are alive, of which the first two have opened it.
fn open() -> (Kit, u64) {
    let mut kit = Kit::new();
    for id in 1..=5 {
        kit.settle(&idle(id));
    }
    kit.settle(&broken(1, BREAK));
    let view = kit.settle(&broken(2, BREAK));
    assert_eq!(view.circuit.break_left, Some(BREAK));
    (kit, view.circuit.version)
}

#[test]
fn break_of_one_replica_among_others_opens_nothing() {
    let mut kit = Kit::new();
    kit.settle(&busy(1));
    kit.settle(&busy(2));
    let view = kit.settle(&broken(3, BREAK));
    assert_eq!(view.circuit.break_left, None);
}

#[test]
fn half_of_the_replicas_with_calls_open_it_until_the_latest_of_their_breaks() {
    let mut kit = Kit::new();
    for id in 1..=5 {
        kit.settle(&busy(id));
    }
    kit.settle(&idle(6));
    let before = kit.settle(&broken(1, BREAK)).circuit;
    assert_eq!(kit.settle(&broken(2, BREAK / 2)).circuit, before);
    let view = kit.settle(&broken(3, BREAK / 2));
    assert_eq!(view.circuit.break_left, Some(BREAK));
    assert_eq!(view.circuit.version, before.version + 1);
}

#[test]
fn only_replica_opens_it_alone() {
    let mut kit = Kit::new();
    kit.settle(&busy(2));
    kit.clock += 10.1;
    let view = kit.settle(&broken(1, BREAK));
    assert_eq!((view.replicas, view.circuit.break_left), (1, Some(BREAK)));
}

#[test]
fn rejected_key_opens_it_without_a_vote_and_once_for_its_break() {
    let mut kit = Kit::new();
    for id in 1..=5 {
        kit.settle(&busy(id));
    }
    let mut report = broken(1, BREAK);
    report.circuit.is_for_all = true;
    let opened = kit.settle(&report).circuit;
    assert_eq!(opened.break_left, Some(BREAK));
    let mut closes = idle(2);
    closes.circuit.closes = Some(opened.version);
    kit.settle(&closes);
    // The first one reports its break until it hears that another one has closed the circuit.
    kit.clock += 1.0;
    report.circuit.break_left = Duration::from_secs(19);
    assert_eq!(kit.settle(&report).circuit.break_left, None);
    report.circuit.break_left = BREAK;
    assert_eq!(kit.settle(&report).circuit.break_left, Some(BREAK));
}

#[test]
fn f401_votes_from_before_it_was_closed_do_not_open_it_again() {
    let (mut kit, version) = open();
    let mut closes = idle(3);
    closes.circuit.closes = Some(version);
    let view = kit.settle(&closes);
    assert_eq!(view.circuit.break_left, None);
    assert_eq!(view.circuit.version, version + 1);
    kit.clock += 0.1;
    for id in [1, 2] {
        kit.settle(&broken(id, Duration::from_millis(19_920)));
    }
    assert!(!is_open(&mut kit));
    // New breaks do.
    kit.clock += 1.0;
    for id in [1, 2] {
        kit.settle(&broken(id, BREAK));
    }
    assert!(is_open(&mut kit));
}

#[test]
fn f402_what_was_decided_for_another_version_changes_nothing() {
    let (mut kit, version) = open();
    for late in [version - 1, version + 1, 0, u64::MAX] {
        let mut report = idle(3);
        report.circuit.closes = Some(late);
        report.circuit.reopens = Some(late);
        report.circuit.break_left = BREAK * 9;
        let view = kit.settle(&report);
        assert_eq!(view.circuit.version, version);
        assert_eq!(view.circuit.break_left, Some(BREAK));
    }
    let mut report = idle(3);
    report.circuit.reopens = Some(version);
    report.circuit.break_left = BREAK * 2;
    let view = kit.settle(&report);
    assert_eq!(view.circuit.version, version + 1);
    assert_eq!(view.circuit.break_left, Some(BREAK * 2));
}

#[test]
fn versions_from_before_the_data_was_lost_are_not_met_again() {
    let (mut kit, version) = open();
    kit.state = super::State::default();
    kit.clock += 1.0;
    kit.settle(&idle(3));
    let view = kit.settle(&idle(3));
    assert!(view.circuit.version > version + 100);
}

#[test]
fn probes_are_granted_after_the_break_as_many_as_may_be_sent_at_a_time() {
    let (mut kit, version) = open();
    let no = |seconds| Granted::No {
        wait: Duration::from_secs(seconds),
    };
    assert_eq!(kit.probe(&idle(3)), no(20));
    kit.clock += 20.0;
    assert_eq!(kit.probe(&idle(3)), Granted::Yes);
    assert_eq!(kit.probe(&idle(4)), Granted::Yes);
    assert_eq!(kit.probe(&idle(5)), no(1));
    // One that was not sent is given back.
    let mut unused = idle(3);
    unused.circuit.unused_probes = 1;
    kit.settle(&unused);
    assert_eq!(kit.probe(&idle(5)), Granted::Yes);
    assert_eq!(kit.probe(&idle(5)), no(1));
    let mut closes = idle(5);
    closes.circuit.closes = Some(version);
    assert_eq!(kit.probe(&closes), no(0));
}

#[test]
fn f403_probes_of_a_replica_that_was_killed_are_granted_again_after_their_timeout() {
    let (mut kit, _) = open();
    kit.clock += 20.0;
    assert_eq!(kit.probe(&idle(3)), Granted::Yes);
    assert_eq!(kit.probe(&idle(3)), Granted::Yes);
    kit.clock += 4.9;
    assert!(kit.probe(&idle(4)) != Granted::Yes);
    kit.clock += 0.2;
    assert_eq!(kit.probe(&idle(4)), Granted::Yes);
    // Also to itself, if only their results were lost.
    assert_eq!(kit.probe(&idle(3)), Granted::Yes);
    assert!(kit.probe(&idle(3)) != Granted::Yes);
}
