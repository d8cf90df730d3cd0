//! A borrow of `&mut self` or of a `&mut` argument in the result.

use resilient_runtime::resilient;
use std::{borrow::Cow, future::Future, io, pin::Pin, sync::Arc};

struct Cache {
    text: String,
}

impl Cache {
    #[resilient]
    async fn elided(&mut self) -> io::Result<&str> {
        self.text.push('!');
        Ok(&self.text)
    }

    #[resilient]
    async fn named<'a>(&'a mut self, other: &str) -> io::Result<&'a str> {
        self.text.push_str(other);
        Ok(&self.text)
    }

    #[resilient]
    async fn in_a_type(&mut self) -> io::Result<Cow<'_, str>> {
        Ok(Cow::Borrowed(&self.text))
    }

    #[resilient]
    async fn of_an_argument<'a>(&self, buffer: &'a mut String) -> io::Result<&'a str> {
        buffer.push_str(&self.text);
        Ok(buffer)
    }

    #[resilient]
    async fn beside_an_arc(self: Arc<Self>, buffer: &mut String) -> io::Result<&str> {
        buffer.push_str(&self.text);
        Ok(buffer)
    }
}

#[resilient]
async fn argument(buffer: &mut Vec<u8>, byte: u8) -> io::Result<&[u8]> {
    buffer.push(byte);
    Ok(buffer)
}

#[resilient]
async fn argument_in_a_type(buffer: &mut String) -> io::Result<(usize, Cow<'_, str>)> {
    Ok((buffer.len(), Cow::Borrowed(buffer)))
}

#[resilient]
async fn argument_by_name<'a>(buffer: &'a mut String, text: &str) -> io::Result<&'a mut String> {
    buffer.push_str(text);
    Ok(buffer)
}

#[resilient]
fn boxed<'a>(
    buffer: &'a mut String,
) -> Pin<Box<dyn Future<Output = io::Result<&'a str>> + Send + 'a>> {
    Box::pin(async move { Ok(buffer.as_str()) })
}

#[resilient]
async fn in_an_option(buffer: Option<&mut String>) -> io::Result<&str> {
    Ok(buffer.map_or("", |buffer| buffer.as_str()))
}

#[resilient]
async fn in_a_pin<'a>(buffer: Pin<&'a mut String>, text: &str) -> io::Result<&'a str> {
    buffer.get_mut().push_str(text);
    Err(io::ErrorKind::Other.into())
}

impl Cache {
    #[resilient]
    async fn pinned(self: Pin<&mut Self>, buffer: &mut String) -> io::Result<&str> {
        buffer.push('!');
        Ok(&self.get_mut().text)
    }
}

fn main() {}
