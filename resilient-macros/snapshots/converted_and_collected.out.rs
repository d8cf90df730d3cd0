#[allow(
    clippy::explicit_auto_deref,
    clippy::needless_borrow,
    clippy::needless_borrows_for_generic_args
)]
async fn send<I>(
    name: impl Into<String> + Send,
    ids: I,
    mut other: impl Into<String> + AsRef<str>,
) -> Result<Reply, Error>
where
    I: IntoIterator<Item = u8>,
    I::IntoIter: Send,
{
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
        ::core::concat!(::core::module_path!(), "::send"),
    );
    let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Reply, Error>,
    >::new()
        .resilient_plan()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    #[allow(clippy::shadow_reuse, clippy::shadow_same, clippy::shadow_unrelated)]
    let name = ::core::convert::Into::<String>::into(name);
    #[allow(clippy::shadow_reuse, clippy::shadow_same, clippy::shadow_unrelated)]
    let ids = (&::resilient_runtime::__private::Given::of(&ids))
        .resilient_items()
        .keep(ids);
    loop {
        let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(&name);
        let __resilient_1 = ::resilient_runtime::__private::Argument::clone_of(&ids);
        let __resilient_2 = (&::resilient_runtime::__private::Given::of(&other))
            .resilient_way()
            .pass(&mut other);
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
                let name = ::resilient_runtime::__private::converted(
                    __resilient_0.into_inner(),
                );
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let ids = ::resilient_runtime::__private::replay_items(
                    __resilient_1.into_inner(),
                );
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let other = __resilient_2.into_inner();
                { request(name.into(), ids).await }
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
