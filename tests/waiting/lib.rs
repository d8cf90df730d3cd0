//! The bench is all there is.
