//! Streams whose parts do not fit together.

use futures_core::Stream;
use resilient_runtime::{CallError, resilient};
use std::{io, pin::Pin};

type Error = CallError<io::Error>;

fn empty() -> Pin<Box<dyn Stream<Item = Result<u8, Error>> + Send>> {
    todo!()
}

const fn is_text(_: &String) -> bool {
    true
}

#[resilient(content = is_text)]
async fn content_of_another_type() -> Result<impl Stream<Item = Result<u8, Error>>, Error> {
    Ok(empty())
}

#[resilient]
async fn items_with_another_error() -> Result<impl Stream<Item = Result<u8, io::Error>>, Error> {
    Ok(empty())
}

fn main() {}
