//! The models hold.

use resilient_shuttle::{admit, keys, race, slots};

#[test]
fn f43_who_gives_up_in_any_order_takes_no_slot_with_it() {
    slots::who_gives_up_takes_no_slot_with_it();
}

#[test]
fn a_limit_that_changes_leaves_nobody_behind() {
    slots::a_limit_that_changes_leaves_nobody_behind();
}

#[test]
fn f79_a_key_in_use_is_not_pushed_out() {
    keys::a_key_in_use_is_not_pushed_out();
}

#[test]
fn keys_that_come_together_have_one_state_each() {
    keys::keys_that_come_together_have_one_state_each();
}

#[test]
fn f77_what_is_refused_gives_back_all_it_took() {
    admit::what_is_refused_gives_back_all_it_took();
}

#[test]
fn f38_a_circuit_that_opens_under_way_keeps_nothing() {
    admit::a_circuit_that_opens_under_way_keeps_nothing();
}

#[test]
fn f73_a_hedge_that_is_due_at_the_end_leaves_nothing() {
    race::a_hedge_that_is_due_at_the_end_leaves_nothing();
}
