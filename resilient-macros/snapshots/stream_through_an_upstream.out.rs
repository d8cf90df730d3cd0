async fn ask(
    &self,
    tenant: &str,
) -> Result<BoxStream<'static, Result<Delta, ApiError>>, ApiError> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::ask"),
        )
        .arguments(&["stream"]);
    let __resilient_upstream = ::resilient_runtime::__private::as_upstream(&(OPENAI));
    let __resilient_key_handle = ::resilient_runtime::__private::key_handle(
        &*__resilient_upstream,
        ::resilient_runtime::__private::key_of(&(tenant)),
    );
    let mut __resilient_call = ::resilient_runtime::__private::Plan::<
        ::resilient_runtime::__private::Opened<_, _, ApiError>,
    >::new()
        .upstream(
            ::resilient_runtime::__private::UpstreamHandle::by(
                &*__resilient_upstream,
                &__resilient_key_handle,
            ),
        )
        .start(&__RESILIENT_CALL_SITE, ::resilient_runtime::__private::UpstreamPolicy);
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
                                BoxStream<'static, Result<Delta, ApiError>>,
                                ApiError,
                            > = loop {};
                            return __resilient_edge;
                        }
                        { self.open(tenant).await }
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
                                ::resilient_runtime::__private::HeldUpstream::new(
                                    __resilient_upstream,
                                    ::core::option::Option::Some(__resilient_key_handle),
                                ),
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
