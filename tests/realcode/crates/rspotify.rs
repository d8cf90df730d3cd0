impl ::resilient_runtime::FromRejection for ClientError {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::Io(std::io::Error::other(rejection))
    }
}

impl ::resilient_runtime::Classify for ClientError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::Io(error) => error.classify(),
            Self::Http(_) => ::resilient_runtime::Class::Network.into(),
            _ => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}
