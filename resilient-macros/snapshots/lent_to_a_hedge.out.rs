#[allow(
    clippy::explicit_auto_deref,
    clippy::needless_borrow,
    clippy::needless_borrows_for_generic_args
)]
async fn send(self, token: Token, settings: Settings) -> Result<Reply, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::send"),
        )
        .arguments(&["policy"]);
    static __RESILIENT_HEDGE: ::resilient_runtime::__private::Hedge = ::resilient_runtime::__private::Hedge::after(
        ::core::time::Duration::new(1, 0),
        1,
    );
    let __resilient_policy = *::resilient_runtime::__private::policy(&settings.policy);
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Reply, Error>,
    >::new()
        .resilient_plan()
        .start(&__RESILIENT_CALL_SITE, &__resilient_policy);
    loop {
        let __resilient_hedges = (&__resilient_call).hedge_allowances();
        match (&mut __resilient_call)
            .attempt_runs(
                (&__RESILIENT_HEDGE)
                    .race(
                        __resilient_hedges,
                        || {
                            let __resilient_0 = (&::resilient_runtime::__private::Given::of(
                                &token,
                            ))
                                .resilient_shared_way()
                                .pass_shared(&token);
                            let __resilient_1 = (&::resilient_runtime::__private::Given::of(
                                &settings,
                            ))
                                .resilient_shared_way()
                                .pass_shared(&settings);
                            let __resilient_self = (&::resilient_runtime::__private::Given::of(
                                &self,
                            ))
                                .resilient_shared_way()
                                .pass_shared(&self);
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
                                    let __resilient_edge: Result<Reply, Error> = loop {};
                                    return __resilient_edge;
                                }
                                let __resilient_self = __resilient_self.into_inner();
                                #[allow(
                                    clippy::shadow_reuse,
                                    clippy::shadow_same,
                                    clippy::shadow_unrelated
                                )]
                                let token = __resilient_0.into_inner();
                                #[allow(
                                    clippy::shadow_reuse,
                                    clippy::shadow_same,
                                    clippy::shadow_unrelated
                                )]
                                #[allow(unused_variables)]
                                let settings = __resilient_1.into_inner();
                                {
                                    __resilient_self.client.send(&token, settings.url()).await
                                }
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
