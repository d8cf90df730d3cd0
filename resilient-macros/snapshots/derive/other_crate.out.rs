#[automatically_derived]
#[allow(deprecated)]
impl crate::engine::Classify for Failure {
    fn classify(&self) -> crate::engine::Classification {
        match self {
            Self { 0: __resilient_0, .. } => {
                crate::engine::Rejection::classification(&*__resilient_0)
            }
        }
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl crate::engine::__private::FromRejection for Failure {
    fn from_rejection(__resilient_rejection: crate::engine::Rejection) -> Self {
        Self { 0: __resilient_rejection }
    }
}
