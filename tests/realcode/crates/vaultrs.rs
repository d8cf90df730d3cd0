impl ::resilient_runtime::FromRejection for ClientError {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl ::resilient_runtime::Classify for ClientError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::APIError { code, .. } => ::resilient_runtime::Classification::of_status(*code),
            Self::Rejected(rejection) => rejection.classification(),
            Self::RestClientError {
                source: rustify::errors::ClientError::ServerResponseError { code, .. },
            } => ::resilient_runtime::Classification::of_status(*code),
            Self::RestClientError {
                source: rustify::errors::ClientError::RequestError { .. },
            } => ::resilient_runtime::Class::Network.into(),
            _ => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}
