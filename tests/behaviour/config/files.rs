//! Files that cannot be read, or not as a whole: nothing changes then.

use super::{plain, tries};
use resilient_runtime::{
    config::{self, Config},
    testing::{Step, record},
};
use resilient_tests::Recorder;
use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

/// A folder that is removed.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let name = format!("resilient-config-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("resilient.toml")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The values before stay in effect, and one event says why.
async fn is_rejected(folder: &Folder, message: &str) {
    let (recorder, recording) = Recorder::start();
    let reload = async { config::reload().unwrap_err().to_string() };
    let (error, trace) = record(reload).await;
    drop(recording);
    let steps: Vec<_> = trace.steps().collect();
    assert_eq!(steps, [&Step::ConfigurationRejected], "observers hear it");
    assert!(error.contains(message), "{error}");
    let path = folder.file().display().to_string();
    assert!(error.starts_with(&path), "{error}");
    let events = recorder.events();
    let rejected = events
        .iter()
        .filter(|it| it.message == "configuration rejected");
    assert_eq!(rejected.count(), 1, "{events:?}");
    assert_eq!(tries(plain).await, 2);
}

fn loaded() -> Folder {
    let folder = Folder::new();
    fs::write(folder.file(), "[call.\"app::plain\"]\nattempts = 2\n").unwrap();
    config::load(folder.file()).unwrap();
    folder
}

#[resilient_runtime::test(no_waits)]
async fn f232_a_file_that_is_not_utf_8_changes_nothing() {
    let folder = loaded();
    fs::write(folder.file(), b"[default]\nattempts = 3 # \xff\xfe\n").unwrap();
    is_rejected(&folder, "not UTF-8, from line 2, column 16").await;
}

#[resilient_runtime::test(no_waits)]
async fn f233_a_file_of_ten_megabytes_is_refused_by_its_size() {
    let folder = loaded();
    fs::write(folder.file(), vec![b'#'; 10_000_000]).unwrap();
    is_rejected(&folder, "10000000 bytes are too many").await;
    let text = "#".repeat(10_000_000);
    assert!(Config::parse(&text, "text").is_err());
}

#[resilient_runtime::test(no_waits)]
async fn f234_a_file_that_is_half_written_changes_nothing() {
    let folder = loaded();
    let whole = "[call.\"app::plain\"]\nattempts = 4\ntimeout = \"20s\"\n";
    // If it ends between two lines, it is whole as far as anybody can tell.
    for (end, _) in whole.char_indices().filter(|(end, _)| *end > 19) {
        if whole[..end].ends_with('\n') || whole[..end].ends_with('4') {
            continue;
        }
        if Config::parse(&whole[..end], "half").is_ok() {
            assert_eq!(end, whole.len() - 1);
            continue;
        }
        fs::write(folder.file(), &whole[..end]).unwrap();
        is_rejected(&folder, ":").await;
    }
}

#[resilient_runtime::test(no_waits)]
async fn f235_a_file_that_is_deleted_changes_nothing_until_there_is_one_again() {
    let folder = loaded();
    fs::remove_file(folder.file()).unwrap();
    is_rejected(&folder, "cannot be read").await;
    fs::write(folder.file(), "[call.\"app::plain\"]\nattempts = 3\n").unwrap();
    config::reload().unwrap();
    assert_eq!(tries(plain).await, 3);
}

#[resilient_runtime::test(no_waits)]
async fn f236_a_file_that_is_replaced_by_a_rename_is_read_by_its_name() {
    let folder = loaded();
    assert_eq!(tries(plain).await, 2);
    let next = folder.0.join("next");
    fs::write(&next, "[call.\"app::plain\"]\nattempts = 3\n").unwrap();
    fs::rename(next, folder.file()).unwrap();
    config::reload().unwrap();
    assert_eq!(tries(plain).await, 3);
}

#[resilient_runtime::test(no_waits)]
async fn f237_a_directory_in_the_place_of_the_file_changes_nothing() {
    let folder = loaded();
    fs::remove_file(folder.file()).unwrap();
    fs::create_dir(folder.file()).unwrap();
    is_rejected(&folder, "it is a directory").await;
}

#[cfg(unix)]
#[resilient_runtime::test(no_waits)]
async fn f239_something_that_never_ends_is_not_read() {
    let error = config::load("/dev/zero").unwrap_err();
    assert!(error.to_string().contains("not a regular file"), "{error}");
}

/// The thread that watches belongs to no test: this one has the configuration of the program.
#[test]
fn a_watched_file_is_read_again_after_every_kind_of_change() {
    let folder = Folder::new();
    let section = |name: &str| format!("[call.\"{name}\"]\nattempts = 2\n");
    fs::write(folder.file(), section("watched-1")).unwrap();
    let watching = config::watch(folder.file()).unwrap();
    let waits_for = |name: &str| {
        let expected = [format!("call.\"{name}\"")];
        for _ in 0..3_000 {
            if config::unmatched() == expected {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("{name}: {:?}", config::unmatched());
    };
    waits_for("watched-1");
    fs::write(folder.file(), section("watched-22")).unwrap();
    waits_for("watched-22");
    let next = folder.0.join("next");
    fs::write(&next, section("watched-333")).unwrap();
    fs::rename(next, folder.file()).unwrap();
    waits_for("watched-333");
    // Of the same length and time as the one before.
    let time = fs::metadata(folder.file()).unwrap().modified().unwrap();
    let next = folder.0.join("next");
    fs::write(&next, section("watched-334")).unwrap();
    let file = fs::File::options().write(true).open(&next).unwrap();
    file.set_modified(time).unwrap();
    fs::rename(next, folder.file()).unwrap();
    waits_for("watched-334");
    fs::remove_file(folder.file()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    waits_for("watched-334");
    fs::write(folder.file(), section("watched-4444")).unwrap();
    waits_for("watched-4444");
    drop(watching);
    Config::default().apply();
}

#[resilient_runtime::test]
async fn a_byte_order_mark_is_no_mistake() {
    let folder = loaded();
    fs::write(folder.file(), "\u{feff}[default]\nattempts = 3\n").unwrap();
    config::reload().unwrap();
}
