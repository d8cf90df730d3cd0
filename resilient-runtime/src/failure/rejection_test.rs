//! The texts of rejections.

use super::*;

#[test]
fn f125_an_upstreams_name_is_one_line_of_a_rejection() {
    let name = || std::borrow::Cow::from("api\n2026-11-27 ERROR forged\u{1b}[2J");
    let wait = Duration::from_secs(1);
    for rejection in [
        Rejection::circuit_open(name(), wait, None),
        Rejection::throttled(name(), "gate", Some(wait)),
        Rejection::throttled(name(), "gate", None),
        Rejection::too_costly(name(), 2, 1),
        Rejection::at_capacity(name(), 1),
        Rejection::store_lost(name()),
        Rejection::cap_reached(
            name(),
            "1 USD/day".into(),
            (SystemTime::UNIX_EPOCH, "1970".into()),
            wait,
        ),
    ] {
        let shown = [rejection.to_string(), String::from(rejection.clone())];
        for shown in shown {
            assert!(!shown.contains(char::is_control), "{shown:?}");
            assert!(
                shown.contains(r"api\u{a}2026-11-27 ERROR forged\u{1b}[2J"),
                "{shown}"
            );
        }
        assert_eq!(rejection.upstream(), Some(&*name()));
    }
}

#[test]
fn f127_a_rejection_is_processed_as_its_attempts_are() {
    let maybe = Classification::new(Class::Connect).processed(Processed::Maybe);
    let attempt = FailedAttempt::new(1, &maybe, Duration::ZERO);
    let failed = Rejection::failed(attempt.clone());
    assert_eq!(failed.classification().processed, Processed::Maybe);

    let refused = Rejection::circuit_open("api".into(), Duration::ZERO, None);
    assert_eq!(refused.classification().processed, Processed::No);
    let history = History {
        attempts: vec![attempt],
        ..History::default()
    };
    let refused = refused.with_history(history);
    assert_eq!(refused.classification().processed, Processed::Maybe);
}
