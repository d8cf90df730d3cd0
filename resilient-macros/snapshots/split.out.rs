pub async fn embed<T: AsRef<str>>(
    &self,
    texts: Vec<T>,
    model: &str,
    options: Options,
    log: &mut Log,
) -> Result<Vec<Vector>, ApiError> {
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::embed"),
        )
        .arguments(&["attempts"]);
    let __resilient_policy = const {
        &::resilient_runtime::__private::checked({
            let __resilient_policy = ::resilient_runtime::Policy::DEFAULT;
            __resilient_policy.attempts(3)
        })
    };
    let mut __resilient_call = ::resilient_runtime::__private::ReturnType::<
        Result<Vec<Vector>, ApiError>,
    >::new()
        .resilient_plan()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    loop {
        let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(&texts);
        let __resilient_2 = ::resilient_runtime::__private::Argument::clone_of(&options);
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
                    let __resilient_edge: Result<Vec<Vector>, ApiError> = loop {};
                    return __resilient_edge;
                }
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let texts = __resilient_0.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let options = __resilient_2.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let log = &mut *log;
                { self.post(texts, model, options, log).await }
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
/// As [`embed`](Self::embed), with a result for each item, in their order.
///
/// A batch that fails as a whole is halved, down to single items; items of one batch share its error.
#[allow(clippy::needless_pass_by_value, clippy::type_complexity)]
pub async fn embed_each<T: AsRef<str> + ::core::clone::Clone>(
    &self,
    texts: Vec<T>,
    model: &str,
    options: Options,
    log: &mut Log,
) -> ::std::vec::Vec<
    ::core::result::Result<Vector, ::resilient_runtime::batch::SharedError<ApiError>>,
> {
    let mut __resilient_halving = ::resilient_runtime::__private::Halving::<
        _,
        Result<Vec<Vector>, ApiError>,
    >::new(::core::concat!(::core::module_path!(), "::embed"), texts);
    while let ::core::option::Option::Some(__resilient_part) = __resilient_halving
        .next_part()
    {
        let __resilient_result = Self::embed::<
            T,
        >(
                self,
                __resilient_part,
                model,
                ::core::clone::Clone::clone(&options),
                &mut *log,
            )
            .await;
        __resilient_halving.ended(__resilient_result);
    }
    __resilient_halving.into_results()
}
