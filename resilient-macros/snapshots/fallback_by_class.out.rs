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
/// - after a failure: `Self::cached` for `overloaded`, a fallback for `circuit_open`
/// - longest time: 908s, if every attempt times out and the server asks for the longest wait each time, and the fallback
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
async fn ask(&mut self, prompt: &str) -> Result<Reply, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::ask"),
        )
        .fallback_for(
            &[
                ::resilient_runtime::Class::Overloaded,
                ::resilient_runtime::Class::CircuitOpen,
            ],
        );
    let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Reply, Error>,
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
                    let __resilient_edge: Result<Reply, Error> = loop {};
                    return __resilient_edge;
                }
                let _: &mut _ = &mut *self;
                { self.send(prompt).await }
            })
            .await
        {
            ::core::ops::ControlFlow::Break(__resilient_result) => {
                let __resilient_class = (&__resilient_call).failed_with();
                match __resilient_class {
                    ::core::option::Option::Some(
                        ::resilient_runtime::Class::Overloaded
                        | ::resilient_runtime::Class::CircuitOpen,
                    ) => {}
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
                let __resilient_result = match __resilient_class {
                    ::core::option::Option::Some(
                        ::resilient_runtime::Class::Overloaded,
                    ) => {
                        let __resilient_given_0 = self;
                        let __resilient_given_1 = prompt;
                        __resilient_fallback
                            .of(
                                ::resilient_runtime::__private::fallback_function::<
                                    3,
                                    (_, _, _),
                                    _,
                                    _,
                                >(
                                    Self::cached,
                                )(
                                    __resilient_given_0,
                                    __resilient_given_1,
                                    __resilient_error,
                                ),
                            )
                            .await
                    }
                    _ => {
                        let __resilient_given_0 = self;
                        let __resilient_given_1 = prompt;
                        __resilient_fallback
                            .of(
                                (|_, _, error| Err(
                                    error,
                                ))(
                                    __resilient_given_0,
                                    __resilient_given_1,
                                    __resilient_error,
                                ),
                            )
                            .await
                    }
                };
                return __resilient_result;
            }
            ::core::ops::ControlFlow::Continue(()) => {}
        }
    }
}
