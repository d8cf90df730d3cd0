macro_rules! holds_rejection {
    ($($kind:ty => $variant:ident,)+) => {$(
        impl ::resilient_runtime::FromRejection for Error<$kind> {
            fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
                Self::with_source(<$kind>::$variant, rejection)
            }
        }
    )+};
}

holds_rejection! {
    crate::client::PublishErrorKind => Send,
    crate::client::SetServerPoolErrorKind => Send,
    crate::client::ServerPoolErrorKind => Send,
    crate::client::SubscribeErrorKind => Other,
    crate::client::RequestErrorKind => Other,
    crate::client::FlushErrorKind => SendError,
    crate::ConnectErrorKind => Io,
    crate::jetstream::consumer::StreamErrorKind => Other,
    crate::jetstream::consumer::pull::OrderedErrorKind => Other,
    crate::jetstream::consumer::pull::MessagesErrorKind => Other,
    crate::jetstream::consumer::pull::BatchRequestErrorKind => Publish,
    crate::jetstream::consumer::pull::BatchErrorKind => Subscribe,
    crate::jetstream::consumer::pull::ConsumerRecreateErrorKind => Recreate,
    crate::jetstream::consumer::push::OrderedErrorKind => Other,
    crate::jetstream::consumer::push::MessagesErrorKind => Other,
    crate::jetstream::consumer::push::ConsumerRecreateErrorKind => Recreate,
    crate::jetstream::context::PublishErrorKind => Other,
    crate::jetstream::context::RequestErrorKind => Other,
    crate::jetstream::context::ConsumerInfoErrorKind => Request,
    crate::jetstream::context::CreateStreamErrorKind => Response,
    crate::jetstream::context::GetStreamErrorKind => Request,
    crate::jetstream::context::GetStreamByNameErrorKind => Request,
    crate::jetstream::context::KeyValueErrorKind => GetBucket,
    crate::jetstream::context::CreateKeyValueErrorKind => BucketCreate,
    crate::jetstream::context::UpdateKeyValueErrorKind => BucketUpdate,
    crate::jetstream::context::ObjectStoreErrorKind => GetStore,
    crate::jetstream::context::AccountErrorKind => Other,
    crate::jetstream::kv::StatusErrorKind => TimedOut,
    crate::jetstream::kv::CreateErrorKind => Other,
    crate::jetstream::kv::PutErrorKind => Publish,
    crate::jetstream::kv::EntryErrorKind => Other,
    crate::jetstream::kv::WatchErrorKind => Other,
    crate::jetstream::kv::UpdateErrorKind => Other,
    crate::jetstream::kv::WatcherErrorKind => Other,
    crate::jetstream::message::StreamMessageErrorKind => MissingHeader,
    crate::jetstream::object_store::UpdateMetadataErrorKind => Other,
    crate::jetstream::object_store::InfoErrorKind => Other,
    crate::jetstream::object_store::GetErrorKind => Other,
    crate::jetstream::object_store::DeleteErrorKind => Other,
    crate::jetstream::object_store::PutErrorKind => Other,
    crate::jetstream::object_store::PublishMetadataErrorKind => PublishMetadata,
    crate::jetstream::object_store::AddLinkErrorKind => Other,
    crate::jetstream::object_store::WatchErrorKind => Other,
    crate::jetstream::object_store::SealErrorKind => Other,
    crate::jetstream::object_store::WatcherErrorKind => Other,
    crate::jetstream::stream::DirectGetErrorKind => Other,
    crate::jetstream::stream::DeleteMessageErrorKind => Request,
    crate::jetstream::stream::PurgeErrorKind => Request,
    crate::jetstream::stream::LastRawMessageErrorKind => Other,
    crate::jetstream::stream::ConsumerErrorKind => Other,
    crate::jetstream::stream::ConsumerResetErrorKind => Request,
    crate::jetstream::stream::ConsumerCreateStrictErrorKind => Other,
    crate::jetstream::stream::ConsumerUpdateErrorKind => Other,
}

impl<Kind: Clone + Debug + Display + PartialEq> ::resilient_runtime::Classify for Error<Kind> {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match &self.source {
            Some(source) => source.classify(),
            None if self.kind.to_string().contains("timed out") => {
                ::resilient_runtime::Class::Timeout.into()
            }
            None => ::resilient_runtime::Class::Unknown.into(),
        }
    }
}

macro_rules! has_a_source {
    ($($error:path => $from:expr,)+) => {$(
        impl ::resilient_runtime::FromRejection for $error {
            fn from_rejection(rejection: ::resilient_runtime::Rejection) -> Self {
                $error($from(rejection))
            }
        }

        impl ::resilient_runtime::Classify for $error {
            fn classify(&self) -> ::resilient_runtime::Classification {
                ::resilient_runtime::Class::Unknown.into()
            }
        }
    )+};
}

has_a_source! {
    crate::client::DrainError => Box::new,
    crate::client::ReconnectError => Box::new,
    crate::UnsubscribeError => |rejection: ::resilient_runtime::Rejection| rejection.to_string(),
}
