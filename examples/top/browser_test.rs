//! The page in a real browser: Debian's `chromium`, without a window. Without it, the tests pass
//! with a message, unless `CI` is set.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it does nothing"
)]

mod fault_test;

use fault_test::Fault;
use resilient_runtime::{
    Backoff, Classification, Jitter, Policy, Upstream, observe, testing::isolated,
};
use resilient_top::{
    page::page,
    recording::{Limits, Recorder, Recording},
    traffic::call as numbered,
};
use std::{
    collections::HashMap,
    fs,
    net::TcpListener,
    path::PathBuf,
    process::{Command, id},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};
use tokio::time::timeout;

/// A message of a hostile server, which fetches this address if it is read as HTML.
fn hostile(address: &str) -> String {
    format!(
        "</script><img src={address} onerror=\"document.title='owned'\">\
         <script>document.title='owned'</script>{{{{script}}}}"
    )
}

const CALLS: usize = 40;

/// A run with every outcome, whose failures have this message.
fn recording(message: &str) -> Recording {
    static API: Upstream = Upstream::new("api");
    // An observer hears of the calls of all tests.
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap();
    let second = Duration::from_secs(1);
    let backoff = Backoff::fixed(second).jitter(Jitter::None);
    let policy = Policy::new().attempts(3).backoff(backoff);
    let recorder = Recorder::start(Limits::default());
    let observation = observe(recorder.clone());
    let call = async |number: usize| {
        let mut failures = number.checked_rem(5).unwrap();
        let body = async || {
            tokio::time::sleep(second).await;
            let fails = failures > 0;
            failures = failures.saturating_sub(1);
            let failure = Classification::of_status(500).message(message);
            if fails { Err(Fault(failure)) } else { Ok(()) }
        };
        let call = API.call::<(), Fault>("ask").policy(&policy).run(body);
        let is_dropped = number.checked_rem(7) == Some(0);
        let patience = Duration::from_millis(if is_dropped { 500 } else { 60_000 });
        let _ = timeout(patience, numbered(call)).await;
    };
    let run = async {
        for number in 0..CALLS {
            call(number).await;
        }
        API.isolate();
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(isolated(run));
    observation.stop();
    drop(alone);
    recorder.recording()
}

/// Writes into the frame around the page what has become of it.
const PROBE: &str = include_str!("probe.js");

/// The page in a frame of the width of a phone, which is narrower than any window of a browser.
fn framed(page: &str) -> String {
    let page = page.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        "<!doctype html><meta charset=utf-8><body>\
         <iframe width=390 height=800 frameborder=0></iframe>\
         <script>{PROBE}</script><script>frame.srcdoc = document.currentScript.dataset.page</script>"
    )
    .replace("<script>frame", &format!("<script data-page=\"{page}\">frame"))
}

/// The document that a browser makes of a file; `None` without a browser.
fn dump(name: &str, html: &str) -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("page.html");
    fs::write(&file, html).unwrap();
    let output = Command::new("chromium")
        .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
        .args(["--no-first-run", "--disable-background-networking"])
        .args([
            "--no-proxy-server",
            "--virtual-time-budget=5000",
            "--timeout=60000",
        ])
        .arg(format!("--user-data-dir={}", folder.display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", file.display()))
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "chromium: {error}");
            println!("skipped, for chromium is not installed: {error}");
            return None;
        }
    };
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {log}", output.status);
    fs::remove_dir_all(&folder).unwrap();
    Some(dom)
}

/// The findings of the probe.
fn found() -> Option<&'static HashMap<String, serde_json::Value>> {
    static FOUND: OnceLock<Option<HashMap<String, serde_json::Value>>> = OnceLock::new();
    let probe = || {
        let page = page(&recording(&hostile("x"))).unwrap();
        let dom = dump("probe", &framed(&page))?;
        let dom = dom
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        let entries = dom.lines().filter_map(|line| line.split_once('='));
        let value = |text: &str| serde_json::from_str(text).ok();
        let found: HashMap<_, _> = entries
            .filter_map(|(name, text)| Some((name.to_owned(), value(text)?)))
            .collect();
        assert!(found.contains_key("rows"), "{dom}");
        Some(found)
    };
    FOUND.get_or_init(probe).as_ref()
}

#[test]
fn the_page_has_a_row_for_each_call_and_no_error() {
    let Some(found) = found() else { return };
    assert_eq!(found["error"], "none");
    assert_eq!(found["ready"], CALLS.to_string());
    assert_eq!(found["rows"], CALLS);
    assert!(found["bars"].as_u64() > Some(100), "{found:?}");
    // The style is permitted, too.
    assert_eq!(found["styled"], "fixed");
}

#[test]
fn texts_of_a_server_make_no_element() {
    let Some(found) = found() else { return };
    assert_eq!(found["foreign"], 0);
    assert!(!found["title"].to_string().contains("owned"), "{found:?}");
    // It is there, as text.
    assert_eq!(found["message"], true);
}

#[test]
fn the_page_is_not_wider_than_a_phone() {
    let Some(found) = found() else { return };
    assert_eq!(found["width"], 390);
    assert_eq!(found["overflow"], false);
}

#[test]
fn a_keyboard_reaches_every_call_and_its_steps() {
    let Some(found) = found() else { return };
    assert_eq!(found["stops"], 1);
    let focused = found["focused"].to_string();
    assert!(
        focused.contains("2 ask") && focused.contains("ok after retry"),
        "{focused}"
    );
    let tip = found["tip"].to_string();
    assert!(
        tip.contains("attempt 1 failed: server error (500), 1.00 s"),
        "{tip}"
    );
    // An attempt, a wait, an attempt.
    assert_eq!(
        (&found["steps"], &found["expanded"]),
        (&3.into(), &"true".into())
    );
    // Every seventh call was dropped.
    assert_eq!(found["filtered"], 6);
}

/// Whether a browser connects to the port in a page; `None` without a browser.
fn connects(name: &str, page: impl FnOnce(&str) -> String) -> Option<bool> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let page = page(&format!("http://{}/", listener.local_addr().unwrap()));
    let connected = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&connected);
    thread::spawn(move || {
        // Each connection is closed at once.
        for _ in listener.incoming() {
            seen.store(true, Ordering::Relaxed);
        }
    });
    dump(name, &page)?;
    Some(connected.load(Ordering::Relaxed))
}

#[test]
fn the_page_makes_no_request() {
    let Some(of_html) = connects("html", |address| format!("<img src={address}>")) else {
        return;
    };
    assert!(of_html, "an image that is HTML is requested");
    let of_page = connects("page", |address| {
        page(&recording(&hostile(address))).unwrap()
    });
    assert_eq!(of_page, Some(false));
}

/// Without the escapes, its policy still permits nothing.
#[test]
fn the_policy_of_the_page_permits_no_image_and_no_script_of_others() {
    let found = connects("injected", |address| {
        let page = page(&recording("")).unwrap();
        let hostile = hostile(address);
        page.replacen("<main>", &format!("<main><p>{hostile}</p>"), 1)
    });
    let Some(found) = found else { return };
    assert!(!found);
}
