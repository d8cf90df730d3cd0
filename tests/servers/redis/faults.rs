//! Faults of the server and of the connection. Nothing hangs for longer than the timeout of the
//! connection, and the store works again by itself.

use crate::{SECOND, capped, places, report, scope};
use redis::aio::ConnectionManager;
use resilient_runtime::sharing::{RedisStore, Store as _, View};
use resilient_servers::RedisServer;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// The timeout of the connections. Long enough for a machine that is busy.
const TIMEOUT: Duration = Duration::from_millis(500);

type Redis = RedisStore<ConnectionManager>;

async fn store(server: &RedisServer) -> Redis {
    RedisStore::new(server.manager(TIMEOUT).await)
}

async fn reason(store: &Redis) -> String {
    let failed = timeout(SECOND * 20, store.settle(&scope(), &report(1))).await;
    failed.unwrap().unwrap_err().reason().to_owned()
}

/// Settles until the store answers again.
async fn recovered(store: &Redis) -> View {
    let begin = Instant::now();
    loop {
        if let Ok(view) = store.settle(&scope(), &report(1)).await {
            return view;
        }
        assert!(begin.elapsed() < SECOND * 30);
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn orders_of_all_connections_are_one_line_by_the_clock_of_the_server() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let (one, other) = (store(&server).await, store(&server).await);
    let (placed, view) = one.order(&scope(), &report(1), &places(2)).await.unwrap();
    assert_eq!(placed.waits, [Duration::ZERO, SECOND]);
    assert!(view.is_new);
    let (placed, view) = other.order(&scope(), &report(2), &places(1)).await.unwrap();
    assert!(placed.waits[0] > SECOND && placed.waits[0] <= SECOND * 2);
    assert_eq!((view.is_new, view.replicas), (true, 2));
    let view = one.settle(&scope(), &report(1)).await.unwrap();
    assert_eq!((view.is_new, view.replicas), (false, 2));
}

#[tokio::test]
async fn keys_vanish_after_their_latest_time_and_ten_minutes() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let store = store(&server).await;
    let mut paused = capped(1);
    paused.pause = SECOND * 100;
    store.beat(&scope(), &paused).await.unwrap();
    let keys: Vec<String> = server.ask("KEYS *").await.unwrap();
    assert_eq!(keys.len(), 3);
    for (suffix, seconds) in [("s", 700), ("n", 600), ("c", 3_600 + 600)] {
        let left: i64 = server
            .ask(&format!("PTTL resilient:1:{{openai}}:{suffix}"))
            .await
            .unwrap();
        let bounds = (seconds - 20) * 1_000..=seconds * 1_000 + 1;
        assert!(bounds.contains(&left), "{suffix}: {left}");
    }
}

#[tokio::test]
async fn f409_server_that_pauses_its_clients_costs_a_timeout_and_nothing_later() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let store = store(&server).await;
    store.settle(&scope(), &report(1)).await.unwrap();
    let () = server.ask("CLIENT PAUSE 2000 ALL").await.unwrap();
    assert_eq!(reason(&store).await, "timeout");
    assert!(!recovered(&store).await.is_new);

    let sleeping = server.connection().await;
    let asleep = tokio::spawn(async move {
        let mut sleeping = sleeping;
        let mut command = redis::cmd("DEBUG");
        let command = command.arg("SLEEP").arg("2");
        let _ = command.query_async::<()>(&mut sleeping).await;
    });
    sleep(Duration::from_millis(300)).await;
    assert_eq!(reason(&store).await, "timeout");
    asleep.await.unwrap();
    assert!(!recovered(&store).await.is_new);

    server.freeze();
    assert_eq!(reason(&store).await, "timeout");
    server.thaw();
    assert!(!recovered(&store).await.is_new);
}

#[tokio::test]
async fn f410_server_that_has_lost_the_script_gets_it_again_within_the_operation() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let store = store(&server).await;
    store.settle(&scope(), &report(1)).await.unwrap();
    let () = server.ask("SCRIPT FLUSH").await.unwrap();
    assert!(!store.settle(&scope(), &report(1)).await.unwrap().is_new);
}

#[tokio::test]
async fn f411_server_without_memory_refuses_whole_operations() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let store = store(&server).await;
    store.settle(&scope(), &capped(1)).await.unwrap();
    let () = server.ask("CONFIG SET maxmemory 1mb").await.unwrap();
    let order = store.order(&scope(), &capped(1), &places(1)).await;
    assert_eq!(order.unwrap_err().reason(), "OOM");
    let () = server.ask("CONFIG SET maxmemory 0").await.unwrap();
    // Neither the place nor the use was written.
    let (placed, view) = store.order(&scope(), &capped(1), &places(1)).await.unwrap();
    assert_eq!((placed.waits[0], view.caps), (Duration::ZERO, vec![2]));
}

#[tokio::test]
async fn f412_server_that_was_killed_is_told_as_new_when_it_is_back_empty() {
    let Some(mut server) = RedisServer::start() else {
        return;
    };
    let store = store(&server).await;
    store.order(&scope(), &report(1), &places(9)).await.unwrap();
    server.kill();
    let reason = reason(&store).await;
    let known = ["connection closed", "connection refused", "timeout"];
    assert!(known.contains(&reason.as_str()), "{reason}");
    server.restart();
    assert!(recovered(&store).await.is_new);
    let (placed, _) = store.order(&scope(), &report(1), &places(1)).await.unwrap();
    assert_eq!(placed.waits, [Duration::ZERO]);
}

#[tokio::test]
async fn f413_server_that_is_loading_or_asks_for_a_password_is_told_by_its_code() {
    let Some(server) = RedisServer::start_with(&["--requirepass", "hunter2"]) else {
        return;
    };
    let store = RedisStore::new(server.manager(TIMEOUT).await);
    assert_eq!(reason(&store).await, "NOAUTH");
    let wrong = format!("redis://:wrong@127.0.0.1:{}", server.port());
    let client = redis::Client::open(wrong).unwrap();
    let lazy = client.get_connection_manager_lazy(
        redis::aio::ConnectionManagerConfig::new().set_number_of_retries(0),
    );
    let reason_of_wrong = reason(&RedisStore::new(lazy.unwrap())).await;
    assert_eq!(reason_of_wrong, "WRONGPASS");

    let Some(server) = RedisServer::start() else {
        return;
    };
    // Keys that take two seconds to load.
    let () = server.ask("DEBUG POPULATE 10000").await.unwrap();
    let () = server.ask("CONFIG SET key-load-delay 200").await.unwrap();
    let () = server
        .ask("CONFIG SET loading-process-events-interval-bytes 1024")
        .await
        .unwrap();
    let store = self::store(&server).await;
    store.settle(&scope(), &report(1)).await.unwrap();
    let () = server.ask("SAVE").await.unwrap();
    let connection = server.connection().await;
    let reload = tokio::spawn(async move {
        let mut connection = connection;
        let mut command = redis::cmd("DEBUG");
        let _ = command
            .arg("RELOAD")
            .arg("NOSAVE")
            .query_async::<()>(&mut connection)
            .await;
    });
    sleep(Duration::from_millis(200)).await;
    assert_eq!(reason(&store).await, "LOADING");
    reload.await.unwrap();
    assert!(!recovered(&store).await.is_new);
}
