//! The time by which a shared upstream makes a call longer that waits for nobody.

use crate::{quantile, report::Report};
use resilient_runtime::{
    CallError, Policy, Rate, Upstream, UpstreamConfig, call,
    sharing::{RedisStore, Sharing, Store as _},
};
use resilient_servers::RedisServer;
use std::{
    io,
    time::{Duration, Instant},
};
use tokio::time::sleep;

const CALLS: usize = 500;
const ONCE: Policy = Policy::new().attempts(1);

async fn time(upstream: &Upstream) -> Duration {
    let begin = Instant::now();
    let outcome: Result<(), CallError<io::Error>> =
        call!(upstream = upstream, policy = ONCE, async { Ok(()) }).await;
    outcome.unwrap();
    begin.elapsed()
}

fn upstream(name: &'static str) -> Upstream {
    let mut config = UpstreamConfig::new(name);
    config.requests = Some(Rate::per_minute(6_000));
    Upstream::try_from(config).unwrap()
}

fn print(what: &str, times: &mut [Duration]) -> [f64; 2] {
    times.sort_unstable();
    let [p50, p99] = [0.5, 0.99].map(|part| quantile(times, part));
    println!("  {what:60} p50 {p50:>9.1?}  p99 {p99:>9.1?}");
    [p50, p99].map(|time| time.as_secs_f64() * 1e3)
}

pub(crate) async fn measure(report: &mut Report) {
    println!("latency of a call that waits for nobody");
    let server = RedisServer::start().unwrap();
    let connection = server.manager(Duration::from_secs(1)).await;
    let store = RedisStore::new(connection.clone());
    let shared = upstream("latency");
    shared.share(Sharing::redis(connection.clone()));
    let alone = upstream("alone");
    // A replica of them makes a call each 300 ms, and has no place beforehand.
    let sharing = Sharing::redis(connection.clone());
    let rare: Vec<Upstream> = (0..20).map(|_| upstream("rare")).collect();
    for replica in &rare {
        replica.share(sharing.clone());
        time(replica).await;
    }
    let mut rare = rare.iter().cycle();
    let mut times = [(); 5].map(|()| Vec::new());
    let scope = crate::operations::scope();
    for _ in 0..CALLS {
        let begin = Instant::now();
        let mut connection = connection.clone();
        let () = redis::cmd("PING")
            .query_async::<()>(&mut connection)
            .await
            .unwrap();
        times[0].push(begin.elapsed());
        let begin = Instant::now();
        let (report, places) = (crate::operations::report(1), crate::operations::places());
        store.order(&scope, &report, &places).await.unwrap();
        times[1].push(begin.elapsed());
        times[2].push(time(&alone).await);
        times[3].push(time(&shared).await);
        times[4].push(time(rare.next().unwrap()).await);
        sleep(Duration::from_millis(12)).await;
    }
    print("a round trip (PING)", &mut times[0]);
    let operation = print("an operation by itself", &mut times[1]);
    let alone = print("a call, not shared", &mut times[2]);
    print("a frequent call, shared", &mut times[3]);
    let rare = print("a rare call, shared", &mut times[4]);
    let trips = (rare[0] - alone[0]) / operation[0];
    report.at_most("p50 of a rare call, in operations", trips, 3.0);
    report.at_most("p99 of a rare call, ms", rare[1], 20.0);
}
