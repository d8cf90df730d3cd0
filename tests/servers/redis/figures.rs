//! The cost of an operation, printed: `cargo test --release -p resilient-servers --test redis --
//! --ignored --nocapture figures`.
#![allow(clippy::print_stdout, reason = "for reading")]

use crate::{capped, places, report, scope};
use resilient_runtime::sharing::{RedisStore, Report, Scope, Store as _};
use resilient_servers::RedisServer;
use tokio::{task::JoinSet, time::Instant};

/// In microseconds.
async fn script_time(server: &RedisServer) -> String {
    let stats: String = server.ask("INFO commandstats").await.unwrap();
    let line = stats.lines().find(|line| line.contains("cmdstat_evalsha:"));
    let fields = line.unwrap_or_default().split(',');
    let time = fields.filter_map(|field| field.strip_prefix("usec_per_call="));
    time.collect()
}

#[tokio::test]
#[ignore = "prints figures"]
async fn figures_of_operations_on_loopback() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    for (replicas, report) in [
        (1, report as fn(u64) -> Report),
        (20, report),
        (100, report),
        (20, capped),
    ] {
        let () = server.ask("FLUSHALL").await.unwrap();
        let store = RedisStore::new(server.connection().await);
        for replica in 0..replicas {
            store.beat(&scope(), &report(replica)).await.unwrap();
        }
        let () = server.ask("CONFIG RESETSTAT").await.unwrap();
        let mut times = Vec::new();
        for _ in 0..5_000 {
            let begin = Instant::now();
            store.order(&scope(), &report(1), &places(1)).await.unwrap();
            times.push(begin.elapsed());
        }
        times.sort_unstable();
        let script = script_time(&server).await;
        let has_caps = !report(1).caps.is_empty();
        println!(
            "{replicas} replicas, caps {has_caps}: p50 {:?}, p99 {:?}, script {script} µs",
            times[2_500], times[4_950]
        );
        for suffix in ["s", "n", "c"] {
            let usage = format!("MEMORY USAGE resilient:1:{{openai}}:{suffix}");
            let bytes: Option<u64> = server.ask(&usage).await.unwrap();
            println!("  {suffix}: {bytes:?} bytes");
        }
    }

    let () = server.ask("FLUSHALL").await.unwrap();
    let (mut clients, begin) = (JoinSet::new(), Instant::now());
    for client in 0..50_u64 {
        let store = RedisStore::new(server.connection().await);
        clients.spawn(async move {
            let scope = Scope {
                upstream: format!("api{}", client % 5),
                key: None,
            };
            for _ in 0..1_000 {
                store
                    .order(&scope, &report(client), &places(1))
                    .await
                    .unwrap();
            }
        });
    }
    clients.join_all().await;
    let rate = 50_000.0 / begin.elapsed().as_secs_f64();
    println!("50 clients: {rate:.0} orders a second");
}
