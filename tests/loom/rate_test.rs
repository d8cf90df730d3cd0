//! The models of the limiter hold.

/// A test for each model.
macro_rules! models {
    ($($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                resilient_loom::rate::$name();
            }
        )+
    };
}

models! {
    threads_that_take_get_what_is_there_and_no_more
    what_is_given_back_is_there_once
    a_debt_is_owed_once
    a_limit_that_changes_refuses_nobody_for_good
    the_lower_of_two_readings_wins
    refusals_at_once_count_once
}
