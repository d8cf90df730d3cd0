impl ::resilient_runtime::FromRejection for Error {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::Io(IoError::other(rejection))
    }
}

impl ::resilient_runtime::Classify for Error {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::Io(error) => error.classify(),
            Self::Http(HttpError::Request(error)) => error.classify(),
            Self::Http(HttpError::UnsuccessfulRequest(response)) => {
                ::resilient_runtime::Classification::of_status(response.status_code.as_u16())
            }
            Self::Json(_) | Self::Decode(..) => ::resilient_runtime::Class::Decode.into(),
            _ => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}

macro_rules! holds_the_error_of_a_request {
    ($($error:path,)+) => {$(
        impl ::resilient_runtime::FromRejection for $error {
            fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
                Self::Http(::resilient_runtime::FromRejection::from_rejection(rejection))
            }
        }

        impl ::resilient_runtime::Classify for $error {
            fn classify(&self) -> ::resilient_runtime::Classification {
                match self {
                    Self::Http(error) => error.classify(),
                    _ => ::resilient_runtime::Class::NotFound.into(),
                }
            }
        }
    )+};
}

holds_the_error_of_a_request! {
    crate::utils::ChannelParseError,
    crate::utils::GuildChannelParseError,
    crate::utils::MessageParseError,
    crate::utils::RoleParseError,
}
