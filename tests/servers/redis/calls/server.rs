//! Faults that a server tells of, or that make it slow.

use super::{Fleet, one_outage, wire::Wire};
use crate::{SECOND, failover::follow};
use redis::Cmd;
use resilient_runtime::sharing::Sharing;
use resilient_servers::RedisServer;
use tokio::time::sleep;

async fn sharings(server: &RedisServer) -> [Sharing; 2] {
    [
        Sharing::redis(server.connection().await),
        Sharing::redis(server.connection().await),
    ]
}

/// Sends a command without waiting for its answer.
async fn begin(server: &RedisServer, command: &'static [&'static str]) {
    let mut connection = server.connection().await;
    tokio::spawn(async move {
        let mut words = Cmd::new();
        words.arg(command);
        let _ = words.query_async::<()>(&mut connection).await;
    });
}

#[tokio::test]
async fn f424_calls_notice_nothing_of_scripts_that_the_server_forgets() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let fleet = Fleet::start("forgets", sharings(&server).await);
    for _ in 0..8 {
        fleet.sends(5).await;
        let () = server.ask("SCRIPT FLUSH").await.unwrap();
    }
    assert_eq!(fleet.end(1.02).await, [""; 0]);
}

#[tokio::test]
async fn f425_calls_go_on_with_a_server_without_memory_and_share_again_when_it_has_some() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let fleet = Fleet::start("full", sharings(&server).await);
    fleet.sends(20).await;
    let () = server.ask("CONFIG SET maxmemory 1mb").await.unwrap();
    fleet.is_lost().await;
    fleet.sends(20).await;
    let () = server.ask("CONFIG SET maxmemory 0").await.unwrap();
    fleet.is_restored().await;
    assert_eq!(fleet.end(1.2).await, one_outage("OOM"));
}

#[tokio::test]
async fn f426_calls_go_on_while_a_server_sleeps() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let fleet = Fleet::start("sleeps", sharings(&server).await);
    fleet.sends(20).await;
    begin(&server, &["DEBUG", "SLEEP", "3"]).await;
    fleet.is_lost().await;
    fleet.sends(15).await;
    fleet.is_restored().await;
    assert_eq!(fleet.end(1.2).await, one_outage("timeout"));
}

#[tokio::test]
async fn f427_calls_go_on_while_a_server_pauses_its_clients() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let fleet = Fleet::start("pauses", sharings(&server).await);
    fleet.sends(20).await;
    let () = server.ask("CLIENT PAUSE 3000 ALL").await.unwrap();
    fleet.is_lost().await;
    fleet.sends(15).await;
    fleet.is_restored().await;
    assert_eq!(fleet.end(1.2).await, one_outage("timeout"));
}

#[tokio::test]
async fn f428_calls_go_on_while_a_server_loads_its_data() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    // Keys that take a second and a half to load.
    for command in [
        "DEBUG POPULATE 10000",
        "CONFIG SET key-load-delay 150",
        "CONFIG SET loading-process-events-interval-bytes 1024",
    ] {
        let () = server.ask(command).await.unwrap();
    }
    let fleet = Fleet::start("loads", sharings(&server).await);
    fleet.sends(20).await;
    let () = server.ask("SAVE").await.unwrap();
    begin(&server, &["DEBUG", "RELOAD", "NOSAVE"]).await;
    fleet.is_lost().await;
    fleet.sends(15).await;
    fleet.is_restored().await;
    assert_eq!(fleet.end(1.2).await, one_outage("LOADING"));
}

/// The connection leads to what follows another server by now, and takes no writes.
#[tokio::test]
async fn f429_calls_go_on_with_a_server_that_is_read_only_until_it_is_not() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let Some(leader) = RedisServer::start() else {
        return;
    };
    let fleet = Fleet::start("follows", sharings(&server).await);
    fleet.sends(20).await;
    let _: u64 = leader.ask("LPUSH any 1").await.unwrap();
    follow(&server, &leader).await;
    fleet.is_lost().await;
    fleet.sends(15).await;
    let () = server.ask("REPLICAOF NO ONE").await.unwrap();
    fleet.is_restored().await;
    let edges = fleet.end(1.2).await;
    assert!(edges.contains(&"READONLY".to_owned()), "{edges:?}");
    assert_eq!(edges.len(), 4, "{edges:?}");
}

/// The server is killed, and its follower, whose clock is an hour behind, takes its place.
#[tokio::test]
async fn f430_limit_holds_through_a_failover_to_a_server_with_another_clock() {
    let Some(mut server) = RedisServer::start() else {
        return;
    };
    let Some(follower) = RedisServer::start_behind() else {
        return;
    };
    let wires = [
        Wire::to(server.connection().await),
        Wire::to(server.connection().await),
    ];
    let fleet = Fleet::start("fails-over", wires.clone().map(Sharing::redis));
    fleet.sends(20).await;
    follow(&follower, &server).await;
    fleet.sends(5).await;
    server.kill();
    fleet.is_lost().await;
    let () = follower.ask("REPLICAOF NO ONE").await.unwrap();
    for wire in &wires {
        wire.turn_to(follower.connection().await);
    }
    fleet.is_restored().await;
    // By the clock of the follower, as fast as by the other one.
    let (before, begin) = (fleet.sent(), tokio::time::Instant::now());
    sleep(SECOND).await;
    let sent = f64::from(fleet.sent() - before);
    let pace = f64::from(super::PACE) * begin.elapsed().as_secs_f64();
    assert!(sent <= pace * 1.1 + 2.0 && sent >= pace / 10.0, "{sent}");
    let edges = fleet.end(1.2).await;
    assert_eq!(edges.len(), 4, "{edges:?}");
}

/// A user of the server that may not run scripts, in another database than the first.
#[tokio::test]
async fn f431_calls_go_on_with_a_user_who_may_run_no_scripts() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let user = "ACL SETUSER app on >canary-7731 ~* +@all";
    let () = server.ask(user).await.unwrap();
    let url = format!("redis://app:canary-7731@127.0.0.1:{}/3", server.port());
    let client = redis::Client::open(url).unwrap();
    let connection = async || client.get_multiplexed_async_connection().await.unwrap();
    let sharings = [connection().await, connection().await].map(Sharing::redis);
    let fleet = Fleet::start("forbidden", sharings);
    fleet.sends(20).await;
    let () = server.ask("ACL SETUSER app -eval -evalsha").await.unwrap();
    fleet.is_lost().await;
    fleet.sends(15).await;
    let () = server.ask("ACL SETUSER app +eval +evalsha").await.unwrap();
    fleet.is_restored().await;
    let keys: u64 = server.ask("DBSIZE").await.unwrap();
    assert_eq!(keys, 0, "the database is that of the connection");
    assert_eq!(fleet.end(1.2).await, one_outage("NOPERM"));
}
