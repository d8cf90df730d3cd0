//! `key = value` or `key(..)`: the wrong form, no value, or an incomplete one.

use resilient_runtime::resilient;
use std::io;

#[resilient(attempts)]
async fn nothing_after_attempts() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts 3)]
async fn no_equals_sign() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts: 3)]
async fn colon() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts == 3)]
async fn comparison() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts => 3)]
async fn arrow() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = )]
async fn no_value_at_the_end() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = , timeout = "1s")]
async fn no_value() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts(3))]
async fn attempts_as_a_list() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout("1s"))]
async fn timeout_as_a_list() -> io::Result<()> {
    Ok(())
}

#[resilient(deadline)]
async fn nothing_after_deadline() -> io::Result<()> {
    Ok(())
}

#[resilient(max_retry_after)]
async fn nothing_after_max_retry_after() -> io::Result<()> {
    Ok(())
}

#[resilient(idempotent)]
async fn nothing_after_idempotent() -> io::Result<()> {
    Ok(())
}

#[resilient(repeat_nested)]
async fn nothing_after_repeat_nested() -> io::Result<()> {
    Ok(())
}

#[resilient(policy(POLICY))]
async fn policy_as_a_list() -> io::Result<()> {
    Ok(())
}

#[resilient(classify(by_status), classify_ok(by_body))]
async fn classify_as_a_list() -> io::Result<()> {
    Ok(())
}

#[resilient(context)]
async fn nothing_after_context() -> io::Result<()> {
    Ok(())
}

#[resilient(name("chat"))]
async fn name_as_a_list() -> io::Result<()> {
    Ok(())
}

#[resilient(level)]
async fn nothing_after_level() -> io::Result<()> {
    Ok(())
}

#[resilient(crate)]
async fn nothing_after_crate() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff)]
async fn nothing_after_backoff() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff())]
async fn backoff_with_an_empty_list() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff[initial = "1s"])]
async fn backoff_in_brackets() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(kind, initial("1s"), factor:2))]
async fn forms_in_backoff() -> io::Result<()> {
    Ok(())
}

#[resilient(on)]
async fn nothing_after_on() -> io::Result<()> {
    Ok(())
}

#[resilient(on())]
async fn on_with_an_empty_list() -> io::Result<()> {
    Ok(())
}

#[resilient(on(conflict))]
async fn on_with_a_class_alone() -> io::Result<()> {
    Ok(())
}

#[resilient(on(conflict,))]
async fn on_with_a_class_and_a_comma() -> io::Result<()> {
    Ok(())
}

#[resilient(on = conflict)]
async fn on_with_an_equals_sign() -> io::Result<()> {
    Ok(())
}

#[resilient(on(conflict, retry))]
async fn flag_without_a_value_in_on() -> io::Result<()> {
    Ok(())
}

#[resilient(by_ref)]
async fn nothing_after_by_ref() -> io::Result<()> {
    Ok(())
}

#[resilient(by_ref())]
async fn by_ref_with_an_empty_list() -> io::Result<()> {
    Ok(())
}

#[resilient(by_ref = prompt)]
async fn by_ref_with_an_equals_sign(prompt: String) -> io::Result<()> {
    drop(prompt);
    Ok(())
}

#[resilient(fields())]
async fn fields_with_an_empty_list() -> io::Result<()> {
    Ok(())
}

#[resilient(fields = 3)]
async fn fields_with_an_equals_sign() -> io::Result<()> {
    Ok(())
}

fn main() {}
