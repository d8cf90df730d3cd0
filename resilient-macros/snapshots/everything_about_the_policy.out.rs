/// Pays an order.
///
/// # Resilience
///
/// Transient failures are retried; the error is that of the last attempt.
///
/// - attempts: 8, including the first
/// - timeout of one attempt: 1500ms
/// - deadline of the whole call: 2m
/// - waits between attempts: linear, from 500ms, at most 10s, equal jitter
/// - `Retry-After` of the server: honoured up to 1m
/// - retried: only requests that the server did not process
/// - nested calls: retried here too, after their own retries
/// - `rate_limited`: 10 attempts, from 2s
/// - `conflict`: fixed, from `Self::PAUSE`
/// - `timeout`: not retried
/// - longest time: 2m
///
/// | attempt | wait before it | begins after | after an overload | begins after |
/// |---|---|---|---|---|
/// | 1 | none | 0s | none | 0s |
/// | 2 | 250ms to 500ms | 250ms to 2s | 500ms to 1s | 500ms to 2500ms |
/// | 3 | 500ms to 1s | 750ms to 4500ms | 1s to 2s | 1500ms to 6s |
/// | 4 | 750ms to 1500ms | 1500ms to 7500ms | 1500ms to 3s | 3s to 10500ms |
/// | 5 | 1s to 2s | 2500ms to 11s | 2s to 4s | 5s to 16s |
/// | 6 | 1250ms to 2500ms | 3750ms to 15s | 2500ms to 5s | 7500ms to 22500ms |
/// | 7 | 1500ms to 3s | 5250ms to 19500ms | 3s to 6s | 10500ms to 30s |
/// | 8 | 1750ms to 3500ms | 7s to 24500ms | 3500ms to 7s | 14s to 38500ms |
///
/// From the earliest, if attempts fail at once, to the latest, if each takes its whole time. Waits that the server asks for, and those for limits and the retry budget, are not included.
pub async fn pay(&self) -> Result<(), Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::pay"),
        )
        .arguments(
            &[
                "attempts",
                "timeout",
                "deadline",
                "max_retry_after",
                "idempotent",
                "repeat_nested",
                "backoff.kind",
                "backoff.initial",
                "backoff.max",
                "backoff.jitter",
                "on(rate_limited).attempts",
                "on(rate_limited).initial",
                "on(conflict).kind",
                "on(conflict).initial",
                "on(timeout).retry",
            ],
        );
    let __resilient_policy = const {
        &::resilient_runtime::__private::checked({
            let __resilient_policy = ::resilient_runtime::Policy::DEFAULT;
            let __resilient_policy = __resilient_policy
                .attempts(8)
                .timeout(::core::time::Duration::new(1, 500000000))
                .deadline(::core::time::Duration::new(120, 0))
                .max_retry_after(::core::time::Duration::new(60, 0))
                .idempotent(false)
                .repeat_nested(true);
            let __resilient_policy = __resilient_policy
                .backoff(
                    __resilient_policy
                        .backoff
                        .kind(::resilient_runtime::BackoffKind::Linear)
                        .initial(::core::time::Duration::new(0, 500000000))
                        .max(::core::time::Duration::new(10, 0))
                        .jitter(::resilient_runtime::Jitter::Equal),
                );
            let __resilient_policy = __resilient_policy
                .on(
                    ::resilient_runtime::Class::RateLimited,
                    ::resilient_runtime::Rule::new()
                        .attempts(10)
                        .initial(::core::time::Duration::new(2, 0)),
                );
            let __resilient_policy = __resilient_policy
                .on(
                    ::resilient_runtime::Class::Conflict,
                    ::resilient_runtime::Rule::new()
                        .kind(::resilient_runtime::BackoffKind::Fixed)
                        .initial(Self::PAUSE),
                );
            __resilient_policy
                .on(
                    ::resilient_runtime::Class::Timeout,
                    ::resilient_runtime::Rule::new().retry(false),
                )
        })
    };
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<(), Error>,
    >::new()
        .resilient_plan()
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
                    let __resilient_edge: Result<(), Error> = loop {};
                    return __resilient_edge;
                }
                { self.send().await }
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
