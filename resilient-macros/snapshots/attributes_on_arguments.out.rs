async fn f(
    #[cfg(unix)]
    path: PathBuf,
    #[allow(unused_variables)]
    _x: u8,
    #[cfg(not(unix))]
    __resilient_argument_2: &mut (u8, u8),
) -> Result<(), Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
        ::core::concat!(::core::module_path!(), "::f"),
    );
    let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<(), Error>,
    >::new()
        .resilient_plan()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    loop {
        #[cfg(unix)]
        let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(&path);
        #[allow(clippy::used_underscore_binding)]
        let __resilient_1 = ::resilient_runtime::__private::Argument::clone_of(&_x);
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
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                #[cfg(unix)]
                let path = __resilient_0.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                #[allow(clippy::used_underscore_binding)]
                #[allow(unused_variables)]
                let _x = __resilient_1.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                #[cfg(not(unix))]
                #[expect(unused)]
                let (a, b) = &mut *__resilient_argument_2;
                { Ok(()) }
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
