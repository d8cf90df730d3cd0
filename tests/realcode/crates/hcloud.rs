impl<T> ::resilient_runtime::FromRejection for Error<T> {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::Io(std::io::Error::other(rejection))
    }
}

impl<T> ::resilient_runtime::Classify for Error<T> {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::Reqwest(error) => error.classify(),
            Self::Io(error) => error.classify(),
            Self::Serde(_) => ::resilient_runtime::Class::Decode.into(),
            Self::ResponseError(response) => {
                ::resilient_runtime::Classification::of_status(response.status.as_u16())
            }
        }
    }
}
