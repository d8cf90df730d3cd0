//! A JSON reader that borrows from the body.

use serde_core::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use std::{borrow::Cow, fmt};

/// A JSON value. Its strings borrow from the body, unless they contain escapes.
pub(super) enum Json<'t> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'t, str>),
    Array(Vec<Self>),
    Object(Vec<(Cow<'t, str>, Self)>),
}

impl<'t> Json<'t> {
    /// Parses `text`, if it is JSON and nothing else.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// A member; the last one of several with this name.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let mut members = members.iter().rev();
        members.find_map(|(found, value)| (found == name).then_some(value))
    }

    /// A member that is not null.
    pub(super) fn present(&self, name: &str) -> Option<&Self> {
        self.get(name).filter(|value| !matches!(value, Self::Null))
    }

    /// Whether it is more than an empty value, `null`, `false` or zero.
    pub(super) fn says_something(&self) -> bool {
        match self {
            Self::Null | Self::Bool(false) => false,
            Self::Bool(true) => true,
            Self::Number(number) => number.as_f64() != Some(0.0),
            Self::Text(text) => !text.is_empty(),
            Self::Array(elements) => !elements.is_empty(),
            Self::Object(members) => !members.is_empty(),
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of an array; empty for other values.
    pub(super) fn elements(&self) -> &[Self] {
        match self {
            Self::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The members of an object; empty for other values.
    pub(super) fn members(&self) -> &[(Cow<'t, str>, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    pub(super) fn word_or_number(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }
}

impl<'t> Deserialize<'t> for Json<'t> {
    fn deserialize<D: Deserializer<'t>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(Reader)
    }
}

struct Reader;

impl<'t> Visitor<'t> for Reader {
    type Value = Json<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json<'t>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'t>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'t>, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'t>, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json<'t>, E> {
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Json<'t>, E> {
        Ok(Json::Text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'t>, E> {
        Ok(Json::Text(text.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut source: A) -> Result<Json<'t>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = source.next_element()? {
            elements.push(element);
        }
        Ok(Json::Array(elements))
    }

    fn visit_map<A: MapAccess<'t>>(self, mut source: A) -> Result<Json<'t>, A::Error> {
        let mut members = Vec::new();
        while let Some((name, value)) = source.next_entry()? {
            match (name, value) {
                // The form of a number with serde_json's feature `arbitrary_precision`.
                (Json::Text(name), Json::Text(number))
                    if name == "$serde_json::private::Number" =>
                {
                    return number.parse().map(Json::Number).map_err(Error::custom);
                }
                (Json::Text(name), value) => members.push((name, value)),
                _ => return Err(Error::custom("a name is a text")),
            }
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Json<'_> {
        Json::read(text).unwrap_or(Json::Null)
    }

    #[test]
    fn json_copies_only_strings_with_escapes() {
        let json = read(r#"{"plain": "text", "with\u0020escape": "a\nb"}"#);
        assert!(matches!(
            json.get("plain"),
            Some(Json::Text(Cow::Borrowed("text")))
        ));
        let escaped = json.get("with escape").and_then(Json::text);
        assert_eq!(escaped, Some("a\nb"));
    }

    #[test]
    fn json_uses_the_last_of_duplicate_members() {
        let json = read(r#"{"a": 1, "a": null, "b": 2, "b": 1.50}"#);
        assert!(json.present("a").is_none());
        let number = json.get("b").and_then(Json::word_or_number);
        assert_eq!(number.as_deref(), Some("1.5"));
    }

    #[test]
    fn json_accepts_arbitrary_precision_numbers() {
        let json = read(r#"[{"$serde_json::private::Number": "20"}]"#);
        let number = json.elements().first().and_then(Json::word_or_number);
        assert_eq!(number.as_deref(), Some("20"));
    }
}
