fn f<'a>(&'a self, id: String) -> BoxFuture<'a, Result<u8, Error>> {
    ::std::boxed::Box::pin(async move {
        static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
                ::core::concat!(::core::module_path!(), "::f"),
            )
            .arguments(&["attempts"]);
        let __resilient_policy = const {
            &::resilient_runtime::__private::checked({
                let __resilient_policy = ::resilient_runtime::Policy::DEFAULT;
                __resilient_policy.attempts(2)
            })
        };
        let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
            Result<u8, Error>,
        >::new()
            .resilient_plan()
            .start(&__RESILIENT_CALL_SITE, __resilient_policy);
        loop {
            let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(&id);
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
                        let __resilient_edge: Result<u8, Error> = loop {};
                        return __resilient_edge;
                    }
                    #[allow(
                        clippy::shadow_reuse,
                        clippy::shadow_same,
                        clippy::shadow_unrelated
                    )]
                    let id = __resilient_0.into_inner();
                    #[allow(clippy::async_yields_async)]
                    let __resilient_future = (async {
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
                            let __resilient_edge: BoxFuture<'a, Result<u8, Error>> = loop {};
                            return __resilient_edge;
                        }
                        {
                            let client = self.client();
                            if id.is_empty() {
                                return Box::pin(ready(Ok(0)));
                            }
                            client.send(id).boxed()
                        }
                    })
                        .await;
                    __resilient_future.await
                })
                .await
            {
                ::core::ops::ControlFlow::Break(__resilient_result) => {
                    return __resilient_result;
                }
                ::core::ops::ControlFlow::Continue(()) => {}
            }
        }
    })
}
