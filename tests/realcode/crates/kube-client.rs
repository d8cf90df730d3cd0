impl ::resilient_runtime::FromRejection for Error {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::Service(Box::new(rejection))
    }
}

impl ::resilient_runtime::Classify for Error {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::Api(status) => ::resilient_runtime::Classification::of_status(status.code),
            Self::HyperError(_) | Self::Service(_) => ::resilient_runtime::Class::Network.into(),
            Self::SerdeError(_) => ::resilient_runtime::Class::Decode.into(),
            _ => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}
