/// Asks.
///
/// # Resilience
///
/// Transient failures are retried; the error is that of the last attempt.
///
/// - polled: until the job is ready
/// - attempts: 5, including the first
/// - timeout of one attempt: 1m
/// - deadline of all polls: 1h
/// - waits between attempts: exponential, from 1s, times 2, at most 32s, full jitter
/// - `Retry-After` of the server: honoured up to 2m
/// - after a failure: `lost`
/// - longest time of a poll: 908s, and the fallback
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
async fn ask(mut self, prompt: String, limit: u32) -> Result<Job, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::ask"),
        )
        .fallback()
        .arguments(&["deadline"]);
    let __resilient_policy = const {
        &::resilient_runtime::__private::checked({
            let __resilient_policy = ::resilient_runtime::Policy::DEFAULT;
            __resilient_policy.deadline(::core::time::Duration::new(3600, 0))
        })
    };
    let mut __resilient_polls = <::resilient_runtime::__private::Polls as ::core::default::Default>::default();
    loop {
        let __resilient_key = ::resilient_runtime::__private::IdempotencyKey::random();
        let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
            Result<Job, Error>,
        >::new()
            .resilient_plan()
            .start(&__RESILIENT_CALL_SITE, __resilient_policy);
        (&mut __resilient_polls).started(&mut __resilient_call);
        loop {
            let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(
                &prompt,
            );
            let __resilient_1 = ::resilient_runtime::__private::Argument::clone_of(
                &limit,
            );
            let __resilient_self = ::resilient_runtime::__private::Argument::clone_of_mut(
                &self,
            );
            let __resilient_context = (&__resilient_call).context(__resilient_key);
            match (&mut __resilient_call)
                .attempt(async move {
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
                        let __resilient_edge: Result<Job, Error> = loop {};
                        return __resilient_edge;
                    }
                    let attempt = __resilient_context;
                    #[allow(
                        clippy::shadow_reuse,
                        clippy::shadow_same,
                        clippy::shadow_unrelated
                    )]
                    #[allow(unused_variables)]
                    let prompt = __resilient_0.into_inner();
                    #[allow(
                        clippy::shadow_reuse,
                        clippy::shadow_same,
                        clippy::shadow_unrelated
                    )]
                    #[allow(unused_variables)]
                    let limit = __resilient_1.into_inner();
                    { self.send(prompt, attempt.idempotency_key()).await }
                })
                .await
            {
                ::core::ops::ControlFlow::Break(__resilient_result) => {
                    match (&mut __resilient_polls)
                        .ended(
                            &mut __resilient_call,
                            __resilient_result,
                            |job| job.is_ready(limit),
                        )
                    {
                        ::core::ops::ControlFlow::Break(__resilient_result) => {
                            let __resilient_class = (&__resilient_call).failed_with();
                            match __resilient_class {
                                ::core::option::Option::Some(_) => {}
                                _ => return __resilient_result,
                            }
                            let (__resilient_error, __resilient_fallback) = match ::resilient_runtime::__private::failure(
                                __resilient_result,
                                &__RESILIENT_CALL_SITE,
                            ) {
                                ::core::result::Result::Ok(__resilient_result) => {
                                    return __resilient_result;
                                }
                                ::core::result::Result::Err(__resilient_failure) => {
                                    __resilient_failure
                                }
                            };
                            (&mut __resilient_call).falls_back();
                            ::core::mem::drop(__resilient_call);
                            let __resilient_result = {
                                let __resilient_given_0 = __resilient_self.into_inner();
                                let __resilient_given_1 = prompt;
                                let __resilient_given_2 = limit;
                                __resilient_fallback
                                    .of(
                                        ::resilient_runtime::__private::fallback_function::<
                                            4,
                                            (_, _, _, _),
                                            _,
                                            _,
                                        >(
                                            lost,
                                        )(
                                            __resilient_given_0,
                                            __resilient_given_1,
                                            __resilient_given_2,
                                            __resilient_error,
                                        ),
                                    )
                                    .await
                            };
                            return __resilient_result;
                        }
                        ::core::ops::ControlFlow::Continue(__resilient_next) => {
                            ::core::mem::drop(__resilient_call);
                            __resilient_next.due().await;
                            self = __resilient_self.into_inner();
                            break;
                        }
                    }
                }
                ::core::ops::ControlFlow::Continue(()) => {
                    self = __resilient_self.into_inner();
                }
            }
        }
    }
}
