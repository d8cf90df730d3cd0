#[allow(unused)]
pub async unsafe fn f<'a, T: AsRef<str> + Clone, const N: usize>(
    input: T,
    f: impl Fn() -> u8 + Clone,
    rest: &'a [u8; N],
) -> Result<impl Stream<Item = &'a u8>, Box<dyn Error + Send + Sync>>
where
    T: Send,
{
    static __RESILIENT_CALL_SITE: ::resilient_runtime::__private::CallSite = ::resilient_runtime::__private::CallSite::new(
            ::core::concat!(::core::module_path!(), "::f"),
        )
        .arguments(&["attempts"]);
    let __resilient_policy = const {
        &::resilient_runtime::__private::checked({
            let __resilient_policy = ::resilient_runtime::Policy::DEFAULT;
            __resilient_policy.attempts(Self::TRIES)
        })
    };
    let mut __resilient_call = ::resilient_runtime::__private::Plan::<
        Result<_, Box<dyn Error + Send + Sync>>,
    >::new()
        .start(&__RESILIENT_CALL_SITE, __resilient_policy);
    loop {
        let __resilient_0 = ::resilient_runtime::__private::Argument::clone_of(&input);
        let __resilient_1 = ::resilient_runtime::__private::Argument::clone_of(&f);
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
                    let __resilient_edge: Result<_, Box<dyn Error + Send + Sync>> = loop {};
                    return __resilient_edge;
                }
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let input = __resilient_0.into_inner();
                #[allow(
                    clippy::shadow_reuse,
                    clippy::shadow_same,
                    clippy::shadow_unrelated
                )]
                let f = __resilient_1.into_inner();
                { body(input, f, rest) }
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
