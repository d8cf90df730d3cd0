//! All mistakes at once, each at its own words; the function stays as written for its callers.

use resilient_runtime::resilient;
use std::io;

#[resilient(
    attempts = 0,
    timeout = 5,
    deadline = "2 fortnights",
    backoff(initial = 1, factor = 0.5, max = "30", jitter = "ful", kind = "cubic", banana = 3),
    on(rate_limit, attempts = "8", retry = 1),
    on(conflict),
    max_retry_after = "2x",
    idempotent = "no",
    repeat_nested,
    policy(POLICY),
    classify =,
    classify_ok,
    context = "attempt",
    by_ref(prompt.text),
    name = 3,
    level = "loud",
    fields(model),
    crate = "resilient_runtime",
    upstream = OPENAI,
)]
async fn one_of_each(prompt: String) -> io::Result<usize> {
    Ok(prompt.len())
}

#[resilient(atempts = 3 timeout = "5 parsecs" deadline = "1m", deadline = "2m")]
async fn without_commas() -> io::Result<()> {
    Ok(())
}

#[resilient(
    timeout = "3m",
    deadline = "2m",
    backoff(initial = "2s", max = "1s"),
    on(quota_exhausted, retry = true),
    on(timeout, retry = false, attempts = 3)
)]
async fn contradictions() -> io::Result<()> {
    Ok(())
}

#[resilient(
    attempts = 1,
    backoff(kind = "fixed", factor = 2),
    on(deadline, retry = true)
)]
async fn without_effect() -> io::Result<()> {
    Ok(())
}

#[resilient(atempts = 3, deadline = "1s", timeout = "2s", by_ref(promt), context = text)]
fn of_all_stages(prompt: String, text: &str) -> io::Result<usize> {
    Ok(prompt.len() + text.len())
}

#[resilient(attempts = 0)]
const fn constant_and_not_async() {}

#[resilient(attempts = 0)]
struct OnAStruct;

trait Api {
    #[resilient(attempts = 0)]
    fn declared();
}

async fn caller() -> io::Result<usize> {
    without_commas().await?;
    contradictions().await?;
    without_effect().await?;
    let _ = (OnAStruct, constant_and_not_async());
    Ok(one_of_each(String::new()).await? + of_all_stages(String::new(), "")?)
}

fn main() {
    let _ = caller();
}
