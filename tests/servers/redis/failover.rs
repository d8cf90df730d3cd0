//! A failover to a replica of the server.

use crate::{SECOND, places, report, scope};
use resilient_runtime::sharing::{RedisStore, Store as _};
use resilient_servers::RedisServer;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Waits until the other server has the data of the first one.
pub(crate) async fn follow(follower: &RedisServer, server: &RedisServer) {
    let command = format!("REPLICAOF 127.0.0.1 {}", server.port());
    let () = follower.ask(&command).await.unwrap();
    let begin = Instant::now();
    loop {
        let role: String = follower.ask("INFO replication").await.unwrap();
        let keys: u64 = follower.ask("DBSIZE").await.unwrap();
        if role.contains("master_link_status:up") && keys > 0 {
            return;
        }
        assert!(begin.elapsed() < SECOND * 30, "{role}");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn f414_failover_to_a_clock_that_is_an_hour_behind_keeps_the_line_and_holds_nobody_up() {
    let Some(mut server) = RedisServer::start() else {
        return;
    };
    let Some(follower) = RedisServer::start_behind() else {
        return;
    };
    let store = RedisStore::new(server.connection().await);
    store
        .order(&scope(), &report(1), &places(20))
        .await
        .unwrap();
    follow(&follower, &server).await;

    // It is read only as long as it follows.
    let store = RedisStore::new(follower.connection().await);
    let refused = store.settle(&scope(), &report(1)).await.unwrap_err();
    assert_eq!(refused.reason(), "READONLY");

    server.kill();
    let () = follower.ask("REPLICAOF NO ONE").await.unwrap();
    let (placed, view) = store.order(&scope(), &report(2), &places(1)).await.unwrap();
    let wait = placed.waits[0];
    assert!(wait <= SECOND * 20 && wait > SECOND * 10, "{wait:?}");
    assert_eq!(view.replicas, 2, "it knows the one before the failover");
    let behind: Vec<u64> = follower.ask("TIME").await.unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    assert!(behind[0] + 3_500 < now.unwrap().as_secs());
}
