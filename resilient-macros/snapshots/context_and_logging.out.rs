async fn chat(model: &str, prompt: String) -> Result<(), Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            "openai.chat",
        )
        .level(::resilient_runtime::__private::Level::Debug);
    let __resilient_policy = const { &::resilient_runtime::Policy::DEFAULT };
    let __resilient_key = ::resilient_runtime::__private::IdempotencyKey::random();
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<(), Error>,
    >::new()
        .resilient_plan()
        .span(
            ::resilient_runtime::__private::span!(
                DEBUG, __RESILIENT_CALL_SITE, { model = % model, size = prompt.len() }
            ),
        )
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    loop {
        let __resilient_1 = ::resilient_runtime::__private::Argument::clone_of(&prompt);
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
                    let __resilient_edge: Result<(), Error> = loop {};
                    return __resilient_edge;
                }
                let attempt = __resilient_context;
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                #[allow(unused_variables)]
                let prompt = __resilient_1.into_inner();
                { send(model, prompt, attempt.idempotency_key()).await }
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
