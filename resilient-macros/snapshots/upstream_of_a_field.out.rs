async fn ask(&mut self, prompt: String) -> Result<Reply, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = {
        const fn __resilient_layer(
            __resilient_policy: ::resilient_runtime::Policy,
        ) -> ::resilient_runtime::Policy {
            let __resilient_policy = __resilient_policy.attempts(3);
            __resilient_policy
        }
        ::resilient_runtime::__private::CallSite::new(
                ::core::concat!(::core::module_path!(), "::ask"),
            )
            .arguments(&["attempts"])
            .layer(::resilient_runtime::__private::Layer::new(__resilient_layer))
    };
    let __resilient_upstream = ::resilient_runtime::__private::as_upstream(
        &(self.upstream),
    );
    let __resilient_key_handle = ::resilient_runtime::__private::key_handle(
        &*__resilient_upstream,
        ::resilient_runtime::__private::key_of(&(self.tenant)),
    );
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Reply, Error>,
    >::new()
        .resilient_plan()
        .upstream(
            ::resilient_runtime::__private::UpstreamHandle::by(
                    &*__resilient_upstream,
                    &__resilient_key_handle,
                )
                .cost(estimate(&prompt)),
        )
        .start(&__RESILIENT_CALL_SITE, ::resilient_runtime::__private::LayeredPolicy);
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
                { self.send(prompt).await }
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
