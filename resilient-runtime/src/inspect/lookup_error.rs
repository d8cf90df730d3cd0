//! Why there are no settings for a name.

use crate::call_site::similar_names;
use std::fmt;

/// Why [`policy_of`](crate::policy_of) or [`upstream_of`](crate::upstream_of) has nothing to show.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LookupError {
    /// No function with this name has been called.
    #[non_exhaustive]
    Unknown {
        /// The name that was asked for.
        function: String,
        /// Similar names of functions that have been called, the most similar one first.
        near: Vec<&'static str>,
    },
    /// Functions with this name have different settings. The argument `name` gives one of them
    /// another name.
    #[non_exhaustive]
    Ambiguous {
        /// The name.
        function: &'static str,
        /// The number of functions that have it.
        places: usize,
    },
    /// The function has no upstream.
    #[non_exhaustive]
    NoUpstream {
        /// The name.
        function: &'static str,
    },
}

/// The number of similar names that are shown.
const SHOWN: usize = 3;

impl LookupError {
    pub(super) fn unknown(function: &str, known: impl Iterator<Item = &'static str>) -> Self {
        let mut near = similar_names(function, known);
        near.truncate(SHOWN);
        Self::Unknown {
            function: function.to_owned(),
            near,
        }
    }
}

/// As `Display`: tests unwrap it.
impl fmt::Debug for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { function, near } => {
                write!(
                    f,
                    "no function `{}` has been called yet",
                    function.escape_debug()
                )?;
                let mut before = "; similar names are ";
                for name in near {
                    write!(f, "{before}`{name}`")?;
                    before = ", ";
                }
                Ok(())
            }
            Self::Ambiguous { function, places } => write!(
                f,
                "{places} functions are called `{function}` and have different settings; \
                 `name = \"..\"` in the attribute tells them apart"
            ),
            Self::NoUpstream { function } => write!(f, "`{function}` has no upstream"),
        }
    }
}

impl std::error::Error for LookupError {}
