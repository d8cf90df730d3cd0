//! The models of the circuit breaker hold.

/// A test for each model.
macro_rules! models {
    ($($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                resilient_loom::breaker::$name();
            }
        )+
    };
}

models! {
    as_many_threads_get_a_probe_as_there_are_places
    a_circuit_opens_once_however_its_results_race
    a_late_result_does_not_decide_for_the_probe
    a_failed_probe_wins_over_one_that_succeeds
    a_probe_dropped_as_its_lease_ends_frees_one_place
    an_isolated_circuit_stays_so_whatever_ends
    a_window_that_moves_on_loses_nothing
    a_window_that_starts_anew_keeps_one_success_of_each_thread_at_most
}
