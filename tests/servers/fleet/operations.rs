//! The cost of an operation, by the number of replicas that the server knows.

use crate::quantile;
use resilient_runtime::sharing::{
    CapUse, Limits, Order, Pace, RedisStore, Report, Scope, Store as _,
};
use resilient_servers::RedisServer;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

pub(crate) fn scope() -> Scope {
    Scope {
        upstream: "openai".to_owned(),
        key: None,
    }
}

/// A request a second.
pub(crate) fn report(replica: u64) -> Report {
    let requests = Pace {
        amount: 1,
        period: Duration::from_secs(1),
        burst: 1,
    };
    Report {
        replica,
        limits: Limits {
            requests: Some(requests),
            ..Limits::default()
        },
        ..Report::default()
    }
}

fn capped(replica: u64) -> Report {
    let cap = CapUse {
        cap: "10000 requests/day".to_owned(),
        starts: 1_795_910_400,
        ends: Duration::from_secs(3_600),
        used: 1,
        known: 0,
    };
    Report {
        caps: vec![cap],
        ..report(replica)
    }
}

pub(crate) fn places() -> Order {
    Order {
        costs: vec![0],
        latest: Duration::from_secs(60),
    }
}

/// In microseconds.
async fn script_time(server: &RedisServer) -> String {
    let stats: String = server.ask("INFO commandstats").await.unwrap();
    let line = stats.lines().find(|line| line.contains("cmdstat_evalsha:"));
    let fields = line.unwrap_or_default().split(',');
    let time = fields.filter_map(|field| field.strip_prefix("usec_per_call="));
    time.collect()
}

pub(crate) async fn measure() {
    println!("\nan operation by itself, and the bytes of its hashes (state, replicas, caps)");
    let server = RedisServer::start().unwrap();
    for (replicas, name, report) in [
        (1, "1 replica", report as fn(u64) -> Report),
        (20, "20 replicas", report),
        (100, "100 replicas", report),
        (20, "20 replicas, a cap", capped),
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
            store.order(&scope(), &report(1), &places()).await.unwrap();
            times.push(begin.elapsed());
        }
        times.sort_unstable();
        let [p50, p99] = [0.5, 0.99].map(|part| quantile(&times, part));
        let script = script_time(&server).await;
        let mut bytes = Vec::new();
        for suffix in ["s", "n", "c"] {
            let usage = format!("MEMORY USAGE resilient:1:{{openai}}:{suffix}");
            let used: Option<u64> = server.ask(&usage).await.unwrap();
            bytes.push(used.unwrap_or_default());
        }
        println!(
            "  {name:20} p50 {p50:>8.1?}  p99 {p99:>8.1?}  script {script} µs  {bytes:?} bytes"
        );
    }
    print_rate(&server).await;
}

async fn print_rate(server: &RedisServer) {
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
                    .order(&scope, &report(client), &places())
                    .await
                    .unwrap();
            }
        });
    }
    clients.join_all().await;
    let rate = 50_000.0 / begin.elapsed().as_secs_f64();
    println!("  50 clients: {rate:.0} operations a second");
}
