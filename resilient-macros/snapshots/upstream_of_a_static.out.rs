/// Asks.
///
/// # Resilience
///
/// Transient failures are retried; the error is that of the last attempt.
///
/// - limits: those of `OPENAI`
/// - estimated tokens of an attempt: 1000
/// - everything else: as in the policy of the upstream
/// - schedule of the attempts: set at run time; `policy_of(..)` of the runtime explains it
async fn ask(&self, model: &str) -> Result<Reply, Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
        ::core::concat!(::core::module_path!(), "::ask"),
    );
    let __resilient_upstream = ::resilient_runtime::__private::as_upstream(&(OPENAI));
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Reply, Error>,
    >::new()
        .resilient_plan()
        .upstream(
            ::resilient_runtime::__private::UpstreamHandle::of(&*__resilient_upstream)
                .cost(1000),
        )
        .span(
            ::resilient_runtime::__private::span!(
                INFO, __RESILIENT_CALL_SITE, { model = model }
            ),
        )
        .start(&__RESILIENT_CALL_SITE, ::resilient_runtime::__private::UpstreamPolicy);
    loop {
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
                { self.send(model).await }
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
