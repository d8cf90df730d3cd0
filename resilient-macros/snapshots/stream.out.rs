/// Asks.
///
/// # Resilience
///
/// Transient failures are retried; the error is that of the last attempt.
///
/// - attempts: 5, including the first
/// - timeout of opening: 20s
/// - first content of one attempt: 3m
/// - gap between two items: 90s
/// - deadline of the whole stream: 15m
/// - waits between attempts: exponential, from 1s, times 2, at most 32s, full jitter
/// - `Retry-After` of the server: honoured up to 2m
/// - longest time: 15m
///
/// | attempt | wait before it | begins after | after an overload | begins after |
/// |---|---|---|---|---|
/// | 1 | none | 0s | none | 0s |
/// | 2 | 0s to 1s | 0s to 181s | 0s to 2s | 0s to 182s |
/// | 3 | 0s to 2s | 0s to 363s | 0s to 4s | 0s to 366s |
/// | 4 | 0s to 4s | 0s to 547s | 0s to 8s | 0s to 554s |
/// | 5 | 0s to 8s | 0s to 735s | 0s to 16s | 0s to 750s |
///
/// From the earliest, if attempts fail at once, to the latest, if each takes its whole time. Waits that the server asks for, and those for limits and the retry budget, are not included.
async fn ask(
    http: &Client,
    question: String,
) -> Result<impl Stream<Item = Result<Delta, ApiError>>, ApiError> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::ask"),
        )
        .arguments(&["stream", "timeout", "deadline", "first", "idle"]);
    let __resilient_policy = const {
        &::resilient_runtime::__private::checked({
            let __resilient_policy = ::resilient_runtime::Policy::DEFAULT;
            __resilient_policy
                .timeout(::core::time::Duration::new(20, 0))
                .deadline(::core::time::Duration::new(900, 0))
                .first(::core::time::Duration::new(180, 0))
                .idle(::core::time::Duration::new(90, 0))
        })
    };
    let mut __resilient_call = ::resilient_runtime::__private::Plan::<
        ::resilient_runtime::__private::Opened<_, _, ApiError>,
    >::new()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    let __resilient_content = ::resilient_runtime::__private::Content::<Delta>::any()
        .content(Delta::has_text)
        .last(Delta::is_final);
    let __resilient_times = (&__resilient_call).stream_times();
    loop {
        let __resilient_1 = ::resilient_runtime::__private::Argument::clone_of(
            &question,
        );
        match (&mut __resilient_call)
            .attempt(
                ::resilient_runtime::__private::Opening::new(
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
                            let __resilient_edge: Result<_, ApiError> = loop {};
                            return __resilient_edge;
                        }
                        #[allow(
                            clippy::shadow_reuse,
                            clippy::shadow_same,
                            clippy::shadow_unrelated
                        )]
                        let question = __resilient_1.into_inner();
                        { http.open(question).await }
                    },
                    __resilient_content,
                    __resilient_times,
                ),
            )
            .await
        {
            ::core::ops::ControlFlow::Break(__resilient_result) => {
                match (&mut __resilient_call)
                    .begun(
                        __resilient_result,
                        __resilient_content,
                        &__RESILIENT_CALL_SITE,
                    )
                {
                    ::core::result::Result::Ok(__resilient_begun) => {
                        ::core::mem::drop(__resilient_call);
                        return ::core::result::Result::Ok(
                            __resilient_begun
                                .stream(::resilient_runtime::__private::NoHeldUpstream),
                        );
                    }
                    ::core::result::Result::Err(__resilient_error) => {
                        let __resilient_result = ::core::result::Result::Err(
                            __resilient_error,
                        );
                        return __resilient_result;
                    }
                }
            }
            ::core::ops::ControlFlow::Continue(()) => {}
        }
    }
}
