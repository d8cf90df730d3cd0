//! Numbers of a hedge that make no sense.

use super::MS;
use resilient_runtime::__private::Hedge;
use std::{panic::catch_unwind, time::Duration};

/// The message of the panic.
fn mistake(hedge: fn() -> Hedge) -> String {
    let panic = catch_unwind(hedge).unwrap_err();
    panic.downcast_ref::<String>().map_or_else(
        || (*panic.downcast_ref::<&str>().unwrap()).to_owned(),
        Clone::clone,
    )
}

#[test]
fn a_quantile_that_is_no_fraction_of_the_runs_is_a_mistake() {
    for hedge in [
        || Hedge::quantile(0.0, 1),
        || Hedge::quantile(1.0, 1),
        || Hedge::quantile(95.0, 1),
        || Hedge::quantile(-0.5, 1),
        || Hedge::quantile(f64::NAN, 1),
        || Hedge::quantile(f64::INFINITY, 1),
    ] {
        let mistake = mistake(hedge);
        assert!(mistake.starts_with("hedge: the quantile"), "{mistake}");
    }
    for quantile in [f64::MIN_POSITIVE, 0.5, 0.999] {
        let _ = Hedge::quantile(quantile, 1);
    }
}

#[test]
fn a_hedge_without_a_delay_is_a_mistake() {
    let mistake = mistake(|| Hedge::after(Duration::ZERO, 1));
    assert!(mistake.starts_with("hedge: zero"), "{mistake}");
    let _ = Hedge::after(MS, 0);
}
