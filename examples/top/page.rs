//! The page about a recording: one file of HTML that loads nothing.
//!
//! The recording is JSON inside the page, and a script draws it. Texts of a server stay texts: the
//! JSON has no `<`, the script writes only text nodes, and a policy of the page runs no other
//! script and permits no request.

use crate::recording::{Recording, in_words};
use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    time::Duration,
};

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = concat!(include_str!("page.js"), include_str!("timeline.js"));

/// The page.
///
/// # Errors
/// The recording is no JSON; that does not happen.
pub fn page(recording: &Recording) -> serde_json::Result<String> {
    let (title, nonce) = (title(recording), nonce());
    let data = serde_json::to_string(recording)?.replace('<', "\\u003c");
    Ok(fill(TEMPLATE, |name| match name {
        "title" => &title,
        "nonce" => &nonce,
        "style" => STYLE,
        "data" => &data,
        "script" => SCRIPT,
        _ => "",
    }))
}

/// The title, for a window and for paper: how many calls there were, and how they ended.
fn title(recording: &Recording) -> String {
    let outcome = |names: &[&str]| -> u64 {
        let functions = recording.functions.iter();
        let all = functions.flat_map(|function| &function.outcomes);
        let all = all.filter(|(name, _)| names.contains(name));
        all.map(|(_, number)| number).sum()
    };
    let attempts: u64 = recording.functions.iter().map(|it| it.attempts).sum();
    format!(
        "{} calls, {} succeeded, {} attempts in {}",
        recording.ended(),
        outcome(&["ok", "ok_after_retry"]),
        attempts,
        in_words(Duration::from_micros(recording.took)),
    )
}

/// A number that no server can know: scripts and styles without it do not run.
fn nonce() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

/// Replaces each `{{name}}` of the template. Values are not looked at: a text of a server that has
/// such a name keeps it.
fn fill<'v>(template: &str, value: impl Fn(&str) -> &'v str) -> String {
    let mut parts = template.split("{{");
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, text) = part.split_once("}}").unwrap_or((part, ""));
        page.push_str(value(name));
        page.push_str(text);
    }
    page
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{SCRIPT, STYLE, TEMPLATE, fill, page};
    use crate::recording::{FunctionTotal, Line, Recording};

    fn with_text(text: &str) -> Recording {
        let event = Line {
            at: 0,
            name: "attempt failed",
            function: Some("ask"),
            upstream: None,
            text: text.to_owned(),
        };
        Recording {
            events: vec![event],
            ..Recording::default()
        }
    }

    /// The text of the first event, as a browser reads it out of the page.
    fn text_in(page: &str) -> String {
        let (_, data) = page.split_once("id=\"recording\">").unwrap();
        let (data, _) = data.split_once("</script>").unwrap();
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        data.pointer("/events/0/text")
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn texts_of_a_server_stay_texts_and_end_no_script() {
        for text in [
            "</script><img src=x onerror=alert(1)>",
            "<!-- <script> ",
            "{{script}} {{nonce}} }} {{",
            "\u{2028} \\u003c \" ' & \0",
        ] {
            let page = page(&with_text(text)).unwrap();
            assert_eq!(text_in(&page), text);
            let tags = |page: &str| page.matches('<').count();
            assert_eq!(tags(&page), tags(&super::page(&with_text("")).unwrap()));
        }
    }

    #[test]
    fn the_page_loads_nothing() {
        for source in [TEMPLATE, STYLE, SCRIPT] {
            for loads in [
                "src=", "href=", "url(", "@import", "http:", "https:", "import(", "fetch",
            ] {
                assert!(!source.contains(loads), "{loads}");
            }
        }
        for permits in ["unsafe", "self", "data:", "*;"] {
            assert!(!TEMPLATE.contains(permits), "{permits}");
        }
        assert!(TEMPLATE.contains("default-src 'none'"));
    }

    #[test]
    fn the_script_writes_only_text_nodes() {
        for html in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval",
            "Function(",
        ] {
            assert!(!SCRIPT.contains(html), "{html}");
        }
    }

    #[test]
    fn scripts_and_styles_run_by_a_number_that_is_new_for_each_page() {
        let nonce_of = |page: &str| {
            let (_, nonce) = page.split_once("'nonce-").unwrap();
            nonce.split_once('\'').unwrap().0.to_owned()
        };
        let (one, other) = (page(&with_text("")).unwrap(), page(&with_text("")).unwrap());
        let nonce = nonce_of(&one);
        assert_eq!(nonce.len(), 32);
        assert_ne!(nonce, nonce_of(&other));
        assert_eq!(one.matches(&format!("nonce=\"{nonce}\"")).count(), 2);
    }

    #[test]
    fn the_title_counts_calls_successes_and_attempts() {
        let function = |outcomes: &[(&'static str, u64)]| FunctionTotal {
            calls: outcomes.iter().map(|it| it.1).sum(),
            outcomes: outcomes.iter().copied().collect(),
            attempts: 20,
            ..FunctionTotal::default()
        };
        let recording = Recording {
            took: 10_240_000,
            functions: vec![
                function(&[("ok", 3), ("failed", 2), ("cancelled", 1)]),
                function(&[("ok_after_retry", 4), ("rejected", 1), ("fallback", 1)]),
            ],
            ..Recording::default()
        };
        let title = "12 calls, 7 succeeded, 40 attempts in 10.2 s";
        let page = page(&recording).unwrap();
        assert!(page.contains(&format!("<title>{title}</title>")), "{title}");
        assert!(page.contains(&format!("<h1>{title}</h1>")));
    }

    #[test]
    fn every_name_of_the_template_has_a_value() {
        let filled = fill(TEMPLATE, |name| {
            assert!(
                ["title", "nonce", "style", "data", "script"].contains(&name),
                "{name}"
            );
            "value"
        });
        assert!(!filled.contains("{{"));
    }
}
