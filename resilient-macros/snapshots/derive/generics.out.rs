#[automatically_derived]
#[allow(deprecated)]
impl<'a, T: Client, U, const N: usize> ::resilient_runtime::Classify
for Wrapped<'a, T, U, N>
where
    U: Debug,
    T::Error: ::resilient_runtime::Classify,
{
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::Of { 0: __resilient_0, .. } => {
                ::resilient_runtime::Classify::classify(&*__resilient_0)
            }
            Self::Not { .. } => {
                ::resilient_runtime::Classification::new(
                    ::resilient_runtime::Class::Unknown,
                )
            }
            Self::Borrowed { inner: __resilient_0, .. } => {
                ::resilient_runtime::Classify::classify(&*__resilient_0)
            }
            Self::Rejected { cause: __resilient_0, .. } => {
                ::resilient_runtime::Rejection::classification(&*__resilient_0)
            }
        }
    }
    fn attach(&mut self, __resilient_history: ::resilient_runtime::History) {
        match self {
            Self::Of { 0: __resilient_0, .. } => {
                ::resilient_runtime::Classify::attach(
                    &mut *__resilient_0,
                    __resilient_history,
                )
            }
            Self::Borrowed { inner: __resilient_0, .. } => {
                ::resilient_runtime::Classify::attach(
                    &mut *__resilient_0,
                    __resilient_history,
                )
            }
            _ => {}
        }
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl<'a, T: Client, U, const N: usize> ::resilient_runtime::__private::FromRejection
for Wrapped<'a, T, U, N>
where
    U: Debug,
{
    fn from_rejection(__resilient_rejection: ::resilient_runtime::Rejection) -> Self {
        Self::Rejected {
            cause: __resilient_rejection,
        }
    }
}
