//! `split`: the argument whose items are tried in smaller batches.

use super::{cell::Given, list::Argument};
use proc_macro2::Ident;
use quote::ToTokens;

/// `split`, `split = items`
pub(super) fn split(argument: Argument<'_>) -> syn::Result<Given<Option<Ident>>> {
    if argument.has_list() {
        return Err(argument.wrong("names one argument, or stands alone"));
    }
    if !argument.input.peek(syn::Token![=]) {
        return Ok(Given {
            words: argument.word.to_token_stream(),
            key: argument.word,
            value: None,
        });
    }
    let given = argument.syntax(|key, input| {
        let message = format!(
            "`split` is the name of an argument that is a `Vec`: write `{}`",
            key.example
        );
        let error = input.error(message);
        input.parse::<Ident>().map_err(|_| error)
    })?;
    Ok(Given {
        key: given.key,
        words: given.words,
        value: Some(given.value),
    })
}
