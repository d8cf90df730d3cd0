impl ::resilient_runtime::FromRejection for Error {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::Generic {
            store: "resilient",
            source: Box::new(rejection),
        }
    }
}

impl ::resilient_runtime::Classify for Error {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::Generic { source, .. } => source.classify(),
            Self::NotFound { .. } => ::resilient_runtime::Class::NotFound.into(),
            Self::PermissionDenied { .. } => ::resilient_runtime::Class::Permission.into(),
            _ => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}

impl ::resilient_runtime::FromRejection for client::HttpError {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::new(client::HttpErrorKind::Unknown, rejection)
    }
}

impl ::resilient_runtime::Classify for client::HttpError {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self.kind() {
            client::HttpErrorKind::Connect => ::resilient_runtime::Class::Connect.into(),
            client::HttpErrorKind::Timeout => ::resilient_runtime::Class::Timeout.into(),
            client::HttpErrorKind::Decode => ::resilient_runtime::Class::Decode.into(),
            _ => ::resilient_runtime::Class::Network.into(),
        }
    }
}
