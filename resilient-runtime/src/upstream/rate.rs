//! Stage upstream: the limiter of requests and tokens.
