//! Names of `__private` that messages of the compiler contain. It shows the first path that it
//! finds.

pub use crate::__private::{
    AsKey, AsPolicy, AsStatus, AsText, AsWait, Call, IntoFallback, Plan, ReturnType,
};
