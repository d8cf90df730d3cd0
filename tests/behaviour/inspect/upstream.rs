//! The limits of an upstream, and their sources.

use resilient_runtime::{
    Breaker, Concurrency, Rate, SlowCalls, Upstream, UpstreamConfig, inspect::Source, resilient,
    upstream_of,
};
use resilient_tests::Failure;
use std::{sync::Arc, time::Duration};

#[resilient_runtime::test]
async fn each_limit_is_a_line_with_its_source() {
    static API: Upstream = Upstream::new("api")
        .requests(Rate::per_minute(500).burst(20))
        .concurrency(Concurrency::adaptive(4, 32))
        .breaker(
            Breaker::new()
                .consecutive(5)
                .slow(SlowCalls::new(Duration::from_secs(2), 0.5)),
        )
        .max_wait(Duration::from_secs(10));
    #[resilient(name = "ask", upstream = API)]
    async fn ask() -> Result<(), Failure> {
        Ok(())
    }
    ask().await.unwrap();
    let expected = "\
upstream of ask: api
requests: 500/min (upstream)
requests.burst: 20 (upstream)
tokens: none (default)
concurrency: 4 to 32, adaptive (upstream)
concurrency.queue: none (default)
breaker.failure_ratio: 0.8 (default)
breaker.window: 10s (default)
breaker.min_calls: 20 (default)
breaker.consecutive: 5 (upstream)
breaker.slow: 0.5 above 2s (upstream)
breaker.break_duration: 5s (default)
breaker.max_break_duration: 60s (default)
breaker.factor: 2 (default)
breaker.half_open_probes: 3 (default)
breaker.probe_timeout: 60s (default)
cap: none (default)
key_cap: none (default)
gate: false (default)
max_wait: 10s (upstream)
keys: 10000 (default)
shadow: false (default)";
    let shown = upstream_of("ask").unwrap();
    assert_eq!(shown.to_string(), expected);
    assert_eq!((shown.name(), shown.function()), ("api", "ask"));
    assert_eq!(
        shown.config().requests,
        Some(Rate::per_minute(500).burst(20))
    );
    assert_eq!(shown.settings().len(), expected.lines().count() - 1);
    assert_eq!(
        shown.source("breaker.consecutive"),
        Some(Source::FromUpstream)
    );
}

#[resilient_runtime::test]
async fn limits_of_the_attribute_are_arguments() {
    #[resilient(
        name = "ask",
        requests = "10/s",
        concurrency = 2,
        breaker(consecutive = 3)
    )]
    async fn ask() -> Result<(), Failure> {
        Ok(())
    }
    ask().await.unwrap();
    let shown = upstream_of("ask").unwrap();
    for (name, value) in [
        ("requests", "10/s"),
        ("concurrency", "2"),
        ("breaker.consecutive", "3"),
    ] {
        let expected = format!("{name}: {value} (argument)");
        assert_eq!(shown.get(name).unwrap().to_string(), expected);
    }
    assert_eq!(shown.source("breaker.window"), Some(Source::Default));
    assert_eq!(shown.source("tokens"), Some(Source::Default));
}

/// Also those of an upstream that is made at run time, and by key.
#[resilient_runtime::test]
async fn changes_at_run_time_are_shown_at_once() {
    #[resilient(name = "made", upstream = *upstream, key = key)]
    async fn ask(upstream: &Arc<Upstream>, key: &str) -> Result<(), Failure> {
        Ok(())
    }
    let mut config = UpstreamConfig::new("made");
    config.concurrency = Some(Concurrency::new(8));
    let upstream = Arc::new(Upstream::try_from(config).unwrap());
    ask(&upstream, "a").await.unwrap();
    let before = upstream_of("made").unwrap();
    assert_eq!(before.get("requests").unwrap().value(), "none");
    upstream.set_requests(Some(Rate::per_second(3))).unwrap();
    upstream.set_concurrency(2).unwrap();
    assert!(upstream.set_concurrency(0).is_err());
    let after = upstream_of("made").unwrap();
    for (name, value) in [("requests", "3/s"), ("concurrency", "2")] {
        let expected = format!("{name}: {value} (changed at run time)");
        assert_eq!(after.get(name).unwrap().to_string(), expected);
    }
    assert_eq!(after.config().concurrency, Some(Concurrency::new(2)));
    upstream.set_requests(None).unwrap();
    let restored = upstream_of("made").unwrap();
    assert_eq!(restored.source("requests"), Some(Source::Default));
    // A new key starts with the limits of now.
    ask(&upstream, "b").await.unwrap();
    assert_eq!(upstream.snapshot_by("b").unwrap().permits, Some(2));
}
