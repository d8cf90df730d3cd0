//! Reads `#[classify(..)]` above a type or a variant.

use crate::{
    args::{self, Argument, Cell, Given, Key, Row, Table, row},
    text::{errors::Errors, names::each_class},
};
use proc_macro2::Ident;
use quote::ToTokens;
use std::collections::BTreeMap;
use syn::{Attribute, Member, Meta, Path, Token, parse::ParseStream, token};

/// The words above one type or variant.
#[derive(Default)]
pub(crate) struct Words {
    pub(super) kind: Cell<Kind>,
    /// The fields that add details, by the name of the detail.
    pub(super) details: BTreeMap<&'static str, Cell<Member>>,
    pub(super) krate: Cell<Path>,
    /// Whether there was a mistake, so that a missing word is not reported.
    pub(super) is_broken: bool,
}

/// The source of the class.
pub(super) enum Kind {
    /// The variant of the runtime's `Class`.
    Class(&'static str),
    /// The classification of this field, or of the only one.
    Delegate(Option<Member>),
    /// The classification of the rejection in the only field.
    Rejection,
}

/// The keys of `#[classify(..)]`: the classes, and these.
pub(crate) const WORDS: Table<Words> = Table::new(&[CLASSES, OTHERS]);

macro_rules! rows {
    ($(($name:literal, $variant:literal),)*) => {
        &[$(row($name, $name, &[$variant], |words, it| words.class(it, $variant)),)*]
    };
}

/// Each class. The name of its variant is answered with the name of the class.
const CLASSES: &[Row<Words>] = each_class!(rows);

const OTHERS: &[Row<Words>] = &[
    row(
        "status",
        "status = field",
        &["status_code", "http_status"],
        Words::detail,
    ),
    row(
        "retry_after",
        "retry_after = field",
        &["wait", "after", "delay", "retry_in"],
        Words::detail,
    ),
    row("code", "code = field", &["error_code"], Words::detail),
    row(
        "kind",
        "kind = field",
        &["type", "error_type"],
        Words::detail,
    ),
    row(
        "message",
        "message = field",
        &["msg", "text"],
        Words::detail,
    ),
    row("param", "param = field", &["parameter"], Words::detail),
    row("request_id", "request_id = field", &["id"], Words::detail),
    row(
        "delegate",
        "delegate",
        &["transparent", "source", "from", "forward", "inner"],
        |words, it| words.kind(it, delegate),
    ),
    row("rejection", "rejection", &["rejected"], |words, it| {
        words.kind(it, |it| alone(it, Kind::Rejection))
    }),
    row(
        "crate",
        "crate = path::to::resilient_runtime",
        &["runtime"],
        |words, it| words.krate.fill(it, |it| it.syntax(args::path)),
    ),
];

/// Reads the attributes above one type or variant.
pub(super) fn read(attrs: &[Attribute], errors: &mut Errors) -> Words {
    let mut words = Words::default();
    let mut mistakes = Errors::default();
    for attr in attrs.iter().filter(|attr| is_ours(attr)) {
        match &attr.meta {
            Meta::List(list) if !list.tokens.is_empty() => {
                args::read_into(&mut words, list.tokens.clone(), &WORDS, &mut mistakes);
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

/// Reports attributes on a field.
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
    fn class(&mut self, argument: Argument<'_>, variant: &'static str) -> syn::Result<()> {
        self.kind(argument, |it| alone(it, Kind::Class(variant)))
    }

    /// Reads the kind, unless another one is given.
    fn kind(
        &mut self,
        argument: Argument<'_>,
        read: impl FnOnce(Argument<'_>) -> syn::Result<Given<Kind>>,
    ) -> syn::Result<()> {
        let word = argument.word.clone();
        match self.kind.given() {
            Some(first) if first.key != word => {
                let error = both(&first.key, &word);
                read(argument).and(Err(error))
            }
            _ => self.kind.fill(argument, read),
        }
    }

    fn detail(&mut self, argument: Argument<'_>) -> syn::Result<()> {
        let cell = self.details.entry(argument.key.name).or_default();
        cell.fill(argument, |it| it.syntax(field))
    }

    /// The details with their fields.
    pub(super) fn details(&self) -> impl Iterator<Item = (&'static str, &Given<Member>)> {
        self.details
            .iter()
            .filter_map(|(name, cell)| Some((*name, cell.given()?)))
    }

    /// All words except `crate`.
    pub(super) fn about_a_failure(&self) -> impl Iterator<Item = &Ident> {
        let details = self.details().map(|(_, given)| &given.key);
        self.kind
            .given()
            .map(|given| &given.key)
            .into_iter()
            .chain(details)
    }
}

/// Reports, at the second word, that both name a class.
pub(super) fn both(first: &Ident, second: &Ident) -> syn::Error {
    let message = format!("`{first}` and `{second}` both set the class: remove one of the two");
    syn::Error::new(second.span(), message)
}

/// A word without a value.
fn alone(argument: Argument<'_>, kind: Kind) -> syn::Result<Given<Kind>> {
    if argument.input.peek(Token![=]) || argument.input.peek(token::Paren) {
        return Err(argument.wrong("takes no value"));
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
