//! Quoted parts of a message.

/// A quotation of a server is often the caller's own text, and no statement of the server: it is
/// blanked. Numbers and dates are kept. An apostrophe within a word is no quote.
pub(super) fn without_quotes(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let (quote, behind) = rest.split_at_checked(c.len_utf8()).unwrap_or((rest, ""));
        kept.push_str(quote);
        let close = match c {
            '"' | '\'' | '`' => c,
            '\u{201c}' => '\u{201d}',
            '\u{2018}' => '\u{2019}',
            _ => {
                before = c;
                rest = behind;
                continue;
            }
        };
        rest = behind;
        let opens = !(before.is_alphanumeric() && c == '\'');
        before = c;
        if let Some(end) = closing(behind, close).filter(|_| opens) {
            let (inner, outer) = behind.split_at_checked(end).unwrap_or((behind, ""));
            let is_text = inner.contains(|c: char| c.is_ascii_alphabetic() && c != 't' && c != 'z');
            kept.push_str(if is_text { "_" } else { inner });
            rest = outer.get(close.len_utf8()..).unwrap_or_default();
            kept.push(close);
        }
    }
    kept
}

/// The end of a quotation: a quote that no letter follows, as in an apostrophe.
fn closing(text: &str, close: char) -> Option<usize> {
    let mut ends = text.match_indices(close).take(32);
    ends.find_map(|(at, quote)| {
        let next = text.get(at..)?.get(quote.len()..)?.chars().next();
        let is_apostrophe = close == '\'' && next.is_some_and(char::is_alphanumeric);
        (!is_apostrophe).then_some(at)
    })
}
