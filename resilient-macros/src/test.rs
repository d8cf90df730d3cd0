//! The attribute for tests.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Error, ItemFn, Meta, Token, parse::Parser, punctuated::Punctuated, spanned::Spanned};

/// Output: `#[tokio::test(..)] async fn name() { isolated(async move { BODY }).await }`; without
/// `async`, `#[test] fn name() { block_on(isolated(async move { BODY })) }`
pub(crate) fn expand(attr: TokenStream, item: TokenStream) -> TokenStream {
    let written = item.clone();
    expanded(attr, item).unwrap_or_else(|error| {
        let mut output = error.into_compile_error();
        output.extend(written);
        output
    })
}

fn expanded(attr: TokenStream, item: TokenStream) -> Result<TokenStream, Error> {
    let mut function: ItemFn = syn::parse2(item)?;
    let is_async = function.sig.asyncness.is_some();
    let mut has_waits = true;
    let args: Punctuated<Meta, Token![,]> = Punctuated::parse_terminated.parse2(attr)?;
    let for_tokio: Punctuated<Meta, Token![,]> = args
        .into_iter()
        .filter(|arg| {
            let is_no_waits = matches!(arg, Meta::Path(path) if path.is_ident("no_waits"));
            has_waits &= !is_no_waits;
            !is_no_waits
        })
        .collect();
    if let Some(Meta::Path(unknown)) = for_tokio.iter().find(|arg| matches!(arg, Meta::Path(_))) {
        let message = "the kit has the argument `no_waits`; those of tokio have a value, such as \
                       `start_paused = true`";
        return Err(Error::new_spanned(unknown, message));
    }
    if let Some(unknown) = for_tokio.first().filter(|_| !is_async) {
        let message = "a test without `async` has no runtime, so it takes no argument of tokio: write \
                       `async fn`, which may call blocking functions too";
        return Err(Error::new_spanned(unknown, message));
    }
    let kit = quote!(::resilient_runtime::testing);
    // The lints and messages are those of the body.
    let block = &function.block;
    let span = block.span();
    let isolated = quote_spanned!(span=> #kit::isolated(async move #block));
    let scoped = if has_waits {
        isolated
    } else {
        quote_spanned!(span=> #kit::no_waits(#isolated))
    };
    if !is_async {
        function.block = syn::parse2(quote!({ #kit::block_on(#scoped) }))?;
        return Ok(quote! {
            #[::core::prelude::v1::test]
            #function
        });
    }
    function.block = syn::parse2(quote!({ #scoped.await }))?;
    Ok(quote! {
        #[::tokio::test(#for_tokio)]
        #function
    })
}

#[cfg(test)]
mod tests {
    use super::{TokenStream, expand};

    fn expanded(attr: &str, item: &str) -> String {
        let [attr, item] = [attr, item].map(|text| text.parse::<TokenStream>().unwrap());
        expand(attr, item).to_string()
    }

    #[test]
    fn an_unknown_word_gets_an_error_that_names_the_argument_of_the_kit() {
        let output = expanded("nowaits", "async fn asks() {}");
        assert!(
            output.contains("the kit has the argument `no_waits`"),
            "{output}"
        );
        assert!(output.contains("async fn asks"), "{output}");
    }

    #[test]
    fn no_waits_is_for_the_kit_and_other_arguments_are_for_tokio() {
        let test = expanded(
            "no_waits, start_paused = true",
            "async fn asks() { ask().await }",
        );
        assert!(
            test.contains(":: tokio :: test (start_paused = true)"),
            "{test}"
        );
        assert!(test.contains("testing :: no_waits"), "{test}");
        assert!(!expanded("", "async fn asks() {}").contains("no_waits"));
    }

    #[test]
    fn a_test_that_is_not_async_needs_no_runtime_and_takes_none_of_its_arguments() {
        let test = expanded("no_waits", "fn asks() { ask(); }");
        assert!(
            test.contains("testing :: block_on") && test.contains("testing :: no_waits"),
            "{test}"
        );
        assert!(!test.contains("tokio"), "{test}");
        let paused = expanded("start_paused = true", "fn asks() {}");
        assert!(paused.contains("has no runtime"), "{paused}");
        assert!(paused.ends_with("fn asks () { }"), "{paused}");
    }
}
