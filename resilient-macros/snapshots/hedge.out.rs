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
/// - hedge: up to 2 more runs, each after the time within which a fraction of 0.95 of the attempts finishes
/// - longest time: 908s, if every attempt times out and the server asks for the longest wait each time
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
async fn ask(
    &self,
    prompt: String,
    __resilient_argument_1: (u8, u8),
    rest: &[u8],
) -> Result<Reply, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
        ::core::concat!(::core::module_path!(), "::ask"),
    );
    static __RESILIENT_HEDGE: ::resilient_runtime::__private::Hedge = ::resilient_runtime::__private::Hedge::quantile(
        0.95,
        2,
    );
    let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
    let __resilient_key = ::resilient_runtime::__private::IdempotencyKey::random();
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Reply, Error>,
    >::new()
        .resilient_plan()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    loop {
        let __resilient_context = (&__resilient_call).context(__resilient_key);
        let __resilient_hedges = (&__resilient_call).hedge_allowances();
        match (&mut __resilient_call)
            .attempt_runs(
                (&__RESILIENT_HEDGE)
                    .race(
                        __resilient_hedges,
                        || {
                            let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(
                                &prompt,
                            );
                            let __resilient_1 = ::resilient_runtime::__private::Argument::clone_of(
                                &__resilient_argument_1,
                            );
                            async {
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
                                let attempt = __resilient_context;
                                #[allow(
                                    clippy::shadow_reuse,
                                    clippy::shadow_same,
                                    clippy::shadow_unrelated
                                )]
                                let prompt = __resilient_0.into_inner();
                                #[allow(
                                    clippy::shadow_reuse,
                                    clippy::shadow_same,
                                    clippy::shadow_unrelated
                                )]
                                let (a, b) = __resilient_1.into_inner();
                                #[allow(
                                    clippy::shadow_reuse,
                                    clippy::shadow_same,
                                    clippy::shadow_unrelated
                                )]
                                let mut rest = rest;
                                { self.send(prompt, a, b, rest, attempt).await }
                            }
                        },
                    ),
            )
            .await
        {
            ::core::ops::ControlFlow::Break(__resilient_result) => {
                return __resilient_result;
            }
            ::core::ops::ControlFlow::Continue(()) => {}
        }
    }
}
