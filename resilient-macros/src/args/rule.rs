//! `on(class, ..)`: the rule for one class.

use super::{
    backoff::{self, HasSteps, Steps},
    cell::{Cell, Given},
    key::{Row, Table, row},
    list::{self, read_into},
    value::{self, Value},
};
use crate::text::{
    errors::Errors,
    names::{self, CLASSES},
    suggest::{listed, nearest},
};
use proc_macro2::{Ident, TokenStream, TokenTree};

/// The rule for one class.
pub(crate) struct Rule {
    /// The class as written.
    pub(crate) word: Ident,
    /// Its name, and its variant in the runtime.
    pub(crate) class: (&'static str, &'static str),
    pub(crate) settings: Settings,
}

/// The settings of a rule, as far as they are given.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) retry: Cell<bool>,
    pub(crate) attempts: Cell<Value<u32>>,
    pub(crate) steps: Steps,
}

impl HasSteps for Settings {
    fn steps(&mut self) -> &mut Steps {
        &mut self.steps
    }
}

/// The keys of `on(class, ..)`.
pub(crate) const RULE: Table<Settings> = Table::new(&[OWN, &backoff::rows()]);

const OWN: &[Row<Settings>] = &[
    row(
        "retry",
        "retry = true",
        &["retryable", "retried"],
        |it, argument| it.retry.assign(argument, value::flag),
    ),
    row(
        "attempts",
        "attempts = 8",
        &["retries", "tries", "max_attempts", "max_retries"],
        |it, argument| it.attempts.assign(argument, value::count),
    ),
];

/// `rate_limited, attempts = 8`
pub(super) fn rule(tokens: TokenStream) -> syn::Result<Rule> {
    let mut errors = Errors::default();
    let mut tokens = tokens.into_iter();
    let class = class(tokens.next().map(list::unwrapped));
    let (rest, is_bare) = match after_class(tokens) {
        Ok(rest) => (rest.clone(), rest.is_empty()),
        Err((error, rest)) => {
            errors.push(error);
            (rest, false)
        }
    };
    let mut settings = Settings::default();
    read_into(&mut settings, rest, &RULE, &mut errors);
    match class {
        Ok((word, class)) => {
            if is_bare && !names::is_special(class.0) {
                let name = class.0;
                let message = format!(
                    "`on({name})` has no settings: write `on({name}, retry = true)` or \
                        `on({name}, attempts = 8)`"
                );
                errors.at(&word, message);
            }
            errors.or(Rule {
                word,
                class,
                settings,
            })
        }
        Err(mut error) => {
            if let Err(more) = errors.or(()) {
                error.combine(more);
            }
            Err(error)
        }
    }
}

/// The arguments after the class and its comma. If the comma is missing: that mistake, and the
/// arguments.
fn after_class(
    mut tokens: impl Iterator<Item = TokenTree>,
) -> Result<TokenStream, (syn::Error, TokenStream)> {
    let is_comma =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    match tokens.next() {
        None => Ok(TokenStream::new()),
        Some(token) if is_comma(&token) => Ok(tokens.collect()),
        Some(token) => {
            let error = syn::Error::new(token.span(), "expected a `,` before this");
            let rest = match token {
                TokenTree::Ident(_) => [token].into_iter().chain(tokens).collect(),
                _ => tokens
                    .skip_while(|token| !is_comma(token))
                    .skip(1)
                    .collect(),
            };
            Err((error, rest))
        }
    }
}

type Class = (Ident, (&'static str, &'static str));

fn class(token: Option<TokenTree>) -> syn::Result<Class> {
    let names = || CLASSES.iter().map(|(name, _)| *name);
    match token {
        Some(TokenTree::Ident(word)) => {
            let written = word.to_string();
            if let Some(class) = CLASSES.iter().find(|(name, _)| *name == written) {
                return Ok((word, *class));
            }
            let hint = CLASSES
                .iter()
                .find(|(_, variant)| *variant == written)
                .map(|(name, _)| *name)
                .or_else(|| nearest(&written, names()))
                .map(|near| format!("; did you mean `{near}`?"))
                .unwrap_or_default();
            let message = format!(
                "unknown class `{written}`{hint}\nknown classes: {}",
                listed(names())
            );
            Err(syn::Error::new(word.span(), message))
        }
        other => {
            let message = match other.as_ref().and_then(of_status) {
                Some(class) => format!(
                    "`on` starts with the name of a class instead of a status: write \
                        `on({class}, ..)`"
                ),
                None => "`on` starts with the name of a class, not in quotes: write \
                    `on(rate_limited, attempts = 8)`"
                    .to_owned(),
            };
            Err(syn::Error::new_spanned(other, message))
        }
    }
}

/// The class of an HTTP status.
fn of_status(token: &TokenTree) -> Option<&'static str> {
    let TokenTree::Literal(status) = token else {
        return None;
    };
    Some(match status.to_string().trim_matches('"') {
        "401" => "authentication",
        "403" => "permission",
        "404" => "not_found",
        "408" => "timeout",
        "409" => "conflict",
        "429" => "rate_limited",
        "500" => "server_error",
        "502" => "bad_gateway",
        "503" => "overloaded",
        "504" => "gateway_timeout",
        _ => return None,
    })
}

/// Reports a second rule for the same class.
pub(super) fn only_once(rules: &[Given<Rule>], rule: &Given<Rule>) -> syn::Result<()> {
    let Rule { word, class, .. } = &rule.value;
    if rules.iter().any(|other| other.value.class == *class) {
        let message =
            format!("there is a rule for `{word}` already: put both into one `on({word}, ..)`");
        return Err(syn::Error::new(word.span(), message));
    }
    Ok(())
}
