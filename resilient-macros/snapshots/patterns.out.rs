async fn f(
    __resilient_argument_0: (u8, u8),
    __resilient_argument_1: &Point,
    __resilient_argument_2: &mut (u8, u8),
    __resilient_argument_3: String,
    r#type: String,
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
        let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(
            &__resilient_argument_0,
        );
        let __resilient_3 = ::resilient_runtime::__private::Argument::clone_of(
            &__resilient_argument_3,
        );
        let __resilient_4 = ::resilient_runtime::__private::Argument::clone_of(&r#type);
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
                let (a, b) = __resilient_0.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let Point { x, y } = __resilient_argument_1;
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let (c, d) = &mut *__resilient_argument_2;
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let ref e = __resilient_3.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let r#type = __resilient_4.into_inner();
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
