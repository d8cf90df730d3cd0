//! Values of a configuration: which ones are in effect, and what happens to mistakes.

mod files;
mod mistakes;
mod upstreams;

use resilient_runtime::{
    Class, Policy, Upstream,
    config::{self, Config},
    inspect::Source,
    policy_of, resilient,
};
use resilient_tests::Failure;
use std::{cell::Cell, time::Duration};

fn apply(text: &str) {
    Config::parse(text, "resilient.toml").unwrap().apply();
}

#[resilient(name = "app::plain")]
async fn plain(tries: &Cell<u32>) -> Result<(), Failure> {
    tries.set(tries.get() + 1);
    Err(Failure::of(Class::ServerError))
}

#[resilient(name = "app::sets", attempts = 4, timeout = "7s")]
async fn sets(tries: &Cell<u32>) -> Result<(), Failure> {
    tries.set(tries.get() + 1);
    Err(Failure::of(Class::ServerError))
}

async fn tries(call: impl AsyncFn(&Cell<u32>) -> Result<(), Failure>) -> u32 {
    let tries = Cell::new(0);
    let _ = call(&tries).await;
    tries.get()
}

#[resilient_runtime::test(no_waits)]
async fn a_section_of_a_function_wins_over_its_arguments_and_a_default_does_not() {
    apply("[default]\nattempts = 2");
    assert_eq!((tries(plain).await, tries(sets).await), (2, 4));
    apply(
        "[default]\nattempts = 2\n[call.\"app::sets\"]\nattempts = 1\n[call.\"app::*\"]\nattempts = 3",
    );
    assert_eq!((tries(plain).await, tries(sets).await), (3, 1));
    let source = |name: &str, of: &str| policy_of(name).unwrap().source(of);
    assert_eq!(source("app::sets", "attempts"), Some(Source::Config));
    assert_eq!(source("app::sets", "timeout"), Some(Source::Argument));
    Config::default().apply();
    assert_eq!((tries(plain).await, tries(sets).await), (5, 4));
    assert_eq!(source("app::sets", "attempts"), Some(Source::Argument));
}

#[resilient_runtime::test(no_waits)]
async fn an_exact_name_wins_over_a_longer_pattern_and_a_longer_one_over_a_shorter() {
    apply(
        "[call.\"app::pl*\"]\nattempts = 2\n[call.\"*\"]\nattempts = 4\non.server_error.retry = true",
    );
    assert_eq!(tries(plain).await, 2);
    apply("[call.\"app::plain\"]\nattempts = 3\n[call.\"app::plain*\"]\nattempts = 4");
    assert_eq!(tries(plain).await, 3);
}

#[resilient_runtime::test(no_waits)]
async fn a_reload_holds_from_the_next_attempt_on() {
    let attempts = Cell::new(0);
    let _ = Policy::new()
        .call("app::running")
        .run(async || {
            attempts.set(attempts.get() + 1);
            if attempts.get() == 2 {
                apply("[call.\"app::running\"]\nattempts = 3");
            }
            Err::<(), _>(Failure::of(Class::ServerError))
        })
        .await;
    assert_eq!(attempts.get(), 3);
}

#[resilient_runtime::test]
async fn a_timeout_and_a_deadline_hold_from_the_first_call_on() {
    tokio::time::pause();
    apply(
        "[call.slow]\ntimeout = \"3s\"\nattempts = 1\n[call.late]\ntimeout = false\ndeadline = \"2s\"",
    );
    for (name, seconds, class) in [("slow", 3, Class::Timeout), ("late", 2, Class::Deadline)] {
        let start = tokio::time::Instant::now();
        let result: Result<(), Failure> = Policy::new()
            .call(name)
            .run(async || std::future::pending().await)
            .await;
        assert_eq!(start.elapsed().as_secs(), seconds, "{name}");
        assert_eq!(result.unwrap_err().class(), class, "{name}");
    }
}

#[resilient_runtime::test(no_waits)]
async fn a_variable_overrides_the_file_at_the_same_place() {
    let variables = [
        ("RESILIENT__CALL__APP__PLAIN__ATTEMPTS", "2"),
        (
            "RESILIENT__CALL__APP__SETS__ON__SERVER_ERROR__ATTEMPTS",
            "3",
        ),
        ("resilient__levels__giving_up", "info"),
    ];
    let file = "[call.\"app::plain\"]\nattempts = 4\ntimeout = \"9s\"";
    let config = Config::parse(file, "resilient.toml").unwrap();
    config.with_variables(variables).unwrap().apply();
    assert_eq!((tries(plain).await, tries(sets).await), (2, 3));
    let policy = policy_of("app::plain").unwrap();
    assert_eq!(policy.source("attempts"), Some(Source::Environment));
    assert_eq!(policy.source("timeout"), Some(Source::Config));
    assert_eq!(
        config::level_of("giving up"),
        Some(resilient_runtime::Level::Info)
    );
}

#[resilient_runtime::test(no_waits)]
async fn the_policy_of_an_upstream_is_replaced_below_the_arguments() {
    static API: Upstream = Upstream::new("api").policy(Policy::new().attempts(6));
    #[resilient(name = "through", upstream = API)]
    async fn through(tries: &Cell<u32>) -> Result<(), Failure> {
        tries.set(tries.get() + 1);
        Err(Failure::of(Class::ServerError))
    }
    #[resilient(name = "argued", upstream = API, attempts = 3)]
    async fn argued(tries: &Cell<u32>) -> Result<(), Failure> {
        tries.set(tries.get() + 1);
        Err(Failure::of(Class::ServerError))
    }
    apply("[default]\nattempts = 9\n[upstream.api]\nattempts = 2");
    assert_eq!((tries(through).await, tries(argued).await), (2, 3));
    assert_eq!(
        policy_of("through").unwrap().source("attempts"),
        Some(Source::Config)
    );
    assert_eq!(
        policy_of("argued").unwrap().source("attempts"),
        Some(Source::Argument)
    );
    apply("[default]\nattempts = 9");
    assert_eq!(tries(through).await, 6);
}

#[resilient_runtime::test]
async fn names_that_fit_nothing_so_far_are_listed() {
    apply(
        "[call.\"app::aks\"]\nattempts = 2\n[call.\"app::sets\"]\nattempts = 1\n[upstream.opanai]\ngate = true",
    );
    let _ = tries(sets).await;
    assert_eq!(
        config::unmatched(),
        ["call.\"app::aks\"", "upstream.\"opanai\""]
    );
    let snapshot = resilient_runtime::snapshot();
    assert_eq!(snapshot.unmatched, config::unmatched());
    let line = "names in the configuration that match nothing so far: call.\"app::aks\", upstream.\"opanai\"";
    assert!(snapshot.to_string().ends_with(line), "{snapshot}");
}

#[resilient_runtime::test(no_waits)]
async fn a_level_of_the_configuration_replaces_that_of_the_event() {
    let (recorder, recording) = resilient_tests::Recorder::start();
    apply("[levels]\n\"giving up\" = \"info\"");
    let _ = tries(sets).await;
    drop(recording);
    let events = recorder.events();
    let given_up = events.iter().find(|event| event.message == "giving up");
    assert_eq!(given_up.unwrap().level, tracing::Level::INFO);
}

#[resilient_runtime::test(no_waits)]
async fn f229_values_that_contradict_those_of_the_code_leave_the_code_in_effect_and_say_so() {
    #[resilient(
        name = "app::long",
        attempts = 2,
        backoff(initial = "50s", max = "60s")
    )]
    async fn long(tries: &Cell<u32>) -> Result<(), Failure> {
        tries.set(tries.get() + 1);
        Err(Failure::of(Class::ServerError))
    }
    let (recorder, recording) = resilient_tests::Recorder::start();
    apply("[call.\"app::long\"]\nattempts = 4\nbackoff.max = \"1s\"");
    assert_eq!((tries(long).await, tries(long).await), (2, 2));
    drop(recording);
    let rejected = recorder.events();
    let rejected = rejected
        .iter()
        .filter(|it| it.message == "configuration rejected");
    assert_eq!(rejected.count(), 1);
    let policy = policy_of("app::long").unwrap();
    assert_eq!(policy.policy().backoff.max, Duration::from_secs(60));
}
