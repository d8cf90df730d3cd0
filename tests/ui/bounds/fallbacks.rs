//! Fallbacks with the wrong number of parameters: reported at the path, with the parameters that a
//! fallback takes.

use resilient_runtime::resilient;
use std::{fmt::Display, io};

const NUMBER: u8 = 3;

async fn error_alone(_: io::Error) -> io::Result<u8> {
    Ok(0)
}

fn without_the_error(id: u8, _: &str) -> io::Result<u8> {
    Ok(id)
}

fn one_too_many(id: u8, _: &str, _: io::Error, _: u8) -> io::Result<u8> {
    Ok(id)
}

async fn generic<T: Display>(id: u8, _: T) -> io::Result<u8> {
    Ok(id)
}

async fn error_by_reference(id: u8, _: &str, _: &io::Error) -> io::Result<u8> {
    Ok(id)
}

#[resilient(fallback = error_alone)]
async fn takes_the_error_alone(id: u8, _text: &str) -> io::Result<u8> {
    Ok(id)
}

#[resilient(fallback = without_the_error)]
async fn takes_no_error(id: u8, _text: &str) -> io::Result<u8> {
    Ok(id)
}

#[resilient(fallback = one_too_many)]
async fn takes_more(id: u8, _text: &str) -> io::Result<u8> {
    Ok(id)
}

#[resilient(fallback = generic)]
async fn is_generic(id: u8, _text: &str) -> io::Result<u8> {
    Ok(id)
}

#[resilient(fallback(timeout = error_alone, other = one_too_many))]
async fn two_by_class(id: u8, _text: &str) -> io::Result<u8> {
    Ok(id)
}

#[resilient(fallback = error_by_reference)]
async fn takes_a_reference(id: u8, _text: &str) -> io::Result<u8> {
    Ok(id)
}

#[resilient(fallback = NUMBER)]
async fn is_no_function(id: u8, _text: &str) -> io::Result<u8> {
    Ok(id)
}

#[resilient(fallback = error_alone(io::Error::other("called")))]
async fn is_called(id: u8, _text: &str) -> io::Result<u8> {
    Ok(id)
}

struct Client;

impl Client {
    #[resilient(fallback = Self::without_self)]
    async fn of_a_method(&self, id: u8) -> io::Result<u8> {
        Ok(id)
    }

    fn without_self(id: u8, _: io::Error) -> io::Result<u8> {
        Ok(id)
    }

    #[resilient(fallback = Self::missing)]
    async fn of_no_method(&self, id: u8) -> io::Result<u8> {
        Ok(id)
    }
}

fn main() {}
