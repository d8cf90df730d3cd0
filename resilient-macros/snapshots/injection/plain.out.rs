async fn ping(url: String) -> Result<Vec<u8>, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
        ::core::concat!(::core::module_path!(), "::ping"),
    );
    let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Vec<u8>, Error>,
    >::new()
        .resilient_plan()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    loop {
        let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(&url);
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
                    let __resilient_edge: Result<Vec<u8>, Error> = loop {};
                    return __resilient_edge;
                }
                ::resilient_runtime::__private::injected!(
                    __RESILIENT_CALL_SITE,
                    ::resilient_runtime::__private::InjectionPoint:: < Result < Vec < u8
                    >, Error >, (::resilient_runtime::__private::Part < u8 >,
                    ::resilient_runtime::__private::Part < Error >,) > ::new()
                );
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let url = __resilient_0.into_inner();
                { connect(url).await }
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
