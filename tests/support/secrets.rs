//! A secret that must not appear anywhere, an error that shows it, and helpers that look for it.

use resilient_runtime::{Class, Classification, Classify};
use std::{
    error::Error,
    fmt::{self, Debug, Display},
};

/// A secret. Servers show the last four characters of a masked one.
pub const CANARY: &str = "CANARY0123456CNRY";

/// Fails if the text contains the secret, or its end.
pub fn clean(text: &str) {
    for part in [&CANARY[..6], &CANARY[13..]] {
        assert!(!text.contains(part), "{text}");
    }
}

/// All forms in which a value can be printed.
pub fn printed(value: &(impl Debug + Display)) -> String {
    format!("{value}\n{value:#}\n{value:?}\n{value:#?}")
}

/// The sources of an error, in both forms.
pub fn sources(error: &dyn Error) -> String {
    let chain = std::iter::successors(error.source(), |error| (*error).source());
    let told: Vec<_> = chain.map(|error| format!("{error}\n{error:?}")).collect();
    told.join("\n")
}

/// An error that shows a key wherever it can.
#[derive(Clone)]
pub struct Leaky;

impl Debug for Leaky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Leaky {{ Authorization: Bearer sk-{CANARY}, url: https://u:{CANARY}@h/?api_key={CANARY} }}"
        )
    }
}

impl Display for Leaky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Debug::fmt(self, f)
    }
}

impl Error for Leaky {}

impl Classify for Leaky {
    fn classify(&self) -> Classification {
        Classification::new(Class::ServerError)
            .message(&self.to_string())
            .code(&format!("key={CANARY}"))
            .kind(&format!("password: {CANARY}"))
            .param(&format!("?sig={CANARY}"))
            .request_id(&format!("token: {CANARY}"))
    }
}
