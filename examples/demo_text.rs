//! The output of the demo without the parts that differ from run to run.

/// A text with durations and the server's port left out, which differ from run to run.
pub(crate) fn timeless(text: &str) -> String {
    let word = |word: &str| {
        let duration = word.trim_end_matches([':', ';', ',']);
        let number = duration.trim_end_matches('s').trim_end_matches(['m', 'µ']);
        if duration.ends_with('s') && number.parse::<f64>().is_ok() {
            return word.replace(duration, "…");
        }
        match word.split_once("127.0.0.1:") {
            Some((before, after)) => {
                before.to_owned() + after.trim_start_matches(|c: char| c.is_ascii_digit())
            }
            None => word.to_owned(),
        }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Text without durations, ports and white space, so that it does not matter where a line ends.
pub(crate) fn squeezed<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let words = lines.flat_map(str::split_whitespace);
    words
        .map(|word| timeless(word.trim_start_matches('<')))
        .collect()
}
