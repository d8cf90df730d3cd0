#[derive(Classify)]
#[classify(crate = crate::engine)]
#[classify(rejection)]
struct Failure(#[source] Rejection);
