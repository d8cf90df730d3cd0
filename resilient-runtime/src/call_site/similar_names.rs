//! The names of functions that resemble one that is not known.

use crate::suggest::distance;

/// Those of the known names that resemble this one, the most similar first.
pub(crate) fn similar_names(
    name: &str,
    known: impl Iterator<Item = &'static str>,
) -> Vec<&'static str> {
    let mut similar: Vec<_> = known
        .filter_map(|known| Some((difference(name, known)?, known)))
        .collect();
    similar.sort_unstable();
    similar.into_iter().map(|(_, known)| known).collect()
}

/// How different two names are; `None` if they are not similar. Names of the same function in
/// different modules are.
fn difference(asked: &str, known: &str) -> Option<usize> {
    let last = |name: &str| name.rsplit("::").next().unwrap_or(name).to_lowercase();
    let (asked, known) = (asked.to_lowercase(), known.to_lowercase());
    let whole = distance(&asked, &known);
    let of_last = distance(&last(&asked), &last(&known));
    let tolerated = |name: &str| name.chars().count().div_euclid(3).max(1);
    let is_near = whole <= tolerated(&asked) || of_last <= tolerated(&last(&asked));
    is_near.then_some(whole.min(of_last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_the_same_last_part_come_before_those_that_are_spelt_alike() {
        let known = ["app::asks", "app::chat::ask", "app::list"];
        for (name, similar) in [
            ("ask", &["app::chat::ask", "app::asks"][..]),
            ("app::lsit", &["app::list", "app::asks"]),
            ("app::aks", &["app::asks"]),
            ("payments::refund", &[]),
            ("", &[]),
        ] {
            assert_eq!(similar_names(name, known.into_iter()), similar, "{name}");
        }
    }

    #[test]
    fn edits_are_counted() {
        for (a, b, expected) in [
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("same", "same", 0),
        ] {
            assert_eq!(distance(a, b), expected, "{a} -> {b}");
        }
    }
}
