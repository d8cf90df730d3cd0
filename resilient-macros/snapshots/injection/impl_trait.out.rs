#[allow(
    clippy::explicit_auto_deref,
    clippy::needless_borrow,
    clippy::needless_borrows_for_generic_args
)]
#[allow(clippy::manual_async_fn)]
fn ask(mut self, question: &str) -> impl Future<Output = Result<impl Display, Error>> {
    async move {
        static __RESILIENT_CALL_SITE: api::resilient::__private::CallSite = api::resilient::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::ask"),
        );
        let __resilient_policy = const { &api::resilient::Policy::DEFAULT };
        let __resilient_key = api::resilient::__private::IdempotencyKey::random();
        let mut __resilient_call = api::resilient::__private::Plan::<
            Result<_, Error>,
        >::new()
            .start(&__RESILIENT_CALL_SITE, __resilient_policy);
        loop {
            let __resilient_self = (&api::resilient::__private::Given::of(&self))
                .resilient_way()
                .pass(&mut self);
            let __resilient_context = (&__resilient_call).context(__resilient_key);
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
                        let __resilient_edge: Result<_, Error> = loop {};
                        return __resilient_edge;
                    }
                    api::resilient::__private::injected!(
                        __RESILIENT_CALL_SITE, api::resilient::__private::FailuresOnly::
                        < Result < _, Error > > ::because("it returns an `impl Trait`")
                    );
                    let attempt = __resilient_context;
                    let __resilient_self = __resilient_self.into_inner();
                    { __resilient_self.send(question, attempt).await }
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
}
