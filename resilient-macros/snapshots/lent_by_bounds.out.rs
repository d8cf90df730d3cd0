#[allow(
    clippy::explicit_auto_deref,
    clippy::needless_borrow,
    clippy::needless_borrows_for_generic_args
)]
async fn send<T>(
    client: &Client,
    cache: impl Cache + Send,
    text: T,
) -> Result<Reply, Error>
where
    T: Text<Unit = char>,
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
    loop {
        let __resilient_1 = {
            enum __ResilientBounds {}
            impl<
                __ResilientArgument: Cache + Send,
            > ::resilient_runtime::__private::HasBounds<__ResilientArgument>
            for __ResilientBounds {}
            (&::resilient_runtime::__private::Given::of(&cache)
                .bounded_by::<__ResilientBounds>())
                .resilient_bounded_way()
                .pass_shared(&cache)
        };
        let __resilient_2 = {
            enum __ResilientBounds {}
            impl<
                __ResilientArgument: Text<Unit = char>,
            > ::resilient_runtime::__private::HasBounds<__ResilientArgument>
            for __ResilientBounds {}
            (&::resilient_runtime::__private::Given::of(&text)
                .bounded_by::<__ResilientBounds>())
                .resilient_bounded_way()
                .pass_shared(&text)
        };
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
                let cache = __resilient_1.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let text = __resilient_2.into_inner();
                { client.send(cache, text).await }
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
