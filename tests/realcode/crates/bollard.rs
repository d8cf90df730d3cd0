impl ::resilient_runtime::FromRejection for Error {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::IOError {
            err: std::io::Error::other(rejection),
        }
    }
}

impl ::resilient_runtime::Classify for Error {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::DockerResponseServerError { status_code, .. } => ::resilient_runtime::Classification::of_status(*status_code),
            Self::RequestTimeoutError => ::resilient_runtime::Class::Timeout.into(),
            Self::IOError { err } => err.classify(),
            _ => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}
