//! Unusual attributes that are correct.

use resilient_runtime::{
    Backoff, CallError, Class, Classification, Delays, Policy, Rate, Rejection, Upstream, resilient,
};
use std::{io, iter, sync::Arc, time::Duration};

#[resilient()]
async fn empty_list() -> io::Result<()> {
    Ok(())
}

#[resilient {}]
async fn braces() -> io::Result<()> {
    Ok(())
}

#[resilient[attempts = 3]]
async fn brackets() -> io::Result<()> {
    Ok(())
}

#[rustfmt::skip]
#[resilient(
    attempts = 3,
    backoff(initial = "1s",),
    on(conflict, retry = true,),
    by_ref(a, b,),
    fields(tokens = 1,),
)]
async fn comma_at_the_end_of_each_list(a: String, b: String) -> io::Result<()> {
    let _ = (&a, &b);
    Ok(())
}

#[resilient(timeout = "none", deadline = "none")]
async fn no_limits() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = " 1.5 s ", deadline = "0.5h", max_retry_after = r"90s")]
async fn durations() -> io::Result<()> {
    Ok(())
}

#[resilient(timeout = "2m", deadline = "2m", max_retry_after = "2m")]
async fn equal_times() -> io::Result<()> {
    Ok(())
}

#[resilient(deadline = "1s")]
async fn deadline_below_the_timeout_by_default() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = (3), idempotent = (true), timeout = ("3s"))]
async fn parentheses() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 1, timeout = "3s", classify = |_: &io::Error| Class::Unknown)]
async fn one_attempt() -> io::Result<()> {
    Ok(())
}

#[resilient(attempts = 1, backoff(initial = "2s"), on(rate_limited, attempts = 3))]
async fn one_attempt_but_for_a_class() -> io::Result<()> {
    Ok(())
}

#[resilient(policy = Policy::DEFAULT, attempts = 1, idempotent = false)]
async fn one_attempt_of_another_policy() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(initial = "0s", max = "0s", factor = 1, jitter = "none"))]
async fn no_waits() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(initial = "3s", max = "3s"), on(timeout, initial = "2s"))]
async fn equal_waits() -> io::Result<()> {
    Ok(())
}

#[resilient(policy = Policy::DEFAULT, backoff(initial = "1h", factor = 2.5))]
async fn numbers_on_another_policy() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(kind = "fixed", initial = "1h"))]
async fn fixed_wait_above_the_max_by_default() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff(kind = "decorrelated", factor = 4))]
async fn decorrelated_with_a_factor() -> io::Result<()> {
    Ok(())
}

#[resilient(on(quota_exhausted, retry = false), on(timeout, retry = false))]
async fn rules_that_forbid() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff = Backoff::fixed(Duration::from_secs(1)))]
async fn schedule_as_data() -> io::Result<()> {
    Ok(())
}

#[resilient(backoff = Delays(iter::repeat_n(Duration::ZERO, 3)))]
async fn schedule_of_an_iterator() -> io::Result<()> {
    Ok(())
}

#[resilient(classify = |error| Classification::new(if error.is_empty() { Class::Unknown } else { Class::Network }))]
async fn closure_of_no_named_type() -> Result<(), String> {
    Ok(())
}

#[resilient(classify_ok = |status| (*status == 503).then(|| Classification::of_status(503)))]
async fn closure_for_successes() -> Result<u16, CallError<io::Error>> {
    Ok(200)
}

#[resilient(fields(model.name = %model, size = ?model.len(), cost = model.len() + 1))]
async fn fields_of_all_forms(model: &str) -> io::Result<()> {
    let _ = model;
    Ok(())
}

#[resilient(crate = ::resilient_runtime, name = "with spaces", level = "trace")]
async fn names() -> io::Result<()> {
    Ok(())
}

static OPENAI: Upstream = Upstream::new("openai");

#[resilient(upstream = OPENAI, cost = 1_000u64, key = format!("{n}"), hedge(after = "p99.9", max = 8))]
async fn shared_limits(n: u8) -> io::Result<()> {
    let _ = n;
    Ok(())
}

#[rustfmt::skip]
#[resilient(
    breaker(),
    requests("1_000/day", burst = 1,),
    tokens(" 100 / min "),
    concurrency(4),
    cost = 100,
    budget = "100 %",
    fallback(timeout = |_| Ok(()),),
)]
async fn own_limits() -> io::Result<()> {
    Ok(())
}

#[resilient(breaker, requests = RATE, tokens(RATE, burst = 5), concurrency(min = 4, max = 4, queue = 0))]
async fn limits_of_constants() -> io::Result<()> {
    Ok(())
}

const RATE: Rate = Rate::per_minute(3);
const TRIES: u32 = 2;

struct Client {
    policy: Arc<Policy>,
}

impl Client {
    const WAIT: Duration = Duration::from_millis(1);

    #[resilient(policy = self.policy, attempts = TRIES + 1, backoff(initial = Self::WAIT))]
    async fn own_policy(&mut self) -> io::Result<()> {
        Ok(())
    }
}

macro_rules! function {
    ($name:ident, $attempts:expr, $timeout:literal, $class:ident, $result:ty, $body:block) => {
        #[resilient(attempts = $attempts, timeout = $timeout, on($class, retry = true))]
        async fn $name() -> $result $body
    };
}

function!(from_a_macro, 3, "3s", conflict, Result<(), Own>, { Ok(()) });

struct Own;

impl resilient_runtime::Classify for Own {
    fn classify(&self) -> Classification {
        Class::Unknown.into()
    }
}

impl From<Rejection> for Own {
    fn from(_: Rejection) -> Self {
        Self
    }
}

fn main() {
    let mut client = Client {
        policy: Arc::new(Policy::DEFAULT),
    };
    drop(client.own_policy());
    drop((
        empty_list(),
        braces(),
        brackets(),
        no_limits(),
        durations(),
        equal_times(),
        parentheses(),
    ));
    drop((
        one_attempt(),
        one_attempt_but_for_a_class(),
        one_attempt_of_another_policy(),
    ));
    drop((
        no_waits(),
        equal_waits(),
        numbers_on_another_policy(),
        decorrelated_with_a_factor(),
    ));
    drop((
        deadline_below_the_timeout_by_default(),
        fixed_wait_above_the_max_by_default(),
    ));
    drop((
        rules_that_forbid(),
        schedule_as_data(),
        schedule_of_an_iterator(),
        from_a_macro(),
    ));
    drop((
        closure_of_no_named_type(),
        closure_for_successes(),
        fields_of_all_forms(""),
        names(),
    ));
    drop((shared_limits(1), own_limits(), limits_of_constants()));
    drop(comma_at_the_end_of_each_list(String::new(), String::new()));
}
