async fn ask(
    &self,
    question: String,
    words: &[&str],
) -> Result<BoxStream<'_, Result<Delta, Error>>, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = {
        const fn __resilient_layer(
            __resilient_policy: ::resilient_runtime::Policy,
        ) -> ::resilient_runtime::Policy {
            let __resilient_policy = __resilient_policy
                .deadline(::core::time::Duration::new(300, 0));
            __resilient_policy
        }
        ::resilient_runtime::__private::CallSite::new(
                ::core::concat!(::core::module_path!(), "::ask"),
            )
            .arguments(&["stream", "deadline"])
            .layer(
                ::resilient_runtime::__private::Layer::new(__resilient_layer)
                    .deadline(
                        ::core::option::Option::Some(::core::time::Duration::new(300, 0)),
                    ),
            )
    };
    let __resilient_upstream = ::resilient_runtime::__private::as_upstream(&(OPENAI));
    let __resilient_key = ::resilient_runtime::__private::IdempotencyKey::random();
    let mut __resilient_call = ::resilient_runtime::__private::Plan::<
        ::resilient_runtime::__private::Opened<_, _, Error>,
    >::new()
        .upstream(
            ::resilient_runtime::__private::UpstreamHandle::of(&*__resilient_upstream)
                .cost(100),
        )
        .start(&__RESILIENT_CALL_SITE, ::resilient_runtime::__private::LayeredPolicy);
    let __resilient_content = ::resilient_runtime::__private::Content::<Delta>::any()
        .content(Delta::has_text)
        .last(Delta::is_final)
        .usage(Delta::usage);
    let __resilient_times = (&__resilient_call).stream_times();
    loop {
        let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(
            &question,
        );
        let __resilient_context = (&__resilient_call).context(__resilient_key);
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
                                BoxStream<'_, Result<Delta, Error>>,
                                Error,
                            > = loop {};
                            return __resilient_edge;
                        }
                        let attempt = __resilient_context;
                        #[allow(
                            clippy::shadow_reuse,
                            clippy::shadow_same,
                            clippy::shadow_unrelated
                        )]
                        let question = __resilient_0.into_inner();
                        { self.open(question, words).await }
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
                        let __resilient_begun = __resilient_begun
                            .resume(
                                2,
                                {
                                    let __resilient_given_0 = ::core::clone::Clone::clone(
                                        &self,
                                    );
                                    let __resilient_given_1 = ::core::clone::Clone::clone(
                                        &question,
                                    );
                                    let __resilient_given_2 = ::core::clone::Clone::clone(
                                        &words,
                                    );
                                    move |__resilient_error, __resilient_kept| {
                                        (go_on)(
                                            ::core::clone::Clone::clone(&__resilient_given_0),
                                            ::core::clone::Clone::clone(&__resilient_given_1),
                                            ::core::clone::Clone::clone(&__resilient_given_2),
                                            __resilient_error,
                                            __resilient_kept,
                                        )
                                    }
                                },
                            );
                        return ::core::result::Result::Ok(
                            ::resilient_runtime::__private::FromBegun::from_begun(
                                __resilient_begun,
                                ::resilient_runtime::__private::HeldUpstream::new(
                                    __resilient_upstream,
                                    ::core::option::Option::None,
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
