//! TLS that can never be set up, and TLS that may heal.

use super::{
    clients::{ALL, Client, attempts, failure},
    servers::{Certificate, Counted, EXPIRED, VALID, WRONG_NAME, replying, tls},
};
use resilient_runtime::{Class, Processed};

async fn assert_fails(
    client: Client,
    scheme: &str,
    server: &Counted,
    root: Certificate,
    as_: Class,
) {
    let before = server.connections();
    let url = format!("{scheme}://{}/", server.address);
    let failure = failure(client, &url, root.0).await;
    assert_eq!(failure.class, as_, "{client:?}: {failure:?}");
    assert_eq!(server.connections(), before + attempts(as_), "{client:?}");
    if scheme == "https" && !matches!(client, Client::Ureq) {
        assert_eq!(failure.processed, Processed::No, "{client:?}");
    }
}

#[resilient_runtime::test(no_waits)]
async fn f253_a_certificate_that_is_not_valid_is_met_once_by_every_client() {
    for client in ALL {
        let unknown = tls(VALID, None).await;
        assert_fails(client, "https", &unknown, WRONG_NAME, Class::CannotConnect).await;
        if let Client::Octocrab = client {
            continue;
        }
        let expired = tls(EXPIRED, None).await;
        assert_fails(client, "https", &expired, EXPIRED, Class::CannotConnect).await;
        let wrong_name = tls(WRONG_NAME, None).await;
        assert_fails(
            client,
            "https",
            &wrong_name,
            WRONG_NAME,
            Class::CannotConnect,
        )
        .await;
    }
}

#[resilient_runtime::test(no_waits)]
async fn f253_a_server_that_wants_a_certificate_of_its_client_is_asked_once() {
    for client in [
        Client::Reqwest,
        Client::Reqwest012,
        Client::HyperUtil,
        Client::Ureq,
    ] {
        let server = tls(VALID, Some(VALID)).await;
        assert_fails(client, "https", &server, VALID, Class::CannotConnect).await;
    }
}

#[resilient_runtime::test(no_waits)]
async fn f249_the_wrong_protocol_on_a_port_is_met_once_by_every_client() {
    for client in ALL {
        let plain = replying(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        assert_fails(client, "https", &plain, VALID, Class::CannotConnect).await;
        let secure = tls(VALID, None).await;
        assert_fails(client, "http", &secure, VALID, Class::CannotConnect).await;
    }
}

/// ureq does not say that the connection ended in the handshake.
#[resilient_runtime::test(no_waits)]
async fn f253_a_handshake_that_ends_early_is_tried_again_by_every_client() {
    for client in ALL {
        let class = match client {
            Client::Ureq => Class::Network,
            _ => Class::Connect,
        };
        let ending = replying(b"").await;
        assert_fails(client, "https", &ending, VALID, class).await;
    }
}
