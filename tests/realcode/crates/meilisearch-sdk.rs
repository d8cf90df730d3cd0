impl ::resilient_runtime::FromRejection for Error {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::Other(Box::new(rejection))
    }
}

impl ::resilient_runtime::Classify for Error {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::HttpError(error) => error.classify(),
            Self::MeilisearchCommunication(error) => ::resilient_runtime::Classification::of_status(error.status_code),
            Self::ParseError(_) => ::resilient_runtime::Class::Decode.into(),
            _ => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}
