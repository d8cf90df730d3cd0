//! Sends an order that must not be sent twice, slowly, and prints how the call ended.
#![allow(clippy::print_stdout, reason = "its output is read by the test")]

use resilient_runtime::{CallError, resilient};
use std::{io, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::sleep,
};

#[resilient(
    attempts = 5,
    timeout = "none",
    idempotent = false,
    backoff(kind = "fixed", initial = "3s", jitter = "none")
)]
async fn order(address: &str) -> Result<String, CallError<io::Error>> {
    let mut stream = TcpStream::connect(address).await?;
    // Meanwhile the way back is cut.
    sleep(Duration::from_millis(600)).await;
    stream.write_all(b"order\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    match order("10.2.0.2:9000").await {
        Ok(answer) => println!("answered: {answer}"),
        Err(error) => println!("failed: {error:#}"),
    }
}
