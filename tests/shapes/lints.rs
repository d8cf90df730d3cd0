//! F94. Most shapes again, under every lint that users might deny: the generated code triggers
//! none. In the library, since `missing_docs` ignores tests.
#![deny(
    warnings,
    missing_docs,
    unused,
    keyword_idents,
    let_underscore,
    nonstandard_style,
    rust_2018_idioms,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unreachable_pub,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]
// Lints of the restriction group that workspaces choose.
#![deny(
    clippy::absolute_paths,
    clippy::allow_attributes,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::default_numeric_fallback,
    clippy::else_if_without_else,
    clippy::exhaustive_structs,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::infinite_loop,
    clippy::integer_division,
    clippy::let_underscore_untyped,
    clippy::multiple_inherent_impl,
    clippy::panic,
    clippy::pattern_type_mismatch,
    clippy::ref_patterns,
    clippy::shadow_reuse,
    clippy::shadow_same,
    clippy::shadow_unrelated,
    clippy::std_instead_of_core,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm
)]

use crate::{Failure, Server};
use core::{fmt::Display, future::Future, pin::Pin, time::Duration};
use resilient_runtime::{Backoff, Class, Classification, Policy, resilient};

pub mod errors;
pub mod kept;
pub mod methods;
pub mod parts;
pub mod shared;
#[cfg(test)]
mod tests;

/// A function of no arguments.
///
/// # Errors
/// Those of the server.
#[resilient]
pub async fn no_arguments() -> Result<usize, Failure> {
    static SERVER: Server = Server::new();
    SERVER.ask("x").await
}

/// Arguments of all kinds.
///
/// # Errors
/// Those of the server.
#[resilient]
pub async fn arguments(
    server: &Server,
    moved: String,
    mut n: u8,
    log: &mut Vec<u8>,
    mut rest: &[u8],
    _: u8,
    _marked: String,
) -> Result<String, Failure> {
    n = n.saturating_add(1);
    log.push(n);
    if let Some((_, others)) = rest.split_first() {
        rest = others;
    }
    let count = server.ask(rest.len()).await?;
    if count > 9 {
        return Ok(String::new());
    }
    Ok(moved)
}

/// A struct to destructure.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Point {
    /// Across.
    pub x: u8,
    /// Up.
    pub y: u8,
}

/// Patterns.
///
/// # Errors
/// Those of the server.
#[resilient]
pub async fn patterns(
    server: &Server,
    (a, mut b): (u8, u8),
    Point { x, y: _ }: Point,
    &(c, _): &(u8, u8),
    [d, ..]: [u8; 2],
) -> Result<usize, Failure> {
    b = b.max(1);
    server.ask(format!("{a}{b}{x}{c}{d}")).await
}

/// A unit, which has nothing to clone, and a `Copy` type.
///
/// # Errors
/// Those of the server.
#[resilient]
pub async fn unit(server: &Server, (): (), flag: bool) -> Result<(), Failure> {
    server.ask(flag).await.map(drop)
}

/// All arguments of the attribute.
///
/// # Errors
/// Those of the server.
#[resilient(
    attempts = 4,
    timeout = "1m",
    deadline = "1h",
    backoff(kind = "exponential", initial = "100000ms", factor = 2, max = "12345678s", jitter = "equal"),
    on(rate_limited, attempts = 8, initial = "2s"),
    on(timeout, retry = false),
    max_retry_after = "2m",
    idempotent = true,
    repeat_nested = false,
    context = attempt,
    by_ref(text),
    name = "all",
    level = "debug",
    fields(text.len = text.len(), n = ?n),
    classify = |_: &Failure| Class::ServerError,
    classify_ok = |count: &usize| (*count == 0).then_some(Classification::new(Class::Decode)),
)]
pub async fn everything(server: &Server, text: String, n: u8) -> Result<usize, Failure> {
    server.ask(format!("{text}{n}{}", attempt.number())).await
}

/// A policy used only by the attribute.
///
/// # Errors
/// Those of the server.
#[resilient(policy = policy, attempts = 3, backoff = backoff, fields(model = model))]
pub async fn policy(
    server: &Server,
    policy: Policy,
    backoff: Backoff,
    model: &str,
) -> Result<usize, Failure> {
    server.ask("x").await
}

/// Generics, and a success of an opaque type.
///
/// # Errors
/// Those of the server.
#[resilient(attempts = N, timeout = Duration::from_millis(100))]
pub async fn generic<'a, T, F, const N: u32>(
    server: &Server,
    value: T,
    text: &'a str,
    show: F,
) -> Result<(impl Display + use<'a, T, F, N>, &'a str), Failure>
where
    T: Display + Clone + Send + Sync,
    F: Fn(&T) -> u8 + Clone + Send,
{
    let shown = show(&value);
    let count = server.ask(format!("{value}{shown}")).await?;
    Ok((count, text))
}

/// A future of a block.
///
/// # Errors
/// Those of the server.
#[resilient]
pub fn future(server: &Server) -> impl Future<Output = Result<usize, Failure>> + Send {
    async move { server.ask("x").await }
}

/// A boxed future, after statements.
#[resilient]
pub fn boxed(
    server: &Server,
    text: String,
) -> Pin<Box<dyn Future<Output = Result<usize, Failure>> + Send + '_>> {
    let what = text;
    if what.is_empty() {
        return Box::pin(async { Ok(0) });
    }
    Box::pin(async move { server.ask(what).await })
}
