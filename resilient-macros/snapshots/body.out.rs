async fn fetch(url: String) -> Result<Response, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
        ::core::concat!(::core::module_path!(), "::fetch"),
    );
    let __resilient_upstream = ::resilient_runtime::__private::as_upstream(&(OPENAI));
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Response, Error>,
    >::new()
        .resilient_plan()
        .upstream(
            ::resilient_runtime::__private::UpstreamHandle::of(&*__resilient_upstream),
        )
        .start(&__RESILIENT_CALL_SITE, ::resilient_runtime::__private::UpstreamPolicy);
    loop {
        let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(&url);
        match (&mut __resilient_call)
            .attempt(async {
                ::resilient_runtime::__private::read_body(
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
                                let __resilient_edge: Result<Response, Error> = loop {};
                                return __resilient_edge;
                            }
                            #[allow(
                                clippy::shadow_reuse,
                                clippy::shadow_same,
                                clippy::shadow_unrelated
                            )]
                            let url = __resilient_0.into_inner();
                            { get(url).await }
                        }
                            .await,
                    )
                    .await
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
