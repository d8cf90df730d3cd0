fn ask(&self, question: String) -> Result<String, Error> {
    ::resilient_runtime::__private::block_on(async move {
        static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
                ::core::concat!(::core::module_path!(), "::ask"),
            )
            .fallback()
            .arguments(&["timeout", "deadline"]);
        let __resilient_policy = const {
            &::resilient_runtime::__private::checked({
                let __resilient_policy = ::resilient_runtime::Policy::DEFAULT;
                __resilient_policy
                    .no_timeout()
                    .deadline(::core::time::Duration::new(120, 0))
            })
        };
        let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
            Result<String, Error>,
        >::new()
            .resilient_plan()
            .start(&__RESILIENT_CALL_SITE, __resilient_policy);
        loop {
            let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(
                &question,
            );
            match (&mut __resilient_call)
                .attempt_runs(
                    ::resilient_runtime::__private::blocking(async {
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
                            let __resilient_edge: Result<String, Error> = loop {};
                            return __resilient_edge;
                        }
                        #[allow(
                            clippy::shadow_reuse,
                            clippy::shadow_same,
                            clippy::shadow_unrelated
                        )]
                        #[allow(unused_variables)]
                        let question = __resilient_0.into_inner();
                        (|| {
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
                                let __resilient_edge: Result<String, Error> = loop {};
                                return __resilient_edge;
                            }
                            {
                                self.agent
                                    .get(&question)
                                    .call()?
                                    .body_mut()
                                    .read_to_string()
                            }
                        })()
                    }),
                )
                .await
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
                        let __resilient_given_0 = self;
                        let __resilient_given_1 = question;
                        __resilient_fallback
                            .blocking(|| ::resilient_runtime::__private::fallback_function::<
                                3,
                                (_, _, _),
                                _,
                                _,
                            >(
                                cached,
                            )(
                                __resilient_given_0,
                                __resilient_given_1,
                                __resilient_error,
                            ))
                    };
                    return __resilient_result;
                }
                ::core::ops::ControlFlow::Continue(()) => {}
            }
        }
    })
}
