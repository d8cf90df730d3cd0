//! Foreign values under the keys of an upstream, and those of another version.

use super::{Fleet, KEY, PACE, one_outage, wire::Wire};
use redis::Cmd;
use resilient_runtime::sharing::Sharing;
use resilient_servers::RedisServer;
use std::time::Duration;
use tokio::time::sleep;

/// The names of its keys, in the layout of this version.
fn name(upstream: &str, suffix: &str) -> String {
    format!("resilient:1:{{{upstream}/{KEY}}}:{suffix}")
}

async fn sharings(server: &RedisServer) -> [Sharing; 2] {
    [
        Sharing::redis(server.connection().await),
        Sharing::redis(server.connection().await),
    ]
}

#[tokio::test]
async fn f432_calls_go_on_with_a_foreign_value_under_a_key_until_it_is_gone() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    for (upstream, suffix) in [("foreign-state", "s"), ("foreign-replicas", "n")] {
        let fleet = Fleet::start(upstream, sharings(&server).await);
        fleet.sends(10).await;
        let key = name(upstream, suffix);
        let () = server.ask(&format!("SET {key} 7")).await.unwrap();
        fleet.is_lost().await;
        fleet.sends(10).await;
        let _: u64 = server.ask(&format!("DEL {key}")).await.unwrap();
        fleet.is_restored().await;
        assert_eq!(fleet.end(1.2).await, one_outage("WRONGTYPE"));
    }
}

/// Two versions with different layouts, each with the whole limit.
#[tokio::test]
async fn f433_two_versions_of_the_library_share_nothing_and_both_go_on() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let wire = async |layout| Wire::to(server.connection().await).with_layout(layout);
    let fleet = Fleet::start(
        "deployed",
        [wire(1).await, wire(1).await].map(Sharing::redis),
    );
    fleet.sends(10).await;
    let newer = Fleet::start(
        "deployed",
        [wire(2).await, wire(2).await].map(Sharing::redis),
    );
    newer.sends(20).await;
    let keys: Vec<String> = server.ask("KEYS *").await.unwrap();
    // Two of the upstream, and two of its key, in each layout.
    let of = |layout: &str| keys.iter().filter(|key| key.starts_with(layout)).count();
    assert_eq!((of("resilient:1:"), of("resilient:2:")), (4, 4), "{keys:?}");
    assert_eq!(newer.end(1.02).await, [""; 0]);
    assert_eq!(fleet.end(1.02).await, [""; 0]);
}

/// Each field of each hash is overwritten with each of these, while calls run.
#[tokio::test]
async fn f434_hostile_fields_stop_no_calls_let_few_through_and_are_replaced() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let fleet = Fleet::start("hostile", sharings(&server).await);
    fleet.sends(10).await;
    let (state, replicas) = (name("hostile", "s"), name("hostile", "n"));
    let mut connection = server.connection().await;
    let mut set = async |key: &str, field: &str, value: &str| {
        let mut command = Cmd::new();
        command.arg("HSET").arg(key).arg(field).arg(value);
        let _: u64 = command.query_async(&mut connection).await.unwrap();
    };
    for value in [
        "nan", "inf", "-inf", "1e308", "-1e308", "-5", "9e18", "x", "",
    ] {
        let rows: Vec<String> = server.ask(&format!("HKEYS {replicas}")).await.unwrap();
        for row in rows {
            set(&replicas, &row, value).await;
            set(&replicas, &row, &[value; 10].join(" ")).await;
        }
        set(&replicas, "foreign", value).await;
        for field in [
            "at", "offset", "requests", "tokens", "paused", "blocked", "version", "open", "until",
            "missing",
        ] {
            set(&state, field, value).await;
        }
        sleep(Duration::from_millis(200)).await;
    }
    fleet.sends(PACE).await;
    let values: Vec<String> = server.ask(&format!("HVALS {state}")).await.unwrap();
    for value in values {
        let number: f64 = value.parse().unwrap();
        assert!((0.0..1e16).contains(&number), "{value}");
    }
    let rows: Vec<String> = server.ask(&format!("HKEYS {replicas}")).await.unwrap();
    assert_eq!(rows.len(), 2, "{rows:?}");
    // Each of both replicas keeps to the limit by itself.
    assert_eq!(fleet.end(2.0).await, [""; 0]);
}
