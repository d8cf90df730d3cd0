//! Reads a text byte by byte, also in a constant.

/// A part of a text that is still to be read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'t> {
    rest: &'t [u8],
}

impl<'t> Reader<'t> {
    pub(super) const fn new(rest: &'t [u8]) -> Self {
        Self { rest }
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next byte; zero at the end.
    pub(super) const fn peek(&self) -> u8 {
        match self.rest {
            [first, ..] => *first,
            [] => 0,
        }
    }

    pub(super) const fn skip(&mut self) {
        if let [_, rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    pub(super) const fn skip_spaces(&mut self) {
        while self.peek().is_ascii_whitespace() {
            self.skip();
        }
    }

    /// Whether the next byte is this one, which is then read.
    pub(super) const fn eat(&mut self, byte: u8) -> bool {
        let is_it = self.peek() == byte && !self.is_at_end();
        if is_it {
            self.skip();
        }
        is_it
    }

    /// The letters up to the next other byte.
    pub(super) const fn word(&mut self) -> &'t [u8] {
        let start = self.rest;
        let mut length = 0_usize;
        while self.peek().is_ascii_alphabetic() {
            self.skip();
            length = length.saturating_add(1);
        }
        start.split_at(length).0
    }

    /// The part up to a comma, which is read with it.
    pub(super) const fn up_to_comma(&mut self) -> Self {
        let start = self.rest;
        let mut length = 0_usize;
        while !self.is_at_end() && self.peek() != b',' {
            self.skip();
            length = length.saturating_add(1);
        }
        self.skip();
        Self::new(start.split_at(length).0)
    }

    /// A number of at most three digits.
    pub(super) const fn small(&mut self) -> Option<i16> {
        let mut number = 0_i16;
        let mut digits = 0_u8;
        while self.peek().is_ascii_digit() {
            let digit = self.peek().saturating_sub(b'0');
            number = number.saturating_mul(10).saturating_add(digit as i16);
            digits = digits.saturating_add(1);
            self.skip();
        }
        if digits == 0 || digits > 3 {
            return None;
        }
        Some(number)
    }
}

/// Whether a word is this one.
pub(super) const fn is(word: &[u8], other: &str) -> bool {
    is_equal(word, other.as_bytes(), false)
}

/// Whether a word is one of these, in letters of any case.
pub(super) const fn is_any(word: &[u8], mut others: &[&str]) -> bool {
    while let [first, rest @ ..] = others {
        if is_equal(word, first.as_bytes(), true) {
            return true;
        }
        others = rest;
    }
    false
}

const fn is_equal(mut one: &[u8], mut other: &[u8], any_case: bool) -> bool {
    loop {
        match (one, other) {
            ([a, rest @ ..], [b, others @ ..]) => {
                let is_same = if any_case {
                    a.eq_ignore_ascii_case(b)
                } else {
                    *a == *b
                };
                if !is_same {
                    return false;
                }
                (one, other) = (rest, others);
            }
            ([], []) => return true,
            _ => return false,
        }
    }
}
