//! Stage upstream: the limit of calls at one time.
