//! `fallback`: the functions that are called when the call has failed.

use super::{
    cell::{Cell, Given},
    key::{Key, Row, Table, row},
    list::{Argument, read_into},
    value::{literal, mistake},
};
use crate::text::{errors::Errors, names::each_class};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Expr;

/// The functions that are called when the call has failed: by class, and for all other classes.
#[derive(Default)]
pub(crate) struct Fallback {
    /// Name and variant of the class, and its function, in the order they are written in.
    classes: Vec<(Class, Cell<TokenStream>)>,
    other: Cell<TokenStream>,
}

type Class = (&'static str, &'static str);

/// The keys of `fallback(..)`.
pub(crate) const FALLBACK: Table<Fallback> = Table::new(&[
    CLASSES,
    &[row(
        "other",
        "other = path::to::function",
        &["else", "default", "_", "otherwise", "rest", "any"],
        |fallback, it| fallback.other.assign(it, function),
    )],
]);

macro_rules! rows {
    ($(($name:literal, $variant:literal),)*) => {
        &[$(row(
            $name,
            concat!($name, " = path::to::function"),
            &[$variant],
            |fallback, it| fallback.of_class(($name, $variant), it),
        ),)*]
    };
}

const CLASSES: &[Row<Fallback>] = each_class!(rows);

impl Fallback {
    fn of_class(&mut self, class: Class, argument: Argument<'_>) -> syn::Result<()> {
        if let Some((_, cell)) = self.classes.iter_mut().find(|(other, _)| *other == class) {
            return cell.assign(argument, function);
        }
        let mut cell = Cell::default();
        let read = cell.assign(argument, function);
        self.classes.push((class, cell));
        read
    }

    /// The classes with a function of their own, and that function.
    pub(crate) fn classes(&self) -> Vec<(Class, &TokenStream)> {
        self.classes
            .iter()
            .filter_map(|(class, cell)| Some((*class, cell.value()?)))
            .collect()
    }

    /// The function for all other classes.
    pub(crate) fn other(&self) -> Option<&TokenStream> {
        self.other.value()
    }

    /// All functions.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Given<TokenStream>> {
        self.classes
            .iter()
            .map(|(_, cell)| cell)
            .chain([&self.other])
            .filter_map(Cell::given)
    }
}

/// `fallback = path`, `fallback(overloaded = path, other = path)`
pub(super) fn fallback(argument: Argument<'_>) -> syn::Result<Given<Fallback>> {
    if argument.has_list() {
        return argument.list(|tokens| {
            let mut errors = Errors::default();
            let mut fallback = Fallback::default();
            read_into(&mut fallback, tokens, &FALLBACK, &mut errors);
            errors.or(fallback)
        });
    }
    let Given { key, words, value } = argument.value(function)?;
    let other = Cell::Full(Given {
        key: key.clone(),
        words: words.clone(),
        value,
    });
    let value = Fallback {
        other,
        ..Fallback::default()
    };
    Ok(Given { key, words, value })
}

fn function(key: &Key, expr: &Expr) -> syn::Result<TokenStream> {
    match literal(expr) {
        Some(_) => Err(mistake(
            key,
            expr,
            "is a function that takes the arguments, then the error by value",
        )),
        None => Ok(expr.to_token_stream()),
    }
}
