async fn f() -> Result<(), Error> {
    static __RESILIENT_CALL_SITE: crate::reexport::rt::__private::CallSite = crate::reexport::rt::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::f"),
        )
        .arguments(&["timeout"]);
    let __resilient_policy = const {
        &crate::reexport::rt::__private::checked({
            let __resilient_policy = crate::reexport::rt::Policy::DEFAULT;
            __resilient_policy.timeout(LIMIT)
        })
    };
    let mut __resilient_call = crate::reexport::rt::__private::ReturnType::<
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
                { send().await }
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
