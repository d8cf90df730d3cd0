//! The settings of a failover.

use super::Failover;
use crate::{Class, Upstream};
use std::time::Duration;

/// The most targets of one failover.
const MOST: usize = 16;
/// The most classes that have a target of their own.
const MOST_CLASSES: usize = 8;

/// The settings of a failover.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) name: &'static str,
    pub(super) targets: [Option<Entry>; MOST],
    len: usize,
    pub(crate) prefer_wait: Duration,
    pub(super) sticky: Option<Duration>,
    on: [Option<(Class, u8)>; MOST_CLASSES],
}

/// A target as it was given.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) upstream: &'static Upstream,
    pub(super) name: &'static str,
}

impl Settings {
    /// The target that answers failures of this class.
    pub(crate) fn target_for(&self, class: Class) -> Option<u8> {
        let mut rules = self.on.iter().flatten();
        rules.find(|rule| rule.0 == class).map(|rule| rule.1)
    }
}

/// A failover without a target: [`to`](Self::to) or [`to_keys`](Self::to_keys) adds the first.
#[derive(Clone, Copy, Debug)]
#[must_use = "a failover needs a target"]
pub struct NewFailover(&'static str);

impl NewFailover {
    /// Adds the first target: [`Failover::to`].
    pub const fn to(self, upstream: &'static Upstream, name: &'static str) -> Failover {
        self.empty().to(upstream, name)
    }

    /// Adds the first targets: [`Failover::to_keys`].
    ///
    /// # Panics
    /// Without a name, and as [`Failover::to_keys`].
    pub const fn to_keys(
        self,
        upstream: &'static Upstream,
        names: &'static [&'static str],
    ) -> Failover {
        assert!(!names.is_empty(), "a failover needs a target");
        self.empty().to_keys(upstream, names)
    }

    const fn empty(self) -> Failover {
        Failover::of(Settings {
            name: self.0,
            targets: [None; MOST],
            len: 0,
            prefer_wait: Duration::ZERO,
            sticky: None,
            on: [None; MOST_CLASSES],
        })
    }
}

impl Failover {
    /// A failover of this name, which appears in events and errors. At least one target has to
    /// follow.
    ///
    /// # Panics
    /// If the name is empty; in a `static`, that does not compile.
    #[expect(clippy::new_ret_no_self, reason = "without a target it is no failover")]
    pub const fn new(name: &'static str) -> NewFailover {
        assert!(!name.is_empty(), "a failover needs a name");
        NewFailover(name)
    }

    /// Adds a target, behind those before it: an upstream, and the name under which it keeps the
    /// state of this target, as with `key = name`. The body gets both as
    /// [`Target`](crate::Target).
    ///
    /// # Panics
    /// With more than 16 targets, or with two of one name at one upstream; in a `static`, that does
    /// not compile.
    #[must_use]
    pub const fn to(mut self, upstream: &'static Upstream, name: &'static str) -> Self {
        let len = self.settings.len;
        assert!(len < MOST, "a failover has at most 16 targets");
        let mut at = 0;
        while at < len {
            if let Some(other) = get(&self.settings.targets, at) {
                let is_same = is_same(other.name, name)
                    && is_same(other.upstream.const_name(), upstream.const_name());
                assert!(!is_same, "two targets with one name at one upstream");
            }
            at = at.saturating_add(1);
        }
        set(&mut self.settings.targets, len, Entry { upstream, name });
        self.settings.len = len.saturating_add(1);
        self
    }

    /// Adds a target for each key of one provider, by the names of the keys, which events show:
    /// never pass the keys themselves. The body looks the key up by the name.
    ///
    /// Most providers meter projects or organisations, so that two keys of one project share their
    /// limits, and their terms may forbid using several accounts to get around a limit: read them
    /// first.
    ///
    /// # Panics
    /// As [`to`](Self::to).
    #[must_use]
    pub const fn to_keys(
        mut self,
        upstream: &'static Upstream,
        names: &'static [&'static str],
    ) -> Self {
        let mut rest = names;
        while let [name, others @ ..] = rest {
            self = self.to(upstream, name);
            rest = others;
        }
        self
    }

    /// Waits for at most this long for a better target before another one is taken. Only a known
    /// wait counts: a limit that refills, a gate, or a `Retry-After`. Default: zero.
    #[must_use]
    pub const fn prefer_wait(mut self, wait: Duration) -> Self {
        self.settings.prefer_wait = wait;
        self
    }

    /// Keeps a caller at the target that served it last, until this time has passed since then:
    /// where its prompt cache is. The argument `key` of the attribute tells callers apart; without
    /// it, all calls are those of one caller. A target that cannot serve is left all the same.
    /// Default: callers do not stay.
    #[must_use]
    pub const fn sticky(mut self, time: Duration) -> Self {
        self.settings.sticky = Some(time);
        self
    }

    /// Answers failures of this class at the target with this name: a longer context at another
    /// model, say. Without it, classes about the request end the call.
    ///
    /// # Panics
    /// If no target before has this name, or two have it, if the class has a target already, or
    /// with more than eight classes; in a `static`, that does not compile.
    #[must_use]
    pub const fn on(mut self, class: Class, name: &'static str) -> Self {
        let (mut at, mut found) = (0_u8, None);
        while let Some(target) = get(&self.settings.targets, at as usize) {
            if is_same(target.name, name) {
                assert!(found.is_none(), "two targets before this have this name");
                found = Some(at);
            }
            at = at.saturating_add(1);
        }
        assert!(found.is_some(), "no target before this has this name");
        let Some(found) = found else { return self };
        let mut place = 0;
        while let Some((other, _)) = get(&self.settings.on, place) {
            assert!(
                other as u8 != class as u8,
                "this class has a target already"
            );
            place = place.saturating_add(1);
        }
        assert!(
            place < MOST_CLASSES,
            "at most 8 classes have a target of their own"
        );
        set(&mut self.settings.on, place, (class, found));
        self
    }
}

/// The value at this place; none behind the last one.
#[expect(clippy::indexing_slicing, reason = "after a look at the length")]
const fn get<T: Copy>(all: &[Option<T>], at: usize) -> Option<T> {
    if at < all.len() { all[at] } else { None }
}

#[expect(clippy::indexing_slicing, reason = "the caller has checked the length")]
const fn set<T: Copy>(all: &mut [Option<T>], at: usize, value: T) {
    all[at] = Some(value);
}

/// Whether two texts are the same, in a constant.
const fn is_same(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    while let ([x, others_a @ ..], [y, others_b @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (others_a, others_b);
    }
    true
}
