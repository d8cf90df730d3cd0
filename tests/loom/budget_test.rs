//! The models of the retries that wait hold.

/// A test for each model.
macro_rules! models {
    ($($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                resilient_loom::budget::$name();
            }
        )+
    };
}

models! {
    a_failure_at_the_end_of_a_recovery_is_not_forgotten
    calls_that_fail_first_at_once_both_count
    a_price_that_nobody_uses_comes_back
    a_price_that_comes_back_pays_for_the_next
    a_retry_that_is_not_sent_pays_for_the_next
    the_next_is_told_that_the_head_has_left
    the_next_is_told_that_the_head_was_let_go
    calls_of_one_task_tell_each_other
    who_looks_before_its_start_tells_those_it_lets_go
    an_attempt_from_before_a_recovery_ends_no_other
}
