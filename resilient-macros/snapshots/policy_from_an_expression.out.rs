/// Asks.
///
/// # Resilience
///
/// Transient failures are retried; the error is that of the last attempt.
///
/// - attempts: 3, including the first
/// - timeout of one attempt: none
/// - waits between attempts: from a value set at run time
/// - `not_found`: retried
/// - everything else: as in the policy of the call
/// - schedule of the attempts: set at run time; `policy_of(..)` of the runtime explains it
pub async fn ask(&self) -> Result<(), Error> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::ask"),
        )
        .arguments(
            &["policy", "attempts", "timeout", "backoff.initial", "on(not_found).retry"],
        );
    let __resilient_policy = *::resilient_runtime::__private::policy(&self.policy);
    let __resilient_policy = __resilient_policy.attempts(3).no_timeout();
    let __resilient_policy = __resilient_policy
        .backoff(__resilient_policy.backoff.initial(self.pause));
    let __resilient_policy = __resilient_policy
        .on(
            ::resilient_runtime::Class::NotFound,
            ::resilient_runtime::Rule::new().retry(true),
        );
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<(), Error>,
    >::new()
        .resilient_plan()
        .start(&__RESILIENT_CALL_SITE, &__resilient_policy);
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
                    let __resilient_edge: Result<(), Error> = loop {};
                    return __resilient_edge;
                }
                { self.send().await }
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
