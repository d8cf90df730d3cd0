#[allow(
    clippy::explicit_auto_deref,
    clippy::needless_borrow,
    clippy::needless_borrows_for_generic_args
)]
async fn get(
    &mut self,
    request: impl tonic::IntoRequest<Query>,
    names: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<Reply, Status> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
        ::core::concat!(::core::module_path!(), "::get"),
    );
    let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Reply, Status>,
    >::new()
        .resilient_plan()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    #[allow(clippy::shadow_reuse, clippy::shadow_same, clippy::shadow_unrelated)]
    let request = <_ as tonic::IntoRequest<Query>>::into_request(request).into_parts();
    #[allow(clippy::shadow_reuse, clippy::shadow_same, clippy::shadow_unrelated)]
    let names = ::resilient_runtime::__private::collected(names);
    loop {
        let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(&request);
        let __resilient_1 = (&::resilient_runtime::__private::Given::of_items(&names))
            .resilient_shared_way()
            .pass_items(&names);
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
                    let __resilient_edge: Result<Reply, Status> = loop {};
                    return __resilient_edge;
                }
                let _: &mut _ = &mut *self;
                #[allow(unused_imports)]
                use tonic::IntoRequest as _;
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let request = {
                    fn seen<M, R: tonic::IntoRequest<M>>(
                        request: R,
                    ) -> impl tonic::IntoRequest<M> {
                        request
                    }
                    let (metadata, extensions, message) = __resilient_0.into_inner();
                    let mut request = <Query as tonic::IntoRequest<
                        Query,
                    >>::into_request(message);
                    *request.metadata_mut() = metadata;
                    *request.extensions_mut() = extensions;
                    seen::<Query, _>(request)
                };
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let names = __resilient_1.into_items();
                { self.inner.unary(request.into_request(), names).await }
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
