#[allow(
    clippy::explicit_auto_deref,
    clippy::needless_borrow,
    clippy::needless_borrows_for_generic_args
)]
async fn send<T: AsRef<str>>(
    mut self,
    mut token: Token,
    mut text: T,
    mut next: impl FnMut() -> u8,
    mut log: Option<&mut Vec<u8>>,
) -> Result<Reply, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
        ::core::concat!(::core::module_path!(), "::send"),
    );
    let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Reply, Error>,
    >::new()
        .resilient_plan()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    loop {
        let __resilient_0 = (&::resilient_runtime::__private::Given::of(&token))
            .resilient_way()
            .pass(&mut token);
        let __resilient_1 = (&::resilient_runtime::__private::Given::of(&text))
            .resilient_way()
            .pass(&mut text);
        let __resilient_2 = (&::resilient_runtime::__private::Given::of(&next))
            .resilient_exclusive_way()
            .pass(&mut next);
        let __resilient_self = (&::resilient_runtime::__private::Given::of(&self))
            .resilient_way()
            .pass(&mut self);
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
                let text = __resilient_1.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                #[allow(unused_mut)]
                let mut next = __resilient_2.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let log = (&mut log).as_deref_mut();
                {
                    __resilient_self
                        .client
                        .send(&token, text.as_ref(), next(), log)
                        .await
                }
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
