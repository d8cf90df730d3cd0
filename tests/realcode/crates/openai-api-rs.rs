impl ::resilient_runtime::FromRejection for APIError {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::CustomError { message: rejection.to_string() }
    }
}

impl ::resilient_runtime::Classify for APIError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::ReqwestError(error) => error.classify(),
            Self::CustomError { .. } => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}
