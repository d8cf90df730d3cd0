//! Streams: an attempt opens one and reads it up to its first content, and succeeds with that. From
//! then on the stream is the caller's, and a failure is its last item.
//!
//! Before its content, a stream is as any other attempt: `opening`. What the attempt held is held
//! on until the stream ends: `begun` takes it from the call, and `held` settles it, with the
//! upstream of `account`.

mod account;
mod begun;
mod content;
mod first;
mod gap;
mod held;
mod opening;
mod resilient;
mod resume;
mod returned;

pub use crate::ambient::Kept;
pub use account::{AnyUpstream, HeldUpstream, NoHeldUpstream, StreamUpstream};
pub use begun::Begun;
pub use content::Content;
pub use first::Opened;
pub use opening::{Opening, StreamTimes};
pub use resilient::Resilient;
pub use resume::{NoResume, ResumeBy};
pub use returned::{FromBegun, item_error};
