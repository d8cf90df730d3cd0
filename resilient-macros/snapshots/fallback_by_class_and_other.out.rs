async fn ask(prompt: String) -> Result<Reply, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::ask"),
        )
        .fallback()
        .arguments(&["deadline"]);
    let __resilient_policy = const {
        &::resilient_runtime::__private::checked({
            let __resilient_policy = ::resilient_runtime::Policy::DEFAULT;
            __resilient_policy.deadline(::core::time::Duration::new(60, 0))
        })
    };
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Reply, Error>,
    >::new()
        .resilient_plan()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    loop {
        let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(&prompt);
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
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                #[allow(unused_variables)]
                let prompt = __resilient_0.into_inner();
                { send(prompt).await }
            })
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
                let __resilient_result = match __resilient_class {
                    ::core::option::Option::Some(
                        ::resilient_runtime::Class::Overloaded,
                    ) => {
                        let __resilient_given_0 = prompt;
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
                    }
                    _ => {
                        let __resilient_given_0 = prompt;
                        __resilient_fallback
                            .of(
                                ::resilient_runtime::__private::fallback_function::<
                                    2,
                                    (_, _),
                                    _,
                                    _,
                                >(missing)(__resilient_given_0, __resilient_error),
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
