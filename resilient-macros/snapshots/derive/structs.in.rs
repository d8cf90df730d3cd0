#[derive(Classify)]
#[classify(status = status)]
#[classify(retry_after = wait)]
struct ApiError {
    status: u16,
    wait: Duration,
}
