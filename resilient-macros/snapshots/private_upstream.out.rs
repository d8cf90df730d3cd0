/// Asks.
///
/// # Resilience
///
/// Transient failures are retried; the error is that of the last attempt.
///
/// - attempts: 5, including the first
/// - timeout of one attempt: 1m
/// - deadline of the whole call: none
/// - waits between attempts: exponential, from 1s, times 2, at most 32s, full jitter
/// - `Retry-After` of the server: honoured up to 2m
/// - retry budget: 10% of the successful calls
/// - circuit breaker: opens at a failure ratio of 0.5, after 5 failures in a row, calls over 10s count as slow, within 10s, of at least 20 calls, for 5s, at most 1m
/// - requests: at most 10/s, 20 at once
/// - tokens: at most 200000/min
/// - concurrent attempts: at most 8, 100 more may wait
/// - estimated tokens of an attempt: 1000
///
/// | attempt | wait before it | begins after | after an overload | begins after |
/// |---|---|---|---|---|
/// | 1 | none | 0s | none | 0s |
/// | 2 | 0s to 1s | 0s to 61s | 0s to 2s | 0s to 62s |
/// | 3 | 0s to 2s | 0s to 123s | 0s to 4s | 0s to 126s |
/// | 4 | 0s to 4s | 0s to 187s | 0s to 8s | 0s to 194s |
/// | 5 | 0s to 8s | 0s to 255s | 0s to 16s | 0s to 270s |
///
/// From the earliest, if attempts fail at once, to the latest, if each takes its whole time. Waits that the server asks for, and those for limits and the retry budget, are not included.
async fn ask(prompt: &str) -> Result<Reply, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            "openai.chat",
        )
        .arguments(&["budget", "requests", "tokens", "concurrency", "breaker"]);
    static __RESILIENT_UPSTREAM: ::resilient_runtime::Upstream = ::resilient_runtime::Upstream::new(
            "openai.chat",
        )
        .breaker(
            ::resilient_runtime::Breaker::new()
                .failure_ratio(0.5)
                .window(::core::time::Duration::new(10, 0))
                .min_calls(20)
                .consecutive(5)
                .slow(
                    ::resilient_runtime::SlowCalls::new(
                        ::core::time::Duration::new(10, 0),
                        0.8,
                    ),
                )
                .break_duration(::core::time::Duration::new(5, 0))
                .max_break_duration(::core::time::Duration::new(60, 0))
                .factor(2.0)
                .half_open_probes(3)
                .probe_timeout(LEASE),
        )
        .requests(
            ::resilient_runtime::Rate::new(10, ::core::time::Duration::new(1, 0))
                .burst(20),
        )
        .tokens(
            ::resilient_runtime::Rate::new(200000, ::core::time::Duration::new(60, 0)),
        )
        .concurrency(::resilient_runtime::Concurrency::new(8).queue(100));
    let __resilient_upstream = ::resilient_runtime::__private::as_upstream(
        &__RESILIENT_UPSTREAM,
    );
    let __resilient_policy = const {
        &::resilient_runtime::__private::checked({
            let __resilient_policy = ::resilient_runtime::Policy::DEFAULT;
            __resilient_policy.budget(::resilient_runtime::Budget::percent(10))
        })
    };
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Reply, Error>,
    >::new()
        .resilient_plan()
        .upstream(
            ::resilient_runtime::__private::UpstreamHandle::of(&*__resilient_upstream)
                .cost(1000),
        )
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    loop {
        match (&mut __resilient_call)
            .attempt(async {
                #[allow(
                    unknown_lints,
                    unreachable_code,
                    clippy::diverging_sub_expression,
                    clippy::empty_loop,
                    clippy::let_unit_value,
                    clippy::let_with_type_underscore,
                    clippy::needless_return,
                    clippy::type_complexity
                )]
                if false {
                    let __resilient_edge: Result<Reply, Error> = loop {};
                    return __resilient_edge;
                }
                { send(prompt).await }
            })
            .await
        {
            ::core::ops::ControlFlow::Break(__resilient_result) => {
                return __resilient_result;
            }
            ::core::ops::ControlFlow::Continue(()) => {}
        }
    }
}
