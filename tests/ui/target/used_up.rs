//! Arguments that the first attempt uses up.

use resilient_runtime::resilient;
use std::{future::Future, io};

trait Stream {}
trait AsyncRead {}
trait AsyncWrite {}

#[resilient]
async fn called_once(make: impl FnOnce() -> String) -> io::Result<usize> {
    Ok(make().len())
}

#[resilient]
async fn streamed<S>(text: &str, body: S) -> io::Result<usize>
where
    S: Stream + Send + 'static,
{
    upload(body).await
}

#[resilient]
async fn read(mut file: impl AsyncRead + Unpin) -> io::Result<usize> {
    upload(&mut file).await
}

#[resilient]
async fn written(file: impl AsyncWrite) -> io::Result<usize> {
    upload(file).await
}

#[resilient]
async fn awaited(future: impl Future<Output = io::Result<usize>>) -> io::Result<usize> {
    future.await
}

async fn upload<T>(_: T) -> io::Result<usize> {
    Ok(0)
}

#[resilient(hedge(after = "1s"))]
async fn hedged(log: Option<&mut Vec<u8>>) -> io::Result<usize> {
    upload(log).await
}

fn main() {}
