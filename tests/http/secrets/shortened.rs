//! A report shows scheme, host and a shortened path; the rest of the URL is shown by `curl`.

use http::{HeaderMap, Method, StatusCode};
use resilient_runtime::ApiError;

fn error(url: &str) -> ApiError {
    let answer = ApiError::from_answer(StatusCode::BAD_REQUEST, &HeaderMap::new(), b"");
    answer.method(Method::GET).url(url)
}

/// The URL as a report shows it.
fn reported(error: &ApiError) -> String {
    let report = format!("{error:#}");
    let line = report
        .lines()
        .find_map(|line| line.strip_prefix("  request: GET "));
    line.unwrap().to_owned()
}

#[test]
fn f299_a_report_shows_scheme_host_and_a_shortened_path() {
    let a = |length| "a".repeat(length);
    for (url, expected) in [
        ("https://h", "https://h".to_owned()),
        ("https://h/", "https://h/".to_owned()),
        (
            "https://h/v1/chat/completions",
            "https://h/v1/chat/completions".to_owned(),
        ),
        ("https://h/v1/?q=1&page=2", "https://h/v1/?…".to_owned()),
        (
            "https://h:8443/v1/files/123e4567-e89b-12d3-a456-426614174000/content?download",
            "https://h:8443/v1/files/123e4567-e89b-12d3-a456-426614174000/content?…".to_owned(),
        ),
        (
            "https://h/v1/projects/mine/locations/us-central1/publishers/google/models/gemini-pro:streamGenerateContent",
            "https://h/v1/projects/mine/locations/…/models/gemini-pro:streamGenerateContent"
                .to_owned(),
        ),
        // The longest that are shown whole, and the shortest that are not.
        (
            &format!("https://h/{}", a(40)),
            format!("https://h/{}", a(40)),
        ),
        (
            &format!("https://h/{}", a(41)),
            format!("https://h/{}…", a(39)),
        ),
        (
            &format!("https://h/{}/{}", a(39), a(39)),
            format!("https://h/{}/{}", a(39), a(39)),
        ),
        (
            &format!("https://h/{}/{}", a(39), a(40)),
            format!("https://h/…/{}", a(40)),
        ),
        (
            &format!("https://h/{}/{}", a(40), a(39)),
            format!("https://h/…/{}", a(39)),
        ),
        (
            &format!("https://h/{}b", "a/".repeat(60)),
            format!("https://h/{}…/a/b", "a/".repeat(37)),
        ),
    ] {
        let error = error(url);
        assert_eq!(reported(&error), expected, "{url}");
        let debugged = format!("{error:?}");
        assert!(debugged.contains(&format!("GET {expected}")), "{debugged}");
        let path = expected.split('?').next().unwrap();
        let (_, path) = path.split_once("://").unwrap();
        assert!(path.chars().count() <= 80 + "h:8443".len(), "{path}");
    }
}

#[test]
fn f299_the_whole_url_is_shown_by_curl() {
    let url = format!("https://h/{}/x?api-version=1", "long-".repeat(20));
    let error = error(&url);
    assert_eq!(error.request(), Some(format!("GET {url}")));
    assert_eq!(error.curl(), Some(format!("curl -X GET '{url}'")));
}
