impl ::resilient_runtime::FromRejection for SlackClientError {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::SystemError(SlackClientSystemError {
            message: None,
            cause: Some(Box::new(rejection)),
        })
    }
}

impl ::resilient_runtime::Classify for SlackClientError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::HttpError(error) => ::resilient_runtime::Classification::of_status(error.status_code.as_u16()),
            Self::HttpProtocolError(_) => ::resilient_runtime::Class::Network.into(),
            Self::RateLimitError(_) => ::resilient_runtime::Class::RateLimited.into(),
            _ => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}
