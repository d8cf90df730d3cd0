//! Bodies that never end, trickle or break off.

use resilient_examples::client;
use resilient_runtime::{ApiError, Class, IntoApiResult};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Answers one request with a head, then with `chunk` until the client stops reading; then keeps
/// the connection open if `kept`.
async fn raw(head: &'static str, chunk: Vec<u8>, times: usize, kept: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4_096]).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..times {
            if stream.write_all(&chunk).await.is_err() {
                return;
            }
        }
        if kept {
            std::future::pending::<()>().await;
        }
    });
    url
}

const HEAD: &str =
    "HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 1000000000\r\n\r\n";

async fn read_raw(url: &str) -> ApiError {
    let response = client().get(url).send().await.unwrap();
    tokio::time::pause(); // Received data is read first; then the clock advances to the timeout.
    let error = response.into_api_result().await.unwrap_err();
    tokio::time::resume();
    assert_eq!(error.failure().status, Some(429));
    assert_eq!(
        error.failure().wait.unwrap().duration,
        Duration::from_secs(7)
    );
    error
}

#[tokio::test]
async fn a_body_that_never_ends_trickles_or_breaks_off_gives_an_error_with_its_status() {
    let endless = raw(HEAD, vec![b'x'; 64 * 1024], usize::MAX, true).await;
    assert_eq!(read_raw(&endless).await.failure().class, Class::RateLimited);
    let trickling = raw(HEAD, b"{".to_vec(), 1, true).await;
    assert_eq!(
        read_raw(&trickling).await.failure().class,
        Class::RateLimited
    );
    let silent = raw(HEAD, Vec::new(), 0, true).await;
    assert_eq!(read_raw(&silent).await.body(), None);
    let said = b"{\"error\":{\"code\":\"insufficient_quota\"}}".to_vec();
    let broken = raw(HEAD, said, 1, false).await;
    assert_eq!(
        read_raw(&broken).await.failure().class,
        Class::QuotaExhausted
    );
}
