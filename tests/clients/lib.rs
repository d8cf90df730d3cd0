//! A server for protocols that are not HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "test code fails loudly"
)]

use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers each message of a client with the result of `reply`, on every connection, until the
/// runtime ends. An empty reply closes the connection.
pub async fn answering(reply: impl Fn(&[u8]) -> Vec<u8> + Clone + Send + 'static) -> SocketAddr {
    answering_until(reply, |_| false).await
}

/// Like [`answering`], but closes the connection after the reply `last`.
pub async fn answering_until(
    reply: impl Fn(&[u8]) -> Vec<u8> + Clone + Send + 'static,
    last: impl Fn(&[u8]) -> bool + Clone + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (reply, last) = (reply.clone(), last.clone());
            tokio::spawn(async move {
                let mut asked = [0; 4096];
                while let Ok(length @ 1..) = stream.read(&mut asked).await {
                    let bytes = reply(asked.get(..length).unwrap());
                    let is_sent = stream.write_all(&bytes).await.is_ok();
                    if bytes.is_empty() || !is_sent || last(&bytes) {
                        break;
                    }
                }
            });
        }
    });
    address
}
