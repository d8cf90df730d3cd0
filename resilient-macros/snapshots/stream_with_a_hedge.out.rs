async fn ask(question: &str) -> Answers {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::ask"),
        )
        .arguments(&["stream"]);
    static __RESILIENT_HEDGE: ::resilient_runtime::__private::Hedge = ::resilient_runtime::__private::Hedge::after(
        ::core::time::Duration::new(2, 0),
        1,
    );
    let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
    let mut __resilient_call = ::resilient_runtime::__private::Plan::<
        ::resilient_runtime::__private::Opened<_, _, _>,
    >::new()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    let __resilient_content = ::resilient_runtime::__private::Content::<_>::any();
    let __resilient_times = (&__resilient_call).stream_times();
    loop {
        let __resilient_hedges = (&__resilient_call).hedge_allowances();
        match (&mut __resilient_call)
            .attempt_runs(
                (&__RESILIENT_HEDGE)
                    .race(
                        __resilient_hedges,
                        || {
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
                                        let __resilient_edge: Answers = loop {};
                                        return __resilient_edge;
                                    }
                                    { open(question).await }
                                },
                                __resilient_content,
                                __resilient_times,
                            )
                        },
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
                        return __resilient_result;
                    }
                }
            }
            ::core::ops::ControlFlow::Continue(()) => {}
        }
    }
}
