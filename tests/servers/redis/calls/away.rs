//! A server that cannot be reached.

use super::{ONCE, Seen};
use crate::SECOND;
use resilient_runtime::{CallError, Upstream, call, sharing::Sharing};
use resilient_servers::RedisServer;
use std::{io, sync::Arc, time::Duration};
use tokio::time::Instant;

fn replica(name: &'static str, sharing: &Sharing) -> Upstream {
    super::replica(name, sharing.clone())
}

async fn calls(upstream: &Upstream, number: u32) {
    for _ in 0..number {
        let outcome: Result<(), CallError<io::Error>> =
            call!(upstream = upstream, policy = ONCE, async { Ok(()) }).await;
        outcome.unwrap();
    }
}

#[tokio::test]
async fn calls_of_two_replicas_are_in_one_line() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let sharing = || async { Sharing::redis(server.connection().await).timeout(SECOND) };
    let (one, other) = (
        replica("line", &sharing().await),
        replica("line", &sharing().await),
    );
    let begin = Instant::now();
    tokio::join!(calls(&one, 25), calls(&other, 25));
    // The first of fifty at once, and one each 20 ms.
    assert!(
        begin.elapsed() >= Duration::from_millis(20) * 48,
        "{:?}",
        begin.elapsed()
    );
}

/// `SIGSTOP`: the connection is open, and nothing answers.
#[tokio::test]
async fn f420_calls_go_on_while_a_server_hangs_and_share_again_afterwards() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let seen = Arc::new(Seen::default());
    let observation = seen.observe("hangs");
    let upstream = replica(
        "hangs",
        &Sharing::redis(server.connection().await).timeout(SECOND / 2),
    );
    calls(&upstream, 3).await;
    server.freeze();
    calls(&upstream, 10).await;
    seen.until(1).await;
    server.thaw();
    calls(&upstream, 1).await;
    seen.until(2).await;
    calls(&upstream, 3).await;
    observation.stop();
    assert_eq!(seen.edges(), ["timeout", "restored"]);
}

/// `kill -9`, and another server with an empty database on its port.
#[tokio::test]
async fn f421_calls_go_on_after_a_server_was_killed_and_with_the_one_that_follows_it() {
    let Some(mut server) = RedisServer::start() else {
        return;
    };
    let seen = Arc::new(Seen::default());
    let observation = seen.observe("killed");
    let manager = server.manager(Duration::from_millis(200)).await;
    let upstream = replica("killed", &Sharing::redis(manager).timeout(SECOND / 2));
    calls(&upstream, 3).await;
    server.kill();
    calls(&upstream, 10).await;
    seen.until(1).await;
    server.restart();
    calls(&upstream, 1).await;
    seen.until(2).await;
    calls(&upstream, 3).await;
    observation.stop();
    assert_eq!(seen.edges()[1], "restored");
}

#[tokio::test]
async fn f422_calls_go_on_with_a_password_that_is_refused_and_the_event_does_not_hold_it() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let seen = Arc::new(Seen::default());
    let observation = seen.observe("refused");
    let connection = server.connection().await;
    let upstream = replica("refused", &Sharing::redis(connection).timeout(SECOND));
    calls(&upstream, 3).await;
    let _: () = server
        .ask("CONFIG SET requirepass canary-7731")
        .await
        .unwrap();
    // Connections that were there before are asked for it with their next command.
    let other = server.client();
    let refused = other.get_multiplexed_async_connection().await.unwrap();
    let upstream = replica("refused", &Sharing::redis(refused).timeout(SECOND));
    calls(&upstream, 10).await;
    seen.until(1).await;
    observation.stop();
    assert_eq!(seen.edges(), ["NOAUTH"]);
    assert!(seen.leaks().is_empty(), "{:?}", seen.leaks());
}
