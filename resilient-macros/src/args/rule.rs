//! `backoff(..)` and `on(class, ..)`.

use super::{
    cell::{Cell, Given},
    keys::{self, Key},
    list::{self, Argument},
    number,
    value::{self, Value},
};
use crate::{
    classes::{self, CLASSES},
    errors::Errors,
    suggest::{listed, nearest},
};
use proc_macro2::{Ident, TokenStream, TokenTree};
use std::time::Duration;
use syn::{Expr, Token};

/// What `backoff` was given.
pub(crate) enum Backoff {
    /// `backoff(..)`
    Steps(Box<Steps>),
    /// `backoff = expr`
    Schedule(TokenStream),
}

/// How the waits grow.
#[derive(Default)]
pub(crate) struct Steps {
    pub(crate) kind: Cell<Kind>,
    pub(crate) initial: Cell<Value<Duration>>,
    pub(crate) factor: Cell<Value<f64>>,
    pub(crate) max: Cell<Value<Duration>>,
    pub(crate) jitter: Cell<Jitter>,
}

/// The rule for one class.
pub(crate) struct Rule {
    /// The class as it was written.
    pub(crate) word: Ident,
    /// Its name and its variant in the runtime.
    pub(crate) class: (&'static str, &'static str),
    pub(crate) retry: Cell<bool>,
    pub(crate) attempts: Cell<Value<u32>>,
    pub(crate) steps: Steps,
}

/// `kind = ".."`
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Exponential,
    Linear,
    Fixed,
    Decorrelated,
}

/// `jitter = ".."`
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Jitter {
    None,
    Equal,
    Full,
}

const KINDS: &[(&str, Kind)] = &[
    ("exponential", Kind::Exponential),
    ("linear", Kind::Linear),
    ("fixed", Kind::Fixed),
    ("decorrelated", Kind::Decorrelated),
];

const JITTERS: &[(&str, Jitter)] = &[
    ("none", Jitter::None),
    ("equal", Jitter::Equal),
    ("full", Jitter::Full),
];

pub(super) fn backoff(argument: Argument<'_>) -> syn::Result<Given<Backoff>> {
    if argument.has_list() {
        argument.list(|tokens| {
            let mut errors = Errors::default();
            let mut steps = Steps::default();
            list::arguments(tokens, &[keys::BACKOFF], &mut errors, |argument| {
                steps.read(argument)
            });
            errors.or(Backoff::Steps(Box::new(steps)))
        })
    } else if argument.input.peek(Token![=]) {
        argument.value(schedule)
    } else {
        Err(argument.wrong("takes a list in parentheses, or a schedule after `=`"))
    }
}

fn schedule(key: &Key, expr: &Expr) -> syn::Result<Backoff> {
    if let Expr::Lit(_) = expr {
        let message = format!("`backoff` is a list or a schedule: write `{}`", key.example);
        return Err(syn::Error::new_spanned(expr, message));
    }
    value::expression(key, expr).map(Backoff::Schedule)
}

impl Steps {
    fn read(&mut self, argument: Argument<'_>) -> syn::Result<()> {
        let word = &argument.word.clone();
        match argument.key.name {
            "kind" => self.kind.fill(
                word,
                argument.value(|key, expr| value::choice(key, expr, KINDS)),
            ),
            "initial" => self.initial.fill(word, argument.value(value::span)),
            "factor" => self.factor.fill(word, argument.value(number::factor)),
            "max" => self.max.fill(word, argument.value(value::span)),
            _ => self.jitter.fill(
                word,
                argument.value(|key, expr| value::choice(key, expr, JITTERS)),
            ),
        }
    }
}

/// `rate_limited, attempts = 8`
pub(super) fn rule(tokens: TokenStream) -> syn::Result<Rule> {
    let mut errors = Errors::default();
    let mut tokens = tokens.into_iter();
    let class = class(tokens.next().map(list::unwrapped));
    let (rest, says_nothing) = match after_class(tokens) {
        Ok(rest) => (rest.clone(), rest.is_empty()),
        Err((error, rest)) => {
            errors.push(error);
            (rest, false)
        }
    };
    let (mut retry, mut attempts, mut steps) = (Cell::default(), Cell::default(), Steps::default());
    list::arguments(
        rest,
        &[keys::RULE, keys::BACKOFF],
        &mut errors,
        |argument| {
            let word = &argument.word.clone();
            match argument.key.name {
                "retry" => retry.fill(word, argument.value(value::flag)),
                "attempts" => attempts.fill(word, argument.value(value::count)),
                _ => steps.read(argument),
            }
        },
    );
    match class {
        Ok((word, class)) => {
            if says_nothing && !classes::is_special(class.0) {
                let name = class.0;
                let message = format!(
                    "`on({name})` says nothing: write `on({name}, retry = true)` or `on({name}, \
                        attempts = 8)`"
                );
                errors.at(&word, message);
            }
            errors.or(Rule {
                word,
                class,
                retry,
                attempts,
                steps,
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

/// The arguments after the class and its comma; where the comma is missing, that and the arguments.
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
        other => Err(syn::Error::new_spanned(
            other,
            "`on` starts with the name of a class, not in quotes: write `on(rate_limited, \
                attempts = 8)`",
        )),
    }
}

/// Says so if a rule for the same class stands already.
pub(super) fn only_once(rules: &[Given<Rule>], rule: &Given<Rule>) -> syn::Result<()> {
    let Rule { word, class, .. } = &rule.value;
    if rules.iter().any(|other| other.value.class == *class) {
        let message =
            format!("there is a rule for `{word}` already: put both into one `on({word}, ..)`");
        return Err(syn::Error::new(word.span(), message));
    }
    Ok(())
}
