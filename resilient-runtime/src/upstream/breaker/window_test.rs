//! The window slides, counts exactly and accepts any time.

use super::*;
use std::thread;

const LENGTH: Duration = Duration::from_secs(8);

/// Buckets end up to 7 ns late; these moments lie behind that.
const fn at(millis: u64) -> Moment {
    Moment(1_000_000_008_u64.saturating_add(millis.saturating_mul(1_000_000)))
}

/// Counts a success the way a circuit does.
fn succeed(window: &Window, tally: &mut Tally, now: Moment) {
    if !window.success(now) {
        window.late_success(tally, now, LENGTH, false);
    }
}

fn calls(window: &Window, tally: &mut Tally, now: Moment) -> u64 {
    window.advance(tally, now, LENGTH);
    window.counts(tally).calls
}

#[test]
fn window_slides_by_eighths() {
    let (window, mut tally) = (Window::new(), Tally::EMPTY);
    for second in 0..8 {
        for _ in 0..=second {
            succeed(&window, &mut tally, at(second * 1_000));
        }
    }
    assert_eq!(calls(&window, &mut tally, at(7_999)), 36);
    // The first second held one call, the next two.
    assert_eq!(calls(&window, &mut tally, at(8_001)), 35);
    assert_eq!(calls(&window, &mut tally, at(9_001)), 33);
    // Several buckets at once.
    assert_eq!(calls(&window, &mut tally, at(12_001)), 21);
    assert_eq!(calls(&window, &mut tally, at(15_001)), 0);
}

#[test]
fn window_is_empty_after_a_long_silence() {
    for silence in [8_000, 8_001, 16_000, 1_000_003, u64::MAX / 2_000_000] {
        let (window, mut tally) = (Window::new(), Tally::EMPTY);
        succeed(&window, &mut tally, at(0));
        window.failure(&mut tally, at(1), LENGTH, true);
        window.failure(&mut tally, at(1 + silence), LENGTH, false);
        let counts = Counts {
            calls: 1,
            failures: 1,
            slow: 0,
        };
        assert_eq!(window.counts(&tally), counts, "after {silence} ms");
    }
}

#[test]
fn call_counts_for_at_least_seven_eighths_of_the_window() {
    for offset in [0, 1, 500, 999] {
        let (window, mut tally) = (Window::new(), Tally::EMPTY);
        succeed(&window, &mut tally, at(0));
        succeed(&window, &mut tally, at(offset));
        assert!(calls(&window, &mut tally, at(6_999)) == 2, "{offset}");
        assert!(calls(&window, &mut tally, at(8_000)) == 0, "{offset}");
    }
}

#[test]
fn window_tolerates_small_clock_differences_between_threads() {
    let (window, mut tally) = (Window::new(), Tally::EMPTY);
    succeed(&window, &mut tally, at(1_000_000));
    for millis in [999_999, 999_500, 999_001] {
        succeed(&window, &mut tally, at(millis));
        window.failure(&mut tally, at(millis), LENGTH, false);
    }
    let counts = Counts {
        calls: 7,
        failures: 3,
        slow: 0,
    };
    assert_eq!(window.counts(&tally), counts);
    assert_eq!(calls(&window, &mut tally, at(1_008_000)), 0);
}

#[test]
fn window_accepts_any_length_and_moment() {
    let lengths = [0, 1, 7, 63, 64, 1_000, u64::MAX].map(Duration::from_nanos);
    for length in lengths.into_iter().chain([Duration::MAX]) {
        let (window, mut tally) = (Window::new(), Tally::EMPTY);
        for now in [0, 1, 1 << 40, u64::MAX - 1, u64::MAX, u64::MAX, 3] {
            window.late_success(&mut tally, Moment(now), length, true);
            window.failure(&mut tally, Moment(now), length, true);
            let counts = window.counts(&tally);
            assert!(counts.failures >= 1 && counts.calls >= 2, "{counts:?}");
        }
        if length == Duration::MAX {
            assert!(window.success(Moment(1 << 60)));
        }
    }
}

#[test]
fn window_loses_no_success_of_concurrent_threads() {
    let (window, mut tally) = (Window::new(), Tally::EMPTY);
    window.advance(&mut tally, at(0), LENGTH);
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for _ in 0..10_000 {
                    assert!(window.success(at(1)));
                }
            });
        }
    });
    assert_eq!(window.counts(&tally).calls, 60_000);
}

#[test]
fn thread_counts_in_one_valid_stripe() {
    for _ in 0..2 * STRIPES {
        let places = thread::scope(|scope| scope.spawn(|| [stripe(), stripe()]).join());
        assert!(places.is_ok_and(|[a, b]| a == b && a < STRIPES));
    }
}

#[test]
fn f09_a_window_starts_again_when_the_clock_goes_back() {
    let (window, mut tally) = (Window::new(), Tally::EMPTY);
    succeed(&window, &mut tally, at(86_400_000));
    // A difference between two threads' readings is ignored.
    assert_eq!(calls(&window, &mut tally, at(86_399_500)), 1);
    assert_eq!(calls(&window, &mut tally, at(1_000)), 0);
    succeed(&window, &mut tally, at(1_000));
    assert_eq!(calls(&window, &mut tally, at(2_000)), 1);
    assert_eq!(calls(&window, &mut tally, at(10_000)), 0);
}
