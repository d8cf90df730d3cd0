//! Why there are no settings for a name.

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

/// So many similar names are shown.
const SHOWN: usize = 3;

impl LookupError {
    pub(super) fn unknown(function: &str, known: impl Iterator<Item = &'static str>) -> Self {
        let mut near: Vec<_> = known
            .filter_map(|name| Some((difference(function, name)?, name)))
            .collect();
        near.sort_unstable();
        Self::Unknown {
            function: function.to_owned(),
            near: near.into_iter().map(|(_, name)| name).take(SHOWN).collect(),
        }
    }
}

/// How different two names are; `None` if they are not similar. Names of the same function in
/// different modules are.
fn difference(asked: &str, known: &str) -> Option<usize> {
    let last = |name: &str| name.rsplit("::").next().unwrap_or(name).to_lowercase();
    let (asked, known) = (asked.to_lowercase(), known.to_lowercase());
    let whole = edits(&asked, &known);
    let of_last = edits(&last(&asked), &last(&known));
    let tolerated = |name: &str| name.chars().count().div_euclid(3).max(1);
    let is_near = whole <= tolerated(&asked) || of_last <= tolerated(&last(&asked));
    is_near.then_some(whole.min(of_last))
}

/// The Levenshtein distance: insertions, deletions and replacements from `a` to `b`.
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut left = i.saturating_add(1);
        let mut next = vec![left];
        for (y, above) in b.chars().zip(row.windows(2)) {
            let &[diagonal, above] = above else { break };
            let replaced = diagonal.saturating_add(usize::from(x != y));
            left = replaced
                .min(left.saturating_add(1))
                .min(above.saturating_add(1));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
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
