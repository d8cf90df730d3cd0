//! Reads the type under the derive and its variants, each with its fields and words. A struct is
//! one variant without a name.

use super::words::{self, Words};
use crate::text::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Fields, Generics, Member, Path, Type};

/// The type under the derive.
pub(super) struct Target {
    pub(super) name: Ident,
    pub(super) generics: Generics,
    pub(super) krate: Option<Path>,
    pub(super) variants: Vec<Variant>,
}

/// One variant, or the struct.
pub(super) struct Variant {
    /// The name, at which mistakes about the whole variant are reported.
    pub(super) name: Ident,
    /// Its path in patterns and expressions: `Self::Busy`, or `Self`.
    pub(super) path: TokenStream,
    pub(super) fields: Vec<Field>,
    pub(super) words: Words,
}

/// A field.
pub(super) struct Field {
    pub(super) member: Member,
    pub(super) ty: Type,
    /// Whether it has `#[from]`, so that another derive implements `From` for its type.
    pub(super) is_from: bool,
}

impl Target {
    /// Reads the type.
    pub(super) fn read(input: DeriveInput, errors: &mut Errors) -> Option<Self> {
        let DeriveInput {
            attrs,
            ident: name,
            generics,
            data,
            ..
        } = input;
        let krate;
        let variants = match data {
            Data::Struct(data) => {
                let mut variant = Variant::read(&attrs, &name, data.fields, errors);
                variant.path = quote!(Self);
                krate = std::mem::take(&mut variant.words.krate);
                vec![variant]
            }
            Data::Enum(data) => {
                let words = words::read(&attrs, errors);
                for word in words.about_a_failure() {
                    errors.at(
                        word,
                        format!("`{word}` describes one variant: write it above that variant"),
                    );
                }
                krate = words.krate;
                let variants = data.variants.into_iter();
                variants
                    .map(|variant| {
                        let read =
                            Variant::read(&variant.attrs, &variant.ident, variant.fields, errors);
                        if let Some(given) = read.words.krate.given() {
                            errors.at(&given.key, "`crate` goes above the enum");
                        }
                        read
                    })
                    .collect()
            }
            Data::Union(data) => {
                errors.at(
                    data.union_token,
                    "it is unknown which field of a union is valid: write an enum",
                );
                return None;
            }
        };
        Some(Self {
            name,
            generics,
            krate: krate.into_value(),
            variants,
        })
    }
}

impl Variant {
    fn read(attrs: &[Attribute], name: &Ident, fields: Fields, errors: &mut Errors) -> Self {
        let words = words::read(attrs, errors);
        let members: Vec<_> = fields.members().collect();
        let fields = fields.into_iter().zip(members).map(|(field, member)| {
            words::not_here(&field.attrs, errors);
            Field {
                member,
                ty: field.ty,
                is_from: field.attrs.iter().any(|attr| attr.path().is_ident("from")),
            }
        });
        Self {
            name: name.clone(),
            path: quote!(Self::#name),
            fields: fields.collect(),
            words,
        }
    }

    /// The names of the fields, for messages.
    pub(super) fn names_of_fields(&self) -> Vec<String> {
        self.fields
            .iter()
            .map(|field| name_of(&field.member))
            .collect()
    }
}

/// The name of a field without `r#`.
pub(super) fn name_of(member: &Member) -> String {
    let name = member.to_token_stream().to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}
