//! The models of the concurrency limit hold.

#[test]
fn a_slot_is_had_by_one_at_a_time() {
    resilient_loom::slots::a_slot_is_had_by_one_at_a_time();
}

#[test]
fn a_slot_that_comes_back_to_who_leaves_is_there_for_the_next() {
    resilient_loom::slots::a_slot_that_comes_back_to_who_leaves_is_there_for_the_next();
}

#[test]
fn a_limit_that_changes_loses_no_slot() {
    resilient_loom::slots::a_limit_that_changes_loses_no_slot();
}
