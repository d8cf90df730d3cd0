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

impl ::resilient_runtime::FromRejection for crate::config::KubeconfigError {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::ReadConfig(std::io::Error::other(rejection), std::path::PathBuf::new())
    }
}

impl ::resilient_runtime::Classify for crate::config::KubeconfigError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::ReadConfig(error, _) => error.classify(),
            _ => ::resilient_runtime::Class::InvalidRequest.into(),
        }
    }
}

impl ::resilient_runtime::FromRejection for crate::client::AuthError {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::AuthExecStart(std::io::Error::other(rejection))
    }
}

impl ::resilient_runtime::Classify for crate::client::AuthError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::AuthExecStart(error) => error.classify(),
            _ => ::resilient_runtime::Class::Authentication.into(),
        }
    }
}

impl ::resilient_runtime::FromRejection for crate::api::entry::CommitError {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::Save(::resilient_runtime::FromRejection::from_rejection(rejection))
    }
}

impl ::resilient_runtime::Classify for crate::api::entry::CommitError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::Validate(_) => ::resilient_runtime::Class::InvalidRequest.into(),
            Self::Save(error) => error.classify(),
        }
    }
}
