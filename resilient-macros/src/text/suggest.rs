//! "Did you mean": finds the known word that is nearest to an unknown one.

/// The nearest of `known`, if few enough edits lead to it, or if the word is the start of one.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let tolerated = word.chars().count().div_euclid(3).max(1);
    let is_start = |candidate: &str| word.len() >= SHORTEST_START && candidate.starts_with(&word);
    known
        .into_iter()
        .map(|candidate| {
            let distance = if is_start(candidate) {
                tolerated
            } else {
                distance(&word, candidate)
            };
            (distance, candidate)
        })
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= tolerated)
        .map(|(_, candidate)| candidate)
}

/// The shortest word that counts as the start of another.
const SHORTEST_START: usize = 3;

/// The words in backticks, separated by commas.
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<_> = words.into_iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// The Levenshtein distance: insertions, deletions and replacements from `a` to `b`.
pub(crate) fn distance(a: &str, b: &str) -> usize {
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
    fn distance_counts_edits() {
        for (a, b, edits) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("same", "same", 0),
        ] {
            assert_eq!(distance(a, b), edits, "{a} -> {b}");
        }
    }

    #[test]
    fn nearest_finds_misspelt_words_and_ignores_other_words() {
        let known = ["attempts", "timeout", "deadline", "max", "on"];
        assert_eq!(nearest("atempts", known), Some("attempts"));
        assert_eq!(nearest("Timeout", known), Some("timeout"));
        assert_eq!(nearest("mx", known), Some("max"));
        assert_eq!(nearest("att", known), Some("attempts"));
        assert_eq!(nearest("dead", known), Some("deadline"));
        assert_eq!(nearest("banana", known), None);
        assert_eq!(nearest("", known), None);
    }
}
