//! The messages of the compiler and their lines, from `cargo --message-format=json`.

use serde_json::Value;

/// An error or a warning.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    pub is_error: bool,
    /// `E0382`, or the name of a lint.
    pub code: String,
    /// The first line.
    pub message: String,
    /// All of it, as the compiler prints it.
    pub rendered: String,
    /// File and line of each place, from the most to the least telling: the place itself, then the
    /// other places, then those of the notes; each is followed by the macro calls around it.
    pub places: Vec<(String, usize)>,
}

impl Diagnostic {
    /// The diagnostic in a line of cargo's output, if it is one with a place.
    pub fn parse(line: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(line).ok()?;
        let message = line.get("message")?;
        let level = message.get("level")?.as_str()?;
        let is_error = level.starts_with("error");
        if !is_error && level != "warning" {
            return None;
        }
        let mut places = Vec::new();
        collect(message, &mut places);
        if places.is_empty() {
            return None;
        }
        let code = message.pointer("/code/code").and_then(Value::as_str);
        let text = message.get("message")?.as_str()?;
        let rendered = message.get("rendered").and_then(Value::as_str);
        Some(Self {
            is_error,
            code: code.unwrap_or_default().to_owned(),
            message: text.lines().next().unwrap_or_default().to_owned(),
            rendered: rendered.unwrap_or_default().to_owned(),
            places,
        })
    }

    /// Code and message without names, so that the same mistake in two functions has one key.
    pub fn kind(&self) -> String {
        let mut kind = String::new();
        for (index, part) in self.message.split('`').enumerate() {
            kind.push_str(if index % 2 == 0 { part } else { "`_`" });
        }
        match self.code.as_str() {
            "" => kind,
            code => format!("{code}: {kind}"),
        }
    }
}

fn collect(message: &Value, places: &mut Vec<(String, usize)>) {
    let spans = message.get("spans").and_then(Value::as_array);
    let spans = || spans.into_iter().flatten();
    let is_primary = |span: &&Value| span.get("is_primary").and_then(Value::as_bool) == Some(true);
    for span in spans().filter(is_primary) {
        outwards(span, places);
    }
    for span in spans().filter(|span| !is_primary(span)) {
        outwards(span, places);
    }
    let children = message.get("children").and_then(Value::as_array);
    for child in children.into_iter().flatten() {
        collect(child, places);
    }
}

/// The place of a span, then that of the macro call that it comes from, and so on.
fn outwards(span: &Value, places: &mut Vec<(String, usize)>) {
    let mut span = Some(span);
    while let Some(inner) = span {
        let file = inner.get("file_name").and_then(Value::as_str);
        let line = inner.get("line_start").and_then(Value::as_u64);
        if let (Some(file), Some(line)) = (file, line) {
            let line = usize::try_from(line).unwrap_or(usize::MAX);
            places.push((file.to_owned(), line));
        }
        span = inner.pointer("/expansion/span");
    }
}
