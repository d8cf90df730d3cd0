//! A failover between two real servers.

use resilient_runtime::{
    ApiError, Failover, SendChecked as _, Target, Upstream, resilient,
    testing::server::{FaultyServer, ok, reset, status},
};
use std::time::Duration;

static NEAR: Upstream = Upstream::new("near");
static FAR: Upstream = Upstream::new("far");
static CHAT: Failover = Failover::new("chat").to(&NEAR, "near").to(&FAR, "far");

struct Servers {
    near: FaultyServer,
    far: FaultyServer,
}

impl Servers {
    async fn start() -> Self {
        Self {
            near: FaultyServer::start().await,
            far: FaultyServer::start().await,
        }
    }

    fn url(&self, target: Target) -> String {
        match target.name() {
            "near" => self.near.url(),
            _ => self.far.url(),
        }
    }
}

#[resilient(failover = CHAT, context = attempt)]
async fn ask(client: &reqwest::Client, servers: &Servers) -> Result<String, ApiError> {
    let url = servers.url(attempt.target());
    Ok(client.get(url).send_checked().await?.text().await?)
}

#[resilient_runtime::test]
async fn f372_dead_server_gets_one_request_and_then_only_probes() {
    let client = resilient_examples::client();
    for fault in [status(500), status(503), status(401), reset()] {
        let servers = Servers::start().await;
        servers.near.otherwise(fault);
        servers.far.otherwise(ok("far"));
        // A pause of a test before this one is over.
        resilient_runtime::testing::isolated(async {
            for _ in 0..50 {
                assert_eq!(ask(&client, &servers).await.unwrap(), "far");
            }
            assert_eq!(servers.near.requests().await.len(), 1);
            servers.near.otherwise(ok("near"));
            let lost = CHAT.snapshot().targets[0].wait.unwrap() > Duration::from_secs(2);
            if !lost {
                tokio::time::sleep(Duration::from_millis(1_050)).await;
                assert_eq!(ask(&client, &servers).await.unwrap(), "near");
                assert_eq!(ask(&client, &servers).await.unwrap(), "near");
            }
        })
        .await;
    }
}
