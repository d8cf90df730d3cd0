impl ::resilient_runtime::FromRejection for QdrantError {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::ResponseError {
            status: ::resilient_runtime::FromRejection::from_rejection(rejection),
        }
    }
}

impl ::resilient_runtime::Classify for QdrantError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::ResponseError { status } | Self::ResourceExhaustedError { status, .. } => status.classify(),
            Self::Io(error) => error.classify(),
            _ => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}
