//! A cluster of three servers, each with a third of the slots.

use super::{SECOND, places, report};
use redis::cluster::ClusterClient;
use resilient_runtime::sharing::{RedisStore, Scope, Store as _};
use resilient_servers::RedisServer;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const SLOTS: [&str; 3] = ["0 5460", "5461 10922", "10923 16383"];

async fn cluster() -> Option<Vec<RedisServer>> {
    let mut nodes = Vec::new();
    for slots in SLOTS {
        let node = RedisServer::start_node()?;
        let () = node
            .ask(&format!("CLUSTER ADDSLOTSRANGE {slots}"))
            .await
            .unwrap();
        nodes.push(node);
    }
    for node in &nodes[1..] {
        let (port, bus) = (node.port(), node.bus().unwrap());
        let meet = format!("CLUSTER MEET 127.0.0.1 {port} {bus}");
        let () = nodes[0].ask(&meet).await.unwrap();
    }
    let begin = Instant::now();
    for node in &nodes {
        loop {
            let info: String = node.ask("CLUSTER INFO").await.unwrap();
            if info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3") {
                break;
            }
            assert!(begin.elapsed() < SECOND * 30, "{info}");
            sleep(Duration::from_millis(50)).await;
        }
    }
    Some(nodes)
}

#[tokio::test]
async fn each_scope_has_a_line_of_its_own_on_some_node_of_a_cluster() {
    let Some(nodes) = cluster().await else {
        return;
    };
    let client = ClusterClient::new(nodes.iter().map(RedisServer::url)).unwrap();
    let store = async || RedisStore::new(client.get_async_connection().await.unwrap());
    let (one, other) = (store().await, store().await);
    for key in 0..20 {
        let scope = Scope {
            upstream: "openai".to_owned(),
            key: Some(key.to_string()),
        };
        let (placed, _) = one.order(&scope, &report(1), &places(1)).await.unwrap();
        assert_eq!(placed.waits, [Duration::ZERO]);
        let (placed, view) = other.order(&scope, &report(2), &places(1)).await.unwrap();
        assert!(placed.waits[0] > Duration::ZERO && placed.waits[0] <= SECOND);
        assert_eq!(view.replicas, 2);
        other.beat(&scope, &report(2)).await.unwrap();
        other.probe(&scope, &report(2)).await.unwrap();
    }
    for node in &nodes {
        let keys: u64 = node.ask("DBSIZE").await.unwrap();
        assert!(keys > 0 && keys < 40, "{keys}");
    }
}
