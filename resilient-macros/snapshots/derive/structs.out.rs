#[automatically_derived]
#[allow(deprecated)]
impl ::resilient_runtime::Classify for ApiError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self { status: __resilient_0, wait: __resilient_1, .. } => {
                ::resilient_runtime::__private::Details(
                        ::resilient_runtime::__private::of_status(__resilient_0),
                    )
                    .retry_after(__resilient_1)
                    .0
            }
        }
    }
}
