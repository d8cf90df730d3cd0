async fn ask(
    question: &str,
) -> Result<Pin<Box<dyn Stream<Item = Result<Delta, ApiError>> + Send>>, ApiError> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::ask"),
        )
        .fallback()
        .arguments(&["stream"]);
    let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
    let mut __resilient_call = ::resilient_runtime::__private::Plan::<
        ::resilient_runtime::__private::Opened<_, _, ApiError>,
    >::new()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    let __resilient_content = ::resilient_runtime::__private::Content::<Delta>::any();
    let __resilient_times = (&__resilient_call).stream_times();
    loop {
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
                            let __resilient_edge: Result<
                                Pin<Box<dyn Stream<Item = Result<Delta, ApiError>> + Send>>,
                                ApiError,
                            > = loop {};
                            return __resilient_edge;
                        }
                        { open(question).await }
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
                            ::resilient_runtime::__private::FromBegun::from_begun(
                                __resilient_begun,
                                ::resilient_runtime::__private::NoHeldUpstream,
                            ),
                        );
                    }
                    ::core::result::Result::Err(__resilient_error) => {
                        let __resilient_result = ::core::result::Result::Err(
                            __resilient_error,
                        );
                        {
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
                                let __resilient_given_0 = question;
                                __resilient_fallback
                                    .of(
                                        ::resilient_runtime::__private::fallback_function::<
                                            2,
                                            (_, _),
                                            _,
                                            _,
                                        >(cached)(__resilient_given_0, __resilient_error),
                                    )
                                    .await
                            };
                            return __resilient_result;
                        }
                    }
                }
            }
            ::core::ops::ControlFlow::Continue(()) => {}
        }
    }
}
