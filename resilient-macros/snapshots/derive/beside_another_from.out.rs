#[automatically_derived]
#[allow(deprecated)]
impl ::resilient_runtime::Classify for ApiError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::Transport { 0: __resilient_0, .. } => {
                ::resilient_runtime::Classify::classify(&*__resilient_0)
            }
            Self::Rejected { 0: __resilient_0, .. } => {
                ::resilient_runtime::Rejection::classification(&*__resilient_0)
            }
        }
    }
    fn attach(&mut self, __resilient_history: ::resilient_runtime::History) {
        match self {
            Self::Transport { 0: __resilient_0, .. } => {
                ::resilient_runtime::Classify::attach(
                    &mut *__resilient_0,
                    __resilient_history,
                )
            }
            _ => {}
        }
    }
}
