//! Caps on requests, tokens and money in windows of the calendar, as plain data.

mod amount;
#[cfg(feature = "bulk")]
mod costs;
mod money;
mod parse;
mod period;
mod price;
mod reader;
mod settings;
mod usage;

pub use amount::Amount;
#[cfg(feature = "bulk")]
pub(crate) use costs::Costs;
pub use money::Money;
pub use period::{CapPeriod, UtcOffset};
pub(crate) use period::{Window, written};
pub use price::Price;
pub use settings::{Cap, Caps};
pub use usage::CapUsage;
