//! Which functions are known, from when on, and what is said of the others.

use resilient_runtime::{
    Policy, Upstream, call,
    inspect::{LookupError, Source, functions},
    policy_of, resilient,
    testing::{isolated, record},
    upstream_of,
};
use resilient_tests::{Failure, Recorder};
use std::time::Duration;

#[resilient(attempts = 7)]
async fn known_inside() -> Result<u32, Failure> {
    let name = concat!(module_path!(), "::known_inside");
    Ok(policy_of(name).unwrap().policy().attempts)
}

#[resilient_runtime::test]
async fn a_function_is_known_from_its_first_call_on_also_in_its_body() {
    let name = concat!(module_path!(), "::known_inside");
    let unknown = policy_of(name).unwrap_err();
    assert!(matches!(unknown, LookupError::Unknown { .. }), "{unknown}");
    drop(known_inside()); // not polled
    assert_eq!(functions(), [""; 0]);
    assert_eq!(known_inside().await.unwrap(), 7);
    assert_eq!(functions(), [name]);
}

/// The first call of a function may be one that has a record from its start.
#[resilient_runtime::test]
async fn a_function_is_known_also_if_its_first_call_is_logged_or_has_a_deadline() {
    static API: Upstream = Upstream::new("api");
    #[resilient(name = "logged")]
    async fn logged() -> Result<(), Failure> {
        policy_of("logged").unwrap();
        Ok(())
    }
    #[resilient(name = "through", upstream = API)]
    async fn through() -> Result<(), Failure> {
        upstream_of("through").unwrap();
        Ok(())
    }
    let (recorder, recording) = Recorder::start();
    logged().await.unwrap();
    through().await.unwrap();
    drop(recording);
    assert_eq!(recorder.spans().len(), 2);
    isolated(async {
        let policy = Policy::new().deadline(Duration::from_secs(60));
        let outer = policy.call("outer").run(async || {
            logged().await?;
            through().await
        });
        outer.await.unwrap();
        assert_eq!(functions(), ["logged", "outer", "through"]);
    })
    .await;
}

/// While calls wait for an upstream, its functions are known too.
#[resilient_runtime::test(start_paused = true)]
async fn a_function_is_known_whose_first_call_waits_or_is_refused() {
    static STOPPED: Upstream = Upstream::new("stopped");
    #[resilient(name = "refused", upstream = STOPPED, attempts = 2)]
    async fn refused() -> Result<(), Failure> {
        Ok(())
    }
    STOPPED.isolate();
    let (result, trace) = record(refused()).await;
    result.unwrap_err();
    assert_eq!(trace.attempts(), 0);
    assert_eq!(policy_of("refused").unwrap().policy().attempts, 2);
    assert_eq!(upstream_of("refused").unwrap().name(), "stopped");
}

#[resilient_runtime::test]
async fn an_unknown_name_is_answered_with_similar_ones() {
    for name in ["app::ask", "app::chat", "other::ask", "app::embed_text"] {
        let call = Policy::DEFAULT.call(name);
        call.run(async || Ok::<_, Failure>(())).await.unwrap();
    }
    for (asked, near) in [
        ("app::aks", "; similar names are `app::ask`"),
        ("ask", "; similar names are `app::ask`, `other::ask`"),
        ("app::embed_txt", "; similar names are `app::embed_text`"),
        ("App::Chat", "; similar names are `app::chat`"),
        ("billing::settle", ""),
        ("", ""),
    ] {
        let error = policy_of(asked).unwrap_err();
        let expected = format!("no function `{asked}` has been called yet{near}");
        assert_eq!(error.to_string(), expected);
        assert_eq!(upstream_of(asked).unwrap_err(), error);
    }
}

struct First;
struct Second;

impl First {
    #[resilient(attempts = 2)]
    async fn ask(&self) -> Result<(), Failure> {
        Ok(())
    }

    #[resilient(attempts = 3)]
    async fn same(&self) -> Result<(), Failure> {
        Ok(())
    }
}

impl Second {
    #[resilient(attempts = 4)]
    async fn ask(&self) -> Result<(), Failure> {
        Ok(())
    }

    #[resilient(attempts = 3)]
    async fn same(&self) -> Result<(), Failure> {
        Ok(())
    }
}

#[resilient_runtime::test]
async fn methods_of_one_name_with_different_settings_are_not_mixed_up() {
    let name = concat!(module_path!(), "::ask");
    First.ask().await.unwrap();
    First.ask().await.unwrap();
    assert_eq!(policy_of(name).unwrap().policy().attempts, 2);
    Second.ask().await.unwrap();
    let error = policy_of(name).unwrap_err().to_string();
    assert!(error.starts_with("2 functions are called `"), "{error}");
    assert!(
        error.contains("`name = \"..\"` in the attribute"),
        "{error}"
    );
    // With the same settings, there is nothing to tell apart.
    First.same().await.unwrap();
    Second.same().await.unwrap();
    let same = policy_of(concat!(module_path!(), "::same")).unwrap();
    assert_eq!(same.policy().attempts, 3);
}

#[resilient_runtime::test]
async fn an_isolated_test_knows_the_functions_that_it_has_called_and_no_others() {
    let call = async |attempts| {
        let policy = Policy::new().attempts(attempts);
        let call = policy.call("ask");
        call.run(async || Ok::<_, Failure>(())).await.unwrap();
        policy_of("ask").unwrap().policy().attempts
    };
    assert_eq!(call(3).await, 3);
    isolated(async {
        assert_eq!(functions(), [""; 0]);
        assert_eq!(call(6).await, 6);
    })
    .await;
    // The first call has made it known, with its policy.
    assert_eq!(call(9).await, 3);
}

#[resilient_runtime::test]
async fn calls_without_the_attribute_are_known_by_their_name() {
    let policy = Policy::new().attempts(2);
    let block: Result<(), Failure> = call!(policy, "block", async { Ok(()) }).await;
    block.unwrap();
    let shown = policy_of("block").unwrap();
    assert_eq!(shown.source("attempts"), Some(Source::FromPolicy));
    assert_eq!(shown.source("timeout"), Some(Source::Default));
    let error = upstream_of("block").unwrap_err();
    assert_eq!(error.to_string(), "`block` has no upstream");
}
