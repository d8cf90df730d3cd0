//! Arguments of streams that cannot take effect, and streams that do not fit.

use futures_core::Stream;
use resilient_runtime::{CallError, resilient};
use std::{io, pin::Pin};

type Error = CallError<io::Error>;

fn empty() -> Pin<Box<dyn Stream<Item = Result<u8, Error>> + Send>> {
    todo!()
}

#[resilient(first = "3m", idle = "2m", content = is_some, last = is_some)]
async fn no_stream() -> Result<u8, Error> {
    Ok(1)
}

#[resilient(classify_ok = |_| None)]
async fn classified_success() -> Result<impl Stream<Item = Result<u8, Error>>, Error> {
    Ok(empty())
}

#[resilient(fallback = cached)]
async fn fallback_of_an_impl() -> Result<impl Stream<Item = Result<u8, Error>>, Error> {
    Ok(empty())
}

#[resilient(timeout = "2m", first = "1m")]
async fn first_below_timeout() -> Result<impl Stream<Item = Result<u8, Error>>, Error> {
    Ok(empty())
}

#[resilient(first = "20s")]
async fn first_below_the_default_timeout() -> Result<impl Stream<Item = Result<u8, Error>>, Error> {
    Ok(empty())
}

#[resilient(timeout = "1m", first = "3m", idle = "5m", deadline = "2m")]
async fn above_the_deadline() -> Result<impl Stream<Item = Result<u8, Error>>, Error> {
    Ok(empty())
}

fn main() {}
