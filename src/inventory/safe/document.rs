//! What exports in JSON have in common.
//!
//! Holds: bounded lists, the bytes that a value was read from, errors without quotes. Must not know: any program.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::value::RawValue;

/// A list of so many elements at the most; none where there is something else.
pub(super) struct List<T, const MOST: usize>(pub(super) Vec<T>);

impl<T, const MOST: usize> Default for List<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for List<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements<T, const MOST: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for Elements<T, MOST> {
            type Value = List<T, MOST>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(List::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(element) = elements.next_element()? {
                    if list.len() >= MOST {
                        return Err(A::Error::custom("too many elements"));
                    }
                    list.push(element);
                }
                Ok(List(list))
            }
        }

        deserializer.deserialize_any(Elements(PhantomData))
    }
}

/// The bytes of the text that a value was read from: it borrows them, so that its address tells.
pub(super) fn span(text: &str, value: &RawValue) -> Option<Range<usize>> {
    let start = (value.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let end = start.checked_add(value.get().len())?;
    (text.get(start..end)? == value.get()).then_some(start..end)
}

/// Says where a text is not what it should be.
pub(super) fn fault(error: &serde_json::Error) -> String {
    let why = match error.classify() {
        Category::Data => "stands something else than in an export, or more than can be read",
        Category::Eof => "is the end, before the export is at its end",
        Category::Syntax | Category::Io => "is no sound JSON",
    };
    format!("line {}, column {}: there {why}", error.line(), error.column())
}
