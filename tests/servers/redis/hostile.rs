//! Foreign values under the keys, other versions, and hostile reports.

use crate::{SECOND, capped, places, report, scope};
use redis::aio::MultiplexedConnection;
use resilient_runtime::sharing::{
    BudgetReport, Limits, Order, Pace, Reading, RedisStore, Report, Scope, Store,
};
use resilient_servers::RedisServer;
use std::time::Duration;

async fn store(server: &RedisServer) -> RedisStore<MultiplexedConnection> {
    RedisStore::new(server.connection().await)
}

#[tokio::test]
async fn f415_foreign_value_under_a_key_is_an_error_without_the_key() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let store = store(&server).await;
    for suffix in ["s", "n", "c"] {
        let () = server.ask("FLUSHALL").await.unwrap();
        let set = format!("SET resilient:1:{{openai}}:{suffix} 7");
        let () = server.ask(&set).await.unwrap();
        let failed = store.beat(&scope(), &capped(1)).await.unwrap_err();
        assert_eq!(failed.reason(), "WRONGTYPE");
        assert!(!format!("{failed} {failed:?} {store:?}").contains("openai"));
        // Nothing was written beside it.
        let keys: u64 = server.ask("DBSIZE").await.unwrap();
        assert_eq!(keys, 1);
    }
}

#[tokio::test]
async fn f416_fields_that_are_no_numbers_hold_nobody_up_and_are_replaced() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let store = store(&server).await;
    let fields = [
        "at", "offset", "requests", "tokens", "paused", "blocked", "version", "until", "missing",
    ];
    for text in [
        "nan", "inf", "-inf", "1e300", "-1e300", "0x7f", "x", "", "9e18",
    ] {
        let () = server.ask("FLUSHALL").await.unwrap();
        store.beat(&scope(), &capped(1)).await.unwrap();
        for field in fields {
            let set = format!("HSET resilient:1:{{openai}}:s {field} {text}");
            let _: i64 = server.ask(&set).await.unwrap();
        }
        let _: i64 = server
            .ask(&format!(
                "HSET resilient:1:{{openai}}:n 0000000000000001 {text} foreign {text}"
            ))
            .await
            .unwrap();
        let _: i64 = server
            .ask(&format!("HSET resilient:1:{{openai}}:c foreign {text}"))
            .await
            .unwrap();
        let (placed, view) = store.order(&scope(), &capped(1), &places(1)).await.unwrap();
        assert!(placed.waits[0] <= SECOND, "{text}: {placed:?}");
        assert_eq!(view.replicas, 1, "{text}");
        assert_eq!(view.pause, Duration::ZERO, "{text}");
        let state: Vec<String> = server.ask("HVALS resilient:1:{openai}:s").await.unwrap();
        for value in state {
            assert!(
                value.parse::<f64>().unwrap().abs() < 1e16,
                "{text}: {value}"
            );
        }
    }
}

#[tokio::test]
async fn f417_two_versions_of_the_script_do_not_touch_the_keys_of_each_other() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let store = store(&server).await;
    // Another layout has other keys, whatever it has there.
    let () = server
        .ask("SET resilient:2:{openai}:s other")
        .await
        .unwrap();
    let () = server.ask("SET resilient:{openai}:s other").await.unwrap();
    // Another script of the same layout: a field that this one does not know stays.
    store.beat(&scope(), &report(1)).await.unwrap();
    let _: i64 = server
        .ask("HSET resilient:1:{openai}:s newer 5")
        .await
        .unwrap();
    let newer = "1e15 1 2 3 1 0 0 0 0 0 newer fields";
    let mut row = redis::cmd("HSET");
    row.arg("resilient:1:{openai}:n")
        .arg("00000000000000ff")
        .arg(newer);
    let _: i64 = row
        .query_async(&mut server.connection().await)
        .await
        .unwrap();
    store.beat(&scope(), &report(1)).await.unwrap();
    let kept: String = server
        .ask("HGET resilient:1:{openai}:s newer")
        .await
        .unwrap();
    assert_eq!(kept, "5");
    let other: String = server.ask("GET resilient:2:{openai}:s").await.unwrap();
    assert_eq!(other, "other");
}

#[tokio::test]
async fn f418_hostile_reports_get_an_answer_and_hold_others_up_for_a_bounded_time() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let store = store(&server).await;
    let pace = Pace {
        amount: u64::MAX,
        period: Duration::MAX,
        burst: u64::MAX,
    };
    let nothing = Pace {
        amount: 0,
        period: Duration::ZERO,
        burst: 0,
    };
    let reading = Some(Reading {
        left: u64::MAX,
        resets: Duration::MAX,
    });
    for pace in [pace, nothing] {
        for (change, time) in [(i64::MAX, Duration::MAX), (i64::MIN, Duration::ZERO)] {
            let mut hostile = Report {
                replica: u64::MAX,
                limits: Limits {
                    requests: Some(pace),
                    tokens: Some(pace),
                    permits: Some(u32::MAX),
                },
                requests: change,
                tokens: change,
                budget: Some(BudgetReport {
                    change,
                    missing: u64::MAX,
                    most: u64::MAX,
                }),
                requests_reading: reading,
                held: u32::MAX,
                wanted: u32::MAX,
                ..capped(1)
            };
            hostile.circuit.break_left = time;
            hostile.circuit.probe_timeout = time;
            hostile.circuit.probes = u32::MAX;
            hostile.caps[0].used = change;
            hostile.caps[0].ends = time;
            for name in ["", "{", "}a{b", "a\nb\r\n$5", "ä\0", &"x".repeat(100_000)] {
                let scope = Scope {
                    upstream: name.to_owned(),
                    key: Some(name.to_owned()),
                };
                let order = Order {
                    costs: vec![u64::MAX; 100],
                    latest: Duration::MAX,
                };
                store.order(&scope, &hostile, &order).await.unwrap();
                store.settle(&scope, &hostile).await.unwrap();
                store.beat(&scope, &hostile).await.unwrap();
                store.probe(&scope, &hostile).await.unwrap();
            }
        }
    }
    let mut hostile = report(1);
    hostile.requests = i64::MAX;
    store.settle(&scope(), &hostile).await.unwrap();
    let (placed, _) = store.order(&scope(), &report(2), &places(1)).await.unwrap();
    let wait = placed.refused.unwrap_or_default();
    assert!(wait <= SECOND * 63, "{wait:?}");
}
