#[allow(clippy::async_yields_async)]
fn chat<'life0, 'life1, 'async_trait>(
    &'life0 mut self,
    url: &'life1 str,
    prompt: String,
) -> ::core::pin::Pin<
    Box<
        dyn ::core::future::Future<
            Output = Result<Reply, Error>,
        > + ::core::marker::Send + 'async_trait,
    >,
>
where
    'life0: 'async_trait,
    'life1: 'async_trait,
    Self: 'async_trait,
{
    ::std::boxed::Box::pin(async move {
        static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::chat"),
        );
        let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
        let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
            Result<Reply, Error>,
        >::new()
            .resilient_plan()
            .start(&__RESILIENT_CALL_SITE, __resilient_policy);
        loop {
            let __resilient_1 = ::resilient_runtime::__private::Argument::clone_of(
                &prompt,
            );
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
                    let __resilient_self = &mut *self;
                    #[allow(
                        clippy::shadow_reuse,
                        clippy::shadow_same,
                        clippy::shadow_unrelated
                    )]
                    let prompt = __resilient_1.into_inner();
                    {
                        if let ::core::option::Option::Some(__ret) = ::core::option::Option::None::<
                            Result<Reply, Error>,
                        > {
                            return __ret;
                        }
                        let mut __self = __resilient_self;
                        let prompt = prompt;
                        let __ret: Result<Reply, Error> = {
                            __self.send(url, prompt).await
                        };
                        __ret
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
    })
}
