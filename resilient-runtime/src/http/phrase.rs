//! Phrases that are searched in messages.

/// The row of the first letter of a pair in the table. Other characters are mapped to letters.
pub(super) const fn first(byte: u8) -> usize {
    (byte & 31) as usize
}

/// The bit of its second letter.
const fn second(byte: u8) -> u32 {
    1_u32.wrapping_shl(byte as u32)
}

/// The bit of each byte. A table, because a shift for every byte of a message costs more.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
pub(super) static SECONDS: [u32; 256] = {
    let mut seconds = [0; 256];
    let mut byte = u8::MAX;
    loop {
        seconds[byte as usize] = second(byte);
        if byte == 0 {
            break seconds;
        }
        byte -= 1;
    }
};

/// A phrase in lower case, and six pairs of neighbouring letters in it.
pub(super) struct Phrase {
    pub(super) text: &'static str,
    pub(super) pairs: [(u8, u32); 6],
}

impl Phrase {
    pub(super) const fn of(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        let end = bytes.len().saturating_sub(2);
        let pairs = [
            Self::pair(bytes, 0),
            Self::pair(bytes, end),
            Self::pair(bytes, end / 2),
            Self::pair(bytes, end / 4),
            Self::pair(bytes, end.saturating_sub(end / 4)),
            Self::pair(bytes, end / 3),
        ];
        Self { text, pairs }
    }

    /// The pair at this place; a phrase has at least two bytes.
    const fn pair(bytes: &[u8], at: usize) -> (u8, u32) {
        let (_, rest) = bytes.split_at(at);
        match rest {
            [one, other, ..] => (*one & 31, second(*other)),
            // One letter: it follows anything or nothing, so the pair is one that no text has.
            _ => (0, 0),
        }
    }
}

/// A list of phrases, given in lower case.
macro_rules! says {
    ($($phrase:literal),* $(,)?) => { &[$($crate::http::phrase::Phrase::of($phrase)),*] };
}
pub(super) use says;
