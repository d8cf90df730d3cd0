#[derive(Classify)]
enum ApiError {
    #[error(transparent)]
    #[classify(delegate)]
    Transport(#[from] reqwest::Error),
    #[error(transparent)]
    #[classify(rejection)]
    Rejected(#[from] Rejection),
}
