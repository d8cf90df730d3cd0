impl ::resilient_runtime::FromRejection for OllamaError {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::Other(rejection.to_string())
    }
}

impl ::resilient_runtime::Classify for OllamaError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::ReqwestError(error) => error.classify(),
            Self::JsonError(_) => ::resilient_runtime::Class::Decode.into(),
            _ => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}
