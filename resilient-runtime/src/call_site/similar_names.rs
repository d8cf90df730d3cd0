//! The names of functions that resemble one that is not known.

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
            assert_eq!(edits(a, b), expected, "{a} -> {b}");
        }
    }
}
