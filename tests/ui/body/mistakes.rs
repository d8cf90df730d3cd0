//! Mistakes in the body are reported in the body.

use resilient_runtime::{Class, Classification, Classify, Rejection, resilient};
use std::{io, num::ParseIntError};

struct ApiError;

impl Classify for ApiError {
    fn classify(&self) -> Classification {
        Class::Unknown.into()
    }
}

impl From<Rejection> for ApiError {
    fn from(_: Rejection) -> Self {
        Self
    }
}

fn read() -> io::Result<String> {
    Ok(String::new())
}

#[resilient]
async fn wrong_type_at_the_end() -> io::Result<u32> {
    read()
}

#[resilient]
async fn not_the_result() -> io::Result<u32> {
    3
}

#[resilient]
async fn nothing_at_the_end() -> io::Result<()> {
    io::Result::Ok(())?;
}

#[resilient]
async fn wrong_type_returned(early: bool) -> io::Result<u32> {
    if early {
        return read();
    }
    Ok(3)
}

#[resilient]
async fn wrong_type_inside(text: &str) -> io::Result<usize> {
    let length: u32 = text.len();
    Ok(length as usize)
}

#[resilient]
async fn unknown_name() -> io::Result<u32> {
    Ok(lenght)
}

#[resilient]
async fn unknown_method(text: String) -> io::Result<usize> {
    Ok(text.lenght())
}

#[resilient]
async fn no_conversion(text: &str) -> Result<u32, ApiError> {
    let number: Result<u32, ParseIntError> = text.parse();
    Ok(number?)
}

#[resilient]
async fn question_mark_on_an_option(text: &str) -> io::Result<char> {
    Ok(text.chars().next()?)
}

#[resilient]
async fn await_of_no_future() -> io::Result<u32> {
    Ok(3.await)
}

#[resilient]
async fn assigned_to_an_argument(number: u32) -> io::Result<u32> {
    number += 1;
    Ok(number)
}

#[resilient]
async fn unknown_name_in_a_macro() -> io::Result<String> {
    Ok(format!("{missing}"))
}

#[resilient(context = attempt)]
async fn context_of_no_such_method() -> io::Result<u32> {
    Ok(attempt.index())
}

struct Client {
    count: u32,
}

impl Client {
    #[resilient]
    async fn unknown_field(&self) -> io::Result<u32> {
        Ok(self.counter)
    }

    #[resilient]
    async fn wrong_type_with_self_moved(&mut self) -> io::Result<u32> {
        let this = self;
        this.count = "one";
        Ok(this.count)
    }
}

fn main() {}
