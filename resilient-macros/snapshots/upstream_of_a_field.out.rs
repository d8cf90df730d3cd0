async fn ask(&mut self, prompt: String) -> Result<Reply, Error> {
    static __RESILIENT_SITE: ::resilient_runtime::__private::Site = ::resilient_runtime::__private::Site::new(
        ::core::concat!(::core::module_path!(), "::ask"),
    );
    let __resilient_upstream = ::resilient_runtime::__private::hold(&(self.upstream));
    let __resilient_of_key = ::resilient_runtime::__private::of_key(
        &__resilient_upstream,
        ::resilient_runtime::__private::key_of(&(self.tenant)),
    );
    let __resilient_policy = *::resilient_runtime::__private::policy_of(
        &__resilient_upstream,
    );
    let __resilient_policy = __resilient_policy.attempts(3);
    let mut __resilient_call = ::resilient_runtime::__private::Returns::<
        Result<Reply, Error>,
    >::new()
        .resilient_plan()
        .through(
            ::resilient_runtime::__private::Through::by(
                    &__resilient_upstream,
                    &__resilient_of_key,
                )
                .cost(estimate(&prompt)),
        )
        .start(&__RESILIENT_SITE, &__resilient_policy);
    loop {
        let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(&prompt);
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
                #[allow(unused_variables)]
                let prompt = __resilient_0.into_inner();
                { self.send(prompt).await }
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
