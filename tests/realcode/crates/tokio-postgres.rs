impl ::resilient_runtime::FromRejection for Error {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::io(io::Error::other(rejection))
    }
}

impl ::resilient_runtime::Classify for Error {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match &self.0.cause {
            Some(cause) => cause.classify(),
            None if self.is_closed() => ::resilient_runtime::Class::Network.into(),
            None => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}
