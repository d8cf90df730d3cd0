async fn ask<T: Decode>(&self, question: &str) -> Result<T, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
        ::core::concat!(::core::module_path!(), "::ask"),
    );
    static __RESILIENT_HEDGE: ::resilient_runtime::__private::Hedge = ::resilient_runtime::__private::Hedge::quantile(
        0.95,
        1,
    );
    let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<T, Error>,
    >::new()
        .resilient_plan()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    loop {
        let __resilient_hedges = (&__resilient_call).hedge_allowances();
        match (&mut __resilient_call)
            .attempt_runs(
                (&__RESILIENT_HEDGE)
                    .race(
                        __resilient_hedges,
                        || {
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
                                    let __resilient_edge: Result<T, Error> = loop {};
                                    return __resilient_edge;
                                }
                                ::resilient_runtime::__private::injected!(
                                    __RESILIENT_CALL_SITE,
                                    ::resilient_runtime::__private::FailuresOnly:: < Result < T,
                                    Error > > ::because("what it returns has a type parameter")
                                );
                                { self.send(question).await }
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
