//! Expressions in the attribute that have the wrong type: reported at the expression.

use resilient_runtime::{Class, Classification, Policy, resilient};
use std::{io, sync::Arc, time::Duration};

fn by_value(_: io::Error) -> Classification {
    Classification::new(Class::Unknown)
}

fn of_another_error(_: &String) -> Classification {
    Classification::new(Class::Unknown)
}

fn without_a_result(_: &io::Error) {}

fn of_a_success(_: &u32) -> Classification {
    Classification::new(Class::Unknown)
}

#[resilient(policy = 3)]
async fn policy_of_another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(policy = Some(Policy::DEFAULT))]
async fn policy_in_an_option() -> io::Result<()> {
    Ok(())
}

#[resilient(policy = POLICIES)]
async fn policy_of_no_known_name() -> io::Result<()> {
    Ok(())
}

#[resilient(policy = missing)]
async fn policy_of_an_argument_that_is_none(policy: Arc<Policy>) -> io::Result<()> {
    drop(policy);
    Ok(())
}

#[resilient(classify = by_value)]
async fn classify_by_value() -> io::Result<()> {
    Ok(())
}

#[resilient(classify = of_another_error)]
async fn classify_another_error() -> io::Result<()> {
    Ok(())
}

#[resilient(classify = without_a_result)]
async fn classify_without_a_result() -> io::Result<()> {
    Ok(())
}

#[resilient(classify = |_: &io::Error| true)]
async fn classify_as_a_flag() -> io::Result<()> {
    Ok(())
}

#[resilient(classify = 3)]
async fn classify_as_a_number() -> io::Result<()> {
    Ok(())
}

#[resilient(classify_ok = of_a_success)]
async fn classify_ok_without_an_option() -> io::Result<u32> {
    Ok(3)
}

#[resilient(classify_ok = |_: &String| None)]
async fn classify_ok_of_another_type() -> io::Result<u32> {
    Ok(3)
}

#[resilient(backoff = Duration::from_secs(1))]
async fn schedule_of_another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff = [Duration::from_secs(1)])]
async fn schedule_as_an_array() -> io::Result<()> {
    Ok(())
}

const NUMBER: i64 = 3;
const TEXT: &str = "3s";

#[resilient(attempts = NUMBER)]
async fn attempts_of_another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = TEXT)]
async fn timeout_of_another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(initial = 1 + 1, factor = NUMBER))]
async fn backoff_of_other_types() -> io::Result<()> {
    Ok(())
}

#[resilient(on(conflict, attempts = TEXT))]
async fn rule_of_another_type() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = count)]
async fn attempts_not_constant(count: u32) -> io::Result<()> {
    drop(count);
    Ok(())
}

#[resilient(crate = resilient_run)]
async fn unknown_crate() -> io::Result<()> {
    Ok(())
}

#[resilient(crate = std)]
async fn wrong_crate() -> io::Result<()> {
    Ok(())
}

fn main() {}
