//! Stage words: takes the attributes above a type or a variant, gives what `#[classify(..)]` says there: each word
//! with the field it names.

use crate::{
    args::{self, Argument, Cell, DERIVE, Given, Key},
    classes::CLASSES,
    errors::Errors,
};
use proc_macro2::Ident;
use quote::ToTokens;
use std::collections::BTreeMap;
use syn::{Attribute, Member, Meta, Path, Token, parse::ParseStream, token};

/// What was written in one place.
#[derive(Default)]
pub(super) struct Words {
    pub(super) kind: Cell<Kind>,
    /// The fields that tell more, by the name of what they tell.
    pub(super) details: BTreeMap<&'static str, Cell<Member>>,
    pub(super) krate: Cell<Path>,
    /// Whether something was wrong, so that what is missing is no further mistake.
    pub(super) is_broken: bool,
}

/// What kind of failure it is.
pub(super) enum Kind {
    /// The one with this name in the runtime.
    Class(&'static str),
    /// What a field says: this one, or the only one.
    Delegate(Option<Member>),
    /// What the rejection in its only field says.
    Rejection,
}

/// Reads the attributes of one place.
pub(super) fn read(attrs: &[Attribute], errors: &mut Errors) -> Words {
    let mut words = Words::default();
    let mut mistakes = Errors::default();
    for attr in attrs.iter().filter(|attr| is_ours(attr)) {
        match &attr.meta {
            Meta::List(list) if !list.tokens.is_empty() => {
                args::arguments(list.tokens.clone(), DERIVE, &mut mistakes, |argument| {
                    words.read(argument)
                });
            }
            meta => mistakes.at(
                meta,
                "`classify` takes a list in parentheses: write `#[classify(rate_limited)]`",
            ),
        }
    }
    words.is_broken = errors.keep(mistakes.or(())).is_none();
    words
}

/// Says so where an attribute stands on a field.
pub(super) fn not_here(attrs: &[Attribute], errors: &mut Errors) {
    for attr in attrs.iter().filter(|attr| is_ours(attr)) {
        errors.at(
            attr,
            "`classify` does not go on a field: write it above the variant or the struct, and name the field, as \
                in `#[classify(rate_limited, retry_after = field)]`",
        );
    }
}

fn is_ours(attr: &Attribute) -> bool {
    attr.path().is_ident("classify")
}

impl Words {
    fn read(&mut self, argument: Argument<'_>) -> syn::Result<()> {
        let word = &argument.word.clone();
        match argument.key.name {
            "crate" => self.krate.fill(word, argument.syntax(args::path)),
            "rejection" => self.say(word, alone(argument, Kind::Rejection)),
            "delegate" => self.say(word, delegate(argument)),
            name => match CLASSES.iter().find(|(class, _)| *class == name) {
                Some((_, variant)) => self.say(word, alone(argument, Kind::Class(variant))),
                None => self
                    .details
                    .entry(name)
                    .or_default()
                    .fill(word, argument.syntax(field)),
            },
        }
    }

    /// Puts in the kind, unless another one stands already.
    fn say(&mut self, word: &Ident, kind: syn::Result<Given<Kind>>) -> syn::Result<()> {
        match self.kind.given() {
            Some(first) if first.key != *word => Err(both(&first.key, word)),
            _ => self.kind.fill(word, kind),
        }
    }

    /// The details with their fields.
    pub(super) fn details(&self) -> impl Iterator<Item = (&'static str, &Given<Member>)> {
        self.details
            .iter()
            .filter_map(|(name, cell)| Some((*name, cell.given()?)))
    }

    /// All words but `crate`.
    pub(super) fn about_a_failure(&self) -> impl Iterator<Item = &Ident> {
        let details = self.details().map(|(_, given)| &given.key);
        self.kind
            .given()
            .map(|given| &given.key)
            .into_iter()
            .chain(details)
    }
}

/// That two words say the same thing, at the second.
pub(super) fn both(first: &Ident, second: &Ident) -> syn::Error {
    let message = format!(
        "`{first}` and `{second}` both say what kind of failure it is: remove one of the two"
    );
    syn::Error::new(second.span(), message)
}

/// A word that nothing follows.
fn alone(argument: Argument<'_>, kind: Kind) -> syn::Result<Given<Kind>> {
    if argument.input.peek(Token![=]) || argument.input.peek(token::Paren) {
        return Err(argument.wrong("stands alone"));
    }
    Ok(Given {
        words: argument.word.to_token_stream(),
        key: argument.word,
        value: kind,
    })
}

fn delegate(argument: Argument<'_>) -> syn::Result<Given<Kind>> {
    if argument.input.peek(Token![=]) {
        let Given { key, words, value } = argument.syntax(field)?;
        let value = Kind::Delegate(Some(value));
        return Ok(Given { key, words, value });
    }
    alone(argument, Kind::Delegate(None))
}

/// The field after a `=`.
fn field(key: &Key, input: ParseStream<'_>) -> syn::Result<Member> {
    let error = input.error(format!(
        "`{0}` names a field, or its index in a tuple, not in quotes: write `{0} = field`",
        key.name
    ));
    input.parse().map_err(|_| error)
}
