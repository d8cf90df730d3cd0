//! The fields that `#[derive(Classify)]` reads: a wait, a status, a text.

use crate::{
    Class, Classification,
    failure::{ServerWait, WaitOrigin},
};
use std::{
    fmt::{Display, Write as _},
    time::Duration,
};

/// A classification with the values of fields; an empty field changes nothing.
#[derive(Debug)]
pub struct Details(pub Classification);

impl Details {
    /// `retry_after = field`
    pub fn retry_after(self, field: &impl AsWait) -> Self {
        match field.as_wait() {
            Some(wait) => Self(self.0.come_back(ServerWait::new(wait, WaitOrigin::Error))),
            None => self,
        }
    }

    /// `status = field`, beside a class.
    pub fn status(mut self, field: &impl AsStatus) -> Self {
        self.0.status = field.as_status().or(self.0.status);
        self
    }

    /// `code = field`
    pub fn code<K>(mut self, field: &impl AsText<K>) -> Self {
        self.0.code = field.as_text().map(|text| (*text).into()).or(self.0.code);
        self
    }

    /// `kind = field`
    pub fn kind<K>(mut self, field: &impl AsText<K>) -> Self {
        self.0.kind = field.as_text().map(|text| (*text).into()).or(self.0.kind);
        self
    }

    /// `message = field`
    pub fn message<K>(mut self, field: &impl AsText<K>) -> Self {
        self.0.message = field
            .as_text()
            .map(|text| (*text).into())
            .or(self.0.message);
        self
    }

    /// `param = field`
    pub fn param<K>(mut self, field: &impl AsText<K>) -> Self {
        self.0.param = field.as_text().map(|text| (*text).into()).or(self.0.param);
        self
    }

    /// `request_id = field`
    pub fn request_id<K>(mut self, field: &impl AsText<K>) -> Self {
        self.0.request_id = field
            .as_text()
            .map(|text| (*text).into())
            .or(self.0.request_id);
        self
    }
}

/// `status = field`, without a class.
pub fn of_status(field: &impl AsStatus) -> Classification {
    match field.as_status() {
        Some(status) => Classification::of_status(status),
        None => Classification::new(Class::Unknown),
    }
}

/// The types that `retry_after = field` accepts.
#[diagnostic::on_unimplemented(
    message = "`retry_after` is read from a `Duration` or an `Option<Duration>`, not from `{Self}`",
    label = "not a wait"
)]
pub trait AsWait {
    /// The wait, if there is one.
    fn as_wait(&self) -> Option<Duration>;
}

impl AsWait for Duration {
    fn as_wait(&self) -> Option<Duration> {
        Some(*self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsWait> AsWait for Option<T> {
    fn as_wait(&self) -> Option<Duration> {
        self.as_ref()?.as_wait()
    }
}

/// The types that `status = field` accepts.
#[diagnostic::on_unimplemented(
    message = "`status` is read from a `u16` or an `http::StatusCode` (feature `http`), or an `Option` of one, not from `{Self}`",
    label = "not a status"
)]
pub trait AsStatus {
    /// The status, if there is one.
    fn as_status(&self) -> Option<u16>;
}

impl AsStatus for u16 {
    fn as_status(&self) -> Option<u16> {
        Some(*self)
    }
}

#[cfg(feature = "http")]
impl AsStatus for ::http::StatusCode {
    fn as_status(&self) -> Option<u16> {
        Some(self.as_u16())
    }
}

#[diagnostic::do_not_recommend]
impl<T: AsStatus> AsStatus for Option<T> {
    fn as_status(&self) -> Option<u16> {
        self.as_ref()?.as_status()
    }
}

/// The types that `code = field`, `message = field` and the other texts accept. `Kind`
/// distinguishes the two implementations, which would otherwise overlap; it is inferred.
#[diagnostic::on_unimplemented(
    message = "expected a text: a type that is `Display`, or an `Option` of one, not `{Self}`",
    label = "not a text"
)]
pub trait AsText<Kind> {
    /// The text, if there is one.
    fn as_text(&self) -> Option<Box<str>>;
}

/// A text that is always present.
#[derive(Debug)]
pub struct Always;

/// A text that may be missing.
#[derive(Debug)]
pub struct Perhaps;

#[diagnostic::do_not_recommend]
impl<T: Display> AsText<Always> for T {
    fn as_text(&self) -> Option<Box<str>> {
        let mut text = String::new();
        // Not `to_string`, which panics if a `Display` returns an error.
        let _ = write!(text, "{self}");
        Some(text.into())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Display> AsText<Perhaps> for Option<T> {
    fn as_text(&self) -> Option<Box<str>> {
        self.as_ref()?.as_text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Processed;
    use std::fmt;

    fn details(class: Class) -> Details {
        Details(Classification::new(class))
    }

    #[test]
    fn empty_field_changes_nothing() {
        let known = Classification::of_status(503)
            .wait(ServerWait::new(Duration::from_secs(9), WaitOrigin::Body))
            .code("slow_down")
            .kind("server_error")
            .message("later")
            .param("model")
            .request_id("req_1");
        let asked = Details(known.clone())
            .retry_after(&None::<Duration>)
            .status(&None::<u16>)
            .code(&None::<String>)
            .kind(&None::<String>)
            .message(&None::<&str>)
            .param(&None::<&str>)
            .request_id(&None::<u64>);
        assert_eq!(asked.0, known);
        assert_eq!(of_status(&None::<u16>), Class::Unknown.into());
    }

    #[test]
    fn overloaded_with_a_wait_counts_as_not_processed() {
        let wait = Duration::from_secs(2);
        assert_eq!(
            details(Class::Overloaded).retry_after(&wait).0.processed,
            Processed::No
        );
        assert_eq!(
            details(Class::ServerError).retry_after(&wait).0.processed,
            Processed::Maybe
        );
    }

    #[test]
    fn failing_display_does_not_panic() {
        struct Broken;
        impl Display for Broken {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("half")?;
                Err(fmt::Error)
            }
        }
        let asked = details(Class::Unknown).message(&Broken).0;
        assert_eq!(
            asked.message.as_ref().map(crate::Redacted::as_str),
            Some("half")
        );
    }

    #[test]
    fn field_text_is_redacted() {
        let asked = details(Class::Unknown).message(&Some("api_key=abc\n")).0;
        assert_eq!(
            asked.message.as_ref().map(crate::Redacted::as_str),
            Some(r"api_key=[redacted]\u{a}")
        );
    }

    #[cfg(feature = "http")]
    #[test]
    fn http_status_code_is_accepted_as_status() {
        let teapot = ::http::StatusCode::IM_A_TEAPOT;
        assert_eq!(of_status(&teapot), Classification::of_status(418));
        assert_eq!(of_status(&Some(teapot)), Classification::of_status(418));
    }
}
