//! A borrow of `&mut self` in the result.

use resilient_runtime::resilient;
use std::{borrow::Cow, io};

struct Cache {
    text: String,
}

impl Cache {
    #[resilient]
    async fn elided(&mut self) -> io::Result<&str> {
        self.text.push('!');
        Ok(&self.text)
    }

    #[resilient]
    async fn named<'a>(&'a mut self, other: &str) -> io::Result<&'a str> {
        self.text.push_str(other);
        Ok(&self.text)
    }

    #[resilient]
    async fn in_a_type(&mut self) -> io::Result<Cow<'_, str>> {
        Ok(Cow::Borrowed(&self.text))
    }
}

fn main() {}
