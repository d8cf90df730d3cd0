impl ::resilient_runtime::FromRejection for Error {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        io::Error::other(rejection).into()
    }
}

impl ::resilient_runtime::Classify for Error {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match &self.kind {
            Kind::Http(error) => error.classify(),
            Kind::Io(error) => error.classify(),
            Kind::Json(_) => ::resilient_runtime::Class::Decode.into(),
            Kind::Build(_) | Kind::Lib(_) => ::resilient_runtime::Class::InvalidRequest.into(),
        }
    }
}
