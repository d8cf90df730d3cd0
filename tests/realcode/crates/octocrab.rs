impl ::resilient_runtime::FromRejection for Error {
    fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
        Self::Other {
            source: Box::new(rejection),
            backtrace: snafu::GenerateImplicitData::generate(),
        }
    }
}

impl ::resilient_runtime::Classify for Error {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match self {
            Self::GitHub { source, .. } => ::resilient_runtime::Classification::of_status(source.status_code.as_u16()),
            Self::Hyper { .. } | Self::Service { .. } => ::resilient_runtime::Class::Network.into(),
            Self::Serde { .. } | Self::Json { .. } => ::resilient_runtime::Class::Decode.into(),
            _ => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}
