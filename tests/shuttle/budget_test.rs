//! The models of calls that wait for the retry budget hold.

use resilient_shuttle::budget;

#[test]
fn nobody_who_waits_is_forgotten() {
    budget::nobody_who_waits_is_forgotten();
}

#[test]
fn nobody_of_many_who_go_together_is_forgotten() {
    budget::nobody_of_many_who_go_together_is_forgotten();
}

#[test]
fn prices_that_nobody_uses_come_back() {
    budget::prices_that_nobody_uses_come_back();
}
