//! A type parameter as the error type, without the bounds that the attribute needs.

use resilient_runtime::{Class, Rejection, resilient};
use std::{error::Error, io};

#[resilient]
async fn without_bounds<E>() -> Result<(), E> {
    Ok(())
}

#[resilient]
async fn with_bounds_of_std<T, E: Error + Send>(_text: &str) -> Result<T, E>
where
    E: 'static,
{
    todo!()
}

#[resilient(classify = |_: &E| Class::Network)]
async fn classified_by_a_function<E>() -> Result<(), E> {
    Ok(())
}

#[resilient(classify = |_: &E| Class::Network)]
async fn correct<E: From<Rejection>>() -> Result<(), E> {
    Ok(())
}

#[resilient]
async fn correct_without_an_error_type<T: Default>() -> io::Result<T> {
    Ok(T::default())
}

trait Failure: resilient_runtime::Classify + From<Rejection> {}

#[resilient]
async fn correct_by_a_supertrait<E: Failure>() -> Result<(), E> {
    Ok(())
}

fn main() {
    let _ = correct::<io::Error>();
}
