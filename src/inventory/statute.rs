//! Dates that the law sets.
//!
//! Holds: `rules/statute.toml`, read once. Such a date may be moved, so it warns and never makes a credential dead.
//! Must not know: which credentials there are.

use std::sync::LazyLock;

use serde::Deserialize;
use toml::value::Datetime;

use crate::base::Instant;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

#[derive(Deserialize)]
struct Statute {
    tokens_end: Option<Datetime>,
    law: String,
}

static TOKENS_END: LazyLock<Option<(Instant, String)>> =
    LazyLock::new(|| read(include_str!("../../rules/statute.toml")));

/// The first instant after the last day, in UTC, on which tokens may be used, and the law that says so; nothing where
/// no law sets an end.
pub fn tokens_end() -> Option<(Instant, &'static str)> {
    TOKENS_END.as_ref().map(|(end, law)| (*end, law.as_str()))
}

fn read(text: &str) -> Option<(Instant, String)> {
    // A file that cannot be read is a mistake of this project, which a test below finds.
    let statute: Statute = toml::from_str(text).ok()?;
    let day = statute.tokens_end?.date?;
    let first = Instant::from_day(day.year.try_into().ok()?, day.month.try_into().ok()?, day.day.try_into().ok()?)?;
    Some((Instant::from_millis(first.millis() + DAY)?, statute.law))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_and_its_day_is_the_last_one() {
        let (end, law) = tokens_end().unwrap();
        assert_eq!(end.to_string(), "2027-01-01T00:00:00Z");
        assert!(law.contains("1815"), "{law}");
    }

    #[test]
    fn a_law_without_an_end_is_none() {
        assert_eq!(read("law = \"x\"\n"), None);
        assert_eq!(read("tokens_end = 2028-02-29\nlaw = \"x\"\n").unwrap().0.to_string(), "2028-03-01T00:00:00Z");
    }
}
