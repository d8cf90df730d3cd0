//! Commas are required between arguments; each argument starts with its name.

use resilient_runtime::resilient;
use std::io;

#[resilient(attempts = 3 timeout = "1s")]
async fn missing() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 3; timeout = "1s")]
async fn semicolon() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(initial = "1s") attempts = 3)]
async fn missing_after_a_list() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(initial = "1s" max = "2s"))]
async fn missing_in_backoff() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited attempts = 8))]
async fn missing_after_the_class() -> io::Result<()> {
    Ok(())
}

#[resilient(on(rate_limited, attempts = 8 initial = "2s"))]
async fn missing_in_on() -> io::Result<()> {
    Ok(())
}

#[resilient(by_ref(a b))]
async fn missing_in_by_ref(a: String, b: String) -> io::Result<()> {
    drop((a, b));
    Ok(())
}

#[resilient(fields(a = 1 b = 2))]
async fn missing_in_fields() -> io::Result<()> {
    Ok(())
}

#[resilient(, attempts = 3)]
async fn at_the_start() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 3,, timeout = "1s")]
async fn twice() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 3,,)]
async fn twice_at_the_end() -> io::Result<()> {
    Ok(())
}

#[resilient(3)]
async fn only_a_number() -> io::Result<()> {
    Ok(())
}

#[resilient("30s", attempts = 3)]
async fn only_a_string() -> io::Result<()> {
    Ok(())
}

#[resilient("attempts" = 3)]
async fn name_in_quotes() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff("1s"))]
async fn only_a_string_in_backoff() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = missing();
}
