//! Values from a file and from environment variables, changed while the program runs.

mod contradictions;
mod error;
mod file;
mod keys;
mod limits;
mod lookup;
mod names;
mod parse;
mod schema;
mod section;
mod store;
mod text;
mod value;
mod variables;
mod watch;

pub use error::{ConfigFileError, Mistake};
pub use file::{from_env, load, load_str, reload};
pub use parse::Config;
pub use schema::schema;
pub use store::unmatched;
pub use watch::{Watching, watch};

use crate::Level;

/// The level that the configuration gives to an event, such as `giving up`.
pub fn level_of(event: &str) -> Option<Level> {
    crate::event::level_of(event)
}
