#[derive(Classify)]
enum ApiError {
    #[classify(rate_limited, retry_after = wait, request_id = id)]
    Busy { wait: Option<Duration>, id: String, attempts: u8 },
    #[classify(status = 0, code = 1, message = 1)]
    Status(u16, String),
    #[classify(invalid_request, status = status, kind = kind, param = param)]
    Refused { status: StatusCode, kind: String, param: Option<String> },
    #[classify(delegate)]
    Io(io::Error),
    #[classify(delegate = source, code = r#type)]
    Typed { r#type: u32, source: Box<dyn Error + Send + Sync> },
    #[classify(rejection)]
    Rejected(Rejection),
    #[classify(unknown)]
    Other,
}
