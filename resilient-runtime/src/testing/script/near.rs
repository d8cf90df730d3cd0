//! The names of functions that resemble one that was not called.

use std::collections::BTreeSet;

/// What to say of a name that is none of these.
pub(super) fn hint(name: &str, called: &BTreeSet<&'static str>) -> String {
    if called.is_empty() {
        return "no function with the attribute was called".to_owned();
    }
    let quoted: Vec<String> = called.iter().map(|name| format!("`{name}`")).collect();
    let listed = format!("called were {}", quoted.join(", "));
    match nearest(name, called) {
        Some(near) => format!("did you mean `{near}`? {listed}"),
        None => listed,
    }
}

/// The nearest of the names: one with the same last part, or one that few edits lead to.
fn nearest<'a>(name: &str, called: &BTreeSet<&'a str>) -> Option<&'a str> {
    let same = called.iter().find(|other| last(other) == last(name));
    if let Some(same) = same {
        return Some(same);
    }
    let tolerated = (name.chars().count() / 3).max(1);
    let edits = called.iter().map(|other| (distance(name, other), *other));
    let (_, near) = edits
        .filter(|(edits, _)| *edits <= tolerated)
        .min_by_key(|(edits, _)| *edits)?;
    Some(near)
}

/// `ask` of `app::ask`.
fn last(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name)
}

/// The Levenshtein distance: insertions, deletions and replacements from `a` to `b`.
fn distance(a: &str, b: &str) -> usize {
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
        let called = BTreeSet::from(["app::asks", "app::chat::ask", "app::list"]);
        assert_eq!(nearest("ask", &called), Some("app::chat::ask"));
        assert_eq!(nearest("app::lsit", &called), Some("app::list"));
        assert_eq!(nearest("app::aks", &called), Some("app::asks"));
        assert_eq!(nearest("payments::refund", &called), None);
        assert_eq!(nearest("", &called), None);
    }

    #[test]
    fn distance_counts_edits() {
        for (a, b, edits) in [
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("same", "same", 0),
        ] {
            assert_eq!(distance(a, b), edits, "{a} -> {b}");
        }
    }
}
