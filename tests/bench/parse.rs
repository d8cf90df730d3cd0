//! What it costs to read an error answer: instructions and allocations from status, headers and
//! body to the classification. `cargo bench -p resilient-bench --bench parse`, with `-- --check` as
//! a test.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test program: a panic is a failed test, and its output is its purpose"
)]

mod count;

use count::Calls;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use resilient_runtime::Classification;
use std::{env, hint::black_box, process::ExitCode};

/// The allocations of reading a typical answer.
const ALLOCATIONS: u64 = 9;

const RATE_LIMITED: &str = r#"{"error": {"message": "Rate limit reached for o4-mini in organization org-X on tokens per min (TPM): Limit 200000, Used 162960, Requested 42288. Please try again in 1.574s. Visit https://platform.openai.com/account/rate-limits to learn more.", "type": "tokens", "param": null, "code": "rate_limit_exceeded"}}"#;
const QUOTA: &str = r#"{"error": {"message": "You exceeded your current quota, please check your plan and billing details.", "type": "insufficient_quota", "param": null, "code": "insufficient_quota"}}"#;
const PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

fn headers() -> HeaderMap {
    [
        ("content-type", "application/json"),
        ("x-request-id", "req_0123456789abcdef0123456789abcdef"),
        ("retry-after-ms", "1574"),
        ("retry-after", "2"),
        ("x-ratelimit-limit-requests", "500"),
        ("x-ratelimit-limit-tokens", "200000"),
        ("x-ratelimit-remaining-requests", "499"),
        ("x-ratelimit-remaining-tokens", "0"),
        ("x-ratelimit-reset-requests", "120ms"),
        ("x-ratelimit-reset-tokens", "6m0s"),
    ]
    .map(|(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    })
    .into_iter()
    .collect()
}

fn reading(status: u16, headers: HeaderMap, body: &'static str) -> Calls {
    let status = StatusCode::from_u16(status).unwrap();
    Box::new(move |times| {
        for _ in 0..times {
            let body = black_box(body.as_bytes());
            black_box(Classification::from_answer(
                status,
                black_box(&headers),
                body,
            ));
        }
    })
}

fn main() -> ExitCode {
    let deep: &'static str = Box::leak("[".repeat(1_000_000).into_boxed_str());
    // The limit of instructions of each typical answer.
    let rows: [(&str, Option<u64>, Calls); 4] = [
        (
            "rate limit with all headers",
            Some(29_000),
            reading(429, headers(), RATE_LIMITED),
        ),
        (
            "exhausted quota",
            Some(16_500),
            reading(429, HeaderMap::new(), QUOTA),
        ),
        (
            "page of a gateway",
            Some(5_900),
            reading(502, HeaderMap::new(), PAGE),
        ),
        (
            "a megabyte of brackets",
            None,
            reading(500, HeaderMap::new(), deep),
        ),
    ];
    if env::args().any(|argument| argument == count::UNDER_CALLGRIND) {
        count::run(rows.iter().map(|(_, _, calls)| calls));
        return ExitCode::SUCCESS;
    }
    let instructions = count::instructions(rows.len()).unwrap_or_else(|reason| {
        println!("instructions are not counted: {reason}");
        Vec::new()
    });
    let check = env::args().any(|argument| argument == "--check");
    let mut broken = false;
    println!(
        "{:30} {:>12} {:>12}",
        "an answer", "instructions", "allocations"
    );
    for (index, (name, limit, calls)) in rows.iter().enumerate() {
        let instructions = instructions.get(index).copied();
        let allocations = count::allocations(calls);
        let shown = instructions.map_or_else(|| "?".to_owned(), |count| count.to_string());
        println!("{name:30} {shown:>12} {allocations:>12}");
        let Some(limit) = limit else { continue };
        if instructions.is_some_and(|count| count > *limit) || allocations > ALLOCATIONS {
            eprintln!("{name}: limits are {limit} instructions, {ALLOCATIONS} allocations");
            broken = true;
        }
    }
    if check && broken {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
