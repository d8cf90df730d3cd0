//! Types of the standard library that are known to be `Clone`.

use super::{passing::argument_of, returns::bare};
use syn::{PathArguments, Type};

/// Whether this is a type of the standard library that is `Clone`, so that the compiler need not
/// look. A wrong guess gives a message of the compiler.
pub(super) fn is_known_clone(ty: &Type) -> bool {
    const CLONE: &[&str] = &[
        "bool",
        "char",
        "f32",
        "f64",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "String",
        "PathBuf",
        "Duration",
        "Instant",
        "SystemTime",
    ];
    const POINTERS: &[&str] = &["Arc", "Rc"];
    const CONTAINERS: &[&str] = &["Vec", "Option"];
    match bare(ty) {
        Type::Reference(ty) => ty.mutability.is_none(),
        Type::Tuple(ty) => ty.elems.iter().all(is_known_clone),
        Type::Array(ty) => is_known_clone(&ty.elem),
        bare => {
            let Type::Path(path) = bare else { return false };
            let Some(last) = path.path.segments.last() else {
                return false;
            };
            let is_one_of = |names: &[&str]| names.iter().any(|name| last.ident == name);
            match &last.arguments {
                PathArguments::None => is_one_of(CLONE),
                _ => {
                    is_one_of(POINTERS)
                        || CONTAINERS
                            .iter()
                            .any(|name| argument_of(bare, name).is_some_and(is_known_clone))
                }
            }
        }
    }
}
