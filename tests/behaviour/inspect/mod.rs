//! The settings in effect, as `policy_of` and `upstream_of` show them.

mod lookup;
mod policy;
mod upstream;
