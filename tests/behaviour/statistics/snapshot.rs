//! The snapshot of the program: its table, and its data.

use resilient_runtime::{
    Breaker, Concurrency, Outcome, Policy, Rate, Upstream, inspect::keys_of, resilient, snapshot,
    statistics, switch,
};
use resilient_tests::{CANARY, Failure};

static API: Upstream = Upstream::new("api")
    .breaker(Breaker::new())
    .concurrency(Concurrency::new(8))
    .requests_per_minute(60_000);

#[resilient(name = "app::ask", attempts = 4, upstream = API)]
async fn ask(works: bool) -> Result<(), Failure> {
    if works {
        Ok(())
    } else {
        Err(Failure::status(400))
    }
}

#[resilient(name = "app::embed", upstream = API, key = key)]
async fn embed(key: &str) -> Result<(), Failure> {
    Ok(())
}

#[resilient(name = "app::lookup")]
async fn lookup() -> Result<(), Failure> {
    Ok(())
}

async fn calls() {
    statistics::start();
    for works in [true, true, false] {
        let _ = ask(works).await;
    }
    embed(CANARY).await.unwrap();
    lookup().await.unwrap();
}

#[resilient_runtime::test]
async fn snapshot_has_a_table_of_functions_and_one_of_upstreams() {
    calls().await;
    let text = snapshot().to_string();
    assert_eq!(
        text,
        "\
function     upstream  calls  ok  retried  failed  rejected  cancelled  error rate  p50  p99
app::ask          api      3   2        0       1         0          0       33.3%    -    -
app::embed        api      1   1        0       0         0          0        0.0%    -    -
app::lookup         -      1   1        0       0         0          0        0.0%    -    -

upstream  breaker  in use  waiting  keys  calls  ok  retried  failed  rejected  cancelled  error rate  p50  p99
api        closed       0        0     1      4   3        0       1         0          0       25.0%    -    -"
    );
}

#[resilient_runtime::test]
async fn snapshot_counts_the_keys_whose_breaker_is_open() {
    static KEYED: Upstream = Upstream::new("keyed").breaker(Breaker::new().consecutive(1));
    for (key, works) in [("a", false), ("b", true), ("c", false)] {
        let call = KEYED.call("by key").key(key);
        let body = async || {
            if works {
                Ok(())
            } else {
                Err(Failure::status(500))
            }
        };
        let _ = call.policy(&Policy::new().attempts(1)).run(body).await;
    }
    let snapshot = snapshot();
    let keyed = snapshot.upstream("keyed").unwrap();
    assert_eq!((keyed.keys, keyed.open_keys), (3, 2));
    assert!(snapshot.to_string().contains("3 (2 open)"), "{snapshot}");
}

#[resilient_runtime::test]
async fn snapshot_shows_what_is_switched_off() {
    lookup().await.unwrap();
    switch::retries().off();
    switch::upstream("api").off();
    let snapshot = snapshot();
    let off = "\n\nswitched off:\nretries: off for all\nupstream: off for api";
    assert!(snapshot.to_string().ends_with(off), "{snapshot}");
    let data = serde_json::to_value(&snapshot).unwrap();
    let off = serde_json::json!(["retries: off for all", "upstream: off for api"]);
    assert_eq!(data["switched_off"], off);
}

#[resilient_runtime::test]
async fn snapshot_shows_the_settings_with_their_sources_and_changes_at_run_time() {
    calls().await;
    API.set_requests(Some(Rate::per_minute(30))).unwrap();
    let text = format!("{:#}", snapshot());
    for line in [
        "policy of app::ask",
        "attempts: 4 (argument)",
        "limits of api",
        "concurrency: 8 (upstream)",
        "requests: 30/min (changed at run time)",
    ] {
        assert!(text.lines().any(|it| it == line), "{line}: {text}");
    }
}

#[resilient_runtime::test]
async fn snapshot_names_no_key_unless_keys_are_listed() {
    calls().await;
    let snapshot = snapshot();
    let keys = keys_of("api");
    for text in [
        format!("{snapshot}"),
        format!("{snapshot:#}"),
        format!("{snapshot:?}"),
        serde_json::to_string(&snapshot).unwrap(),
        format!("{keys:?}"),
    ] {
        assert!(!text.contains(CANARY), "{text}");
    }
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0].key, CANARY);
    assert_eq!(keys[0].calls.outcome(Outcome::Ok), 1);
}

#[resilient_runtime::test]
async fn snapshot_is_data_for_serde() {
    calls().await;
    let data = serde_json::to_value(snapshot()).unwrap();
    let ask = &data["functions"][0];
    assert_eq!(ask["name"], "app::ask");
    assert_eq!(ask["upstream"], "api");
    assert_eq!(ask["calls"]["outcomes"]["failed"], 1);
    assert_eq!(ask["calls"]["failures"]["invalid_request"], 1);
    let attempts = ask["policy"].as_array().unwrap();
    let attempts = attempts.iter().find(|it| it["name"] == "attempts").unwrap();
    assert_eq!(attempts["value"], "4");
    assert_eq!(attempts["source"], "argument");
    let api = &data["upstreams"][0];
    assert_eq!(api["state"]["breaker"], "closed");
    assert_eq!(api["state"]["permits"], 8);
    assert_eq!(api["state"]["token_rate"], serde_json::Value::Null);
    assert_eq!(api["calls"]["calls"], 4);
}

#[tokio::test]
async fn upstreams_that_are_gone_are_not_listed() {
    for _ in 0..100 {
        let upstream = Upstream::new("short-lived");
        let call = upstream
            .call("through it")
            .run(async || Ok::<_, Failure>(()));
        call.await.unwrap();
        assert!(snapshot().upstream("short-lived").is_some());
    }
    let listed = snapshot().upstreams;
    let listed = listed.iter().filter(|it| it.name == "short-lived");
    // The function keeps that of its first call.
    assert_eq!(listed.count(), 1);
}
