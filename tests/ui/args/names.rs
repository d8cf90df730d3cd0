//! Arguments that take names: of arguments, of the log, of the runtime.

use resilient_runtime::resilient;
use std::io;

#[resilient(name = 3)]
async fn number_for_a_name() -> io::Result<()> {
    Ok(())
}

#[resilient(name = chat)]
async fn name_without_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(name = "")]
async fn empty_name() -> io::Result<()> {
    Ok(())
}

#[resilient(context = "attempt")]
async fn context_in_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(context = a.b)]
async fn context_with_a_field() -> io::Result<()> {
    Ok(())
}

#[resilient(context = &attempt)]
async fn context_as_a_reference() -> io::Result<()> {
    Ok(())
}

#[resilient(context = self)]
async fn context_as_a_keyword() -> io::Result<()> {
    Ok(())
}

#[resilient(crate = "resilient_runtime")]
async fn crate_in_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(crate = 3)]
async fn number_for_a_crate() -> io::Result<()> {
    Ok(())
}

#[resilient(by_ref("prompt"))]
async fn by_ref_in_quotes(prompt: String) -> io::Result<()> {
    drop(prompt);
    Ok(())
}

#[resilient(by_ref(&prompt))]
async fn by_ref_as_a_reference(prompt: String) -> io::Result<()> {
    drop(prompt);
    Ok(())
}

#[resilient(by_ref(prompt.text, 3))]
async fn by_ref_of_what_is_no_name(prompt: String) -> io::Result<()> {
    drop(prompt);
    Ok(())
}

#[resilient(fields(model))]
async fn field_without_a_value(model: &str) -> io::Result<()> {
    drop(model);
    Ok(())
}

#[resilient(fields(%model))]
async fn field_of_the_short_form(model: &str) -> io::Result<()> {
    drop(model);
    Ok(())
}

#[resilient(fields(model = ))]
async fn field_without_a_value_after_the_equals_sign(model: &str) -> io::Result<()> {
    drop(model);
    Ok(())
}

#[resilient(fields(model = %))]
async fn field_without_a_value_after_the_sign(model: &str) -> io::Result<()> {
    drop(model);
    Ok(())
}

#[resilient(fields("model" = model))]
async fn field_with_its_name_in_quotes(model: &str) -> io::Result<()> {
    drop(model);
    Ok(())
}

#[resilient(fields(model: model))]
async fn field_with_a_colon(model: &str) -> io::Result<()> {
    drop(model);
    Ok(())
}

#[resilient(fields(model = 1, , tokens = 2))]
async fn field_left_out() -> io::Result<()> {
    Ok(())
}

#[resilient(policy = )]
async fn no_policy() -> io::Result<()> {
    Ok(())
}

#[resilient(classify = |error| )]
async fn half_a_closure() -> io::Result<()> {
    Ok(())
}

#[resilient(policy = let, attempts = 0)]
async fn no_expression() -> io::Result<()> {
    Ok(())
}

fn main() {}
