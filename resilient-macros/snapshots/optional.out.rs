#[allow(
    clippy::explicit_auto_deref,
    clippy::needless_borrow,
    clippy::needless_borrows_for_generic_args
)]
#[allow(clippy::redundant_closure_for_method_calls)]
async fn send(
    ids: Option<impl IntoIterator<Item = u8>>,
    name: Option<impl Into<String>>,
    mut text: Option<impl AsRef<str>>,
    make: impl Fn() -> u8,
    mut next: impl FnMut() -> u8,
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
    #[allow(clippy::shadow_reuse, clippy::shadow_same, clippy::shadow_unrelated)]
    let ids = (&::resilient_runtime::__private::Given::of_option(&ids))
        .resilient_items()
        .keep_option(ids);
    #[allow(clippy::shadow_reuse, clippy::shadow_same, clippy::shadow_unrelated)]
    let name = ::core::option::Option::map(name, ::core::convert::Into::<String>::into);
    loop {
        let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(&ids);
        let __resilient_1 = ::resilient_runtime::__private::Argument::clone_of(&name);
        let __resilient_2 = (&::resilient_runtime::__private::Given::of_option(&text))
            .resilient_way()
            .pass_option(&mut text);
        let __resilient_3 = (&::resilient_runtime::__private::Given::of(&make))
            .resilient_shared_way()
            .pass_shared(&make);
        let __resilient_4 = (&::resilient_runtime::__private::Given::of(&next))
            .resilient_exclusive_way()
            .pass(&mut next);
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
                let ids = __resilient_0
                    .into_inner()
                    .map(::resilient_runtime::__private::replay_items);
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let name = __resilient_1
                    .into_inner()
                    .map(::resilient_runtime::__private::converted);
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let text = __resilient_2.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let make = __resilient_3.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                #[allow(unused_mut)]
                let next = __resilient_4.into_inner();
                {
                    #[allow(unused_mut)]
                    let mut call = next;
                    request(ids, name, text, &make, call()).await
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
