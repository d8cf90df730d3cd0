#[allow(
    clippy::explicit_auto_deref,
    clippy::needless_borrow,
    clippy::needless_borrows_for_generic_args
)]
async fn ask(
    mut self,
    __resilient_argument_0: (Token, Count, &mut Vec<u8>),
    mut __resilient_argument_1: Json<Page>,
    ids: impl Iterator<Item = u8>,
) -> Result<Reply, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
        ::core::concat!(::core::module_path!(), "::ask"),
    );
    let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Reply, Error>,
    >::new()
        .resilient_plan()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    #[allow(clippy::shadow_reuse, clippy::shadow_same, clippy::shadow_unrelated)]
    let (mut token, count, log) = __resilient_argument_0;
    #[allow(clippy::shadow_reuse, clippy::shadow_same, clippy::shadow_unrelated)]
    let ids = (&::resilient_runtime::__private::Given::of(&ids))
        .resilient_items()
        .keep(ids);
    loop {
        let __resilient_0_0 = (&::resilient_runtime::__private::Given::of(&token))
            .resilient_way()
            .pass(&mut token);
        let __resilient_0_1 = ::resilient_runtime::__private::Argument::clone_of_mut(
            &count,
        );
        let __resilient_1 = (&::resilient_runtime::__private::Given::of(
            &__resilient_argument_1,
        ))
            .resilient_way()
            .pass(&mut __resilient_argument_1);
        let __resilient_2 = ::resilient_runtime::__private::Argument::clone_of(&ids);
        let __resilient_self = (&::resilient_runtime::__private::Given::of(&self)
            .reading(&raw const self.limit))
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
                let token = __resilient_0_0.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let mut count = __resilient_0_1.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let log = &mut *log;
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                #[allow(clippy::pattern_type_mismatch)]
                let Json(page) = __resilient_1.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let ids = ::resilient_runtime::__private::replay(
                    __resilient_2.into_inner(),
                );
                {
                    log.push(__resilient_self.limit);
                    send(&token, &mut count, page.len(), ids).await
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
