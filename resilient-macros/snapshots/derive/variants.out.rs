#[automatically_derived]
#[allow(deprecated)]
impl ::resilient_runtime::Classify for ApiError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::Busy { wait: __resilient_0, id: __resilient_1, .. } => {
                ::resilient_runtime::__private::Details(
                        ::resilient_runtime::Classification::new(
                            ::resilient_runtime::Class::RateLimited,
                        ),
                    )
                    .request_id(__resilient_1)
                    .retry_after(__resilient_0)
                    .0
            }
            Self::Status { 0: __resilient_0, 1: __resilient_1, .. } => {
                ::resilient_runtime::__private::Details(
                        ::resilient_runtime::__private::of_status(__resilient_0),
                    )
                    .code(__resilient_1)
                    .message(__resilient_1)
                    .0
            }
            Self::Refused {
                status: __resilient_0,
                kind: __resilient_1,
                param: __resilient_2,
                ..
            } => {
                ::resilient_runtime::__private::Details(
                        ::resilient_runtime::Classification::new(
                            ::resilient_runtime::Class::InvalidRequest,
                        ),
                    )
                    .kind(__resilient_1)
                    .param(__resilient_2)
                    .status(__resilient_0)
                    .0
            }
            Self::Io { 0: __resilient_0, .. } => {
                ::resilient_runtime::Classify::classify(&*__resilient_0)
            }
            Self::Typed { r#type: __resilient_0, source: __resilient_1, .. } => {
                ::resilient_runtime::__private::Details(
                        ::resilient_runtime::Classify::classify(&*__resilient_1),
                    )
                    .code(__resilient_0)
                    .0
            }
            Self::Rejected { 0: __resilient_0, .. } => {
                ::resilient_runtime::Rejection::classification(&*__resilient_0)
            }
            Self::Other { .. } => {
                ::resilient_runtime::Classification::new(
                    ::resilient_runtime::Class::Unknown,
                )
            }
        }
    }
    fn attach(&mut self, __resilient_history: ::resilient_runtime::History) {
        match self {
            Self::Io { 0: __resilient_0, .. } => {
                ::resilient_runtime::Classify::attach(
                    &mut *__resilient_0,
                    __resilient_history,
                )
            }
            Self::Typed { source: __resilient_1, .. } => {
                ::resilient_runtime::Classify::attach(
                    &mut *__resilient_1,
                    __resilient_history,
                )
            }
            _ => {}
        }
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::resilient_runtime::__private::FromRejection for ApiError {
    fn from_rejection(__resilient_rejection: ::resilient_runtime::Rejection) -> Self {
        Self::Rejected {
            0: __resilient_rejection,
        }
    }
}
