//! Reading TOML with errors that can be shown to anyone.
//!
//! Holds: `Spotted`, a TOML text whose errors tell a line, a column and words of our own. The
//! errors of the `toml` crate quote their input, which may be a secret, so none of their text is
//! ever passed on. Must not know: which tables and keys there are.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// What is wrong with a configuration, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong there; it never quotes the file.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ConfigError {}

pub(super) type Value<'t> = Spanned<DeValue<'t>>;
pub(super) type Key<'t> = Spanned<DeString<'t>>;

/// A TOML text, by which a place in bytes becomes a line and a column.
#[derive(Clone, Copy)]
pub(super) struct Spotted<'t>(pub &'t str);

impl<'t> Spotted<'t> {
    /// The whole text as a table.
    pub(super) fn table(self) -> Result<DeTable<'t>, ConfigError> {
        DeTable::parse(self.0).map(Spanned::into_inner).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            self.error(start, "not valid TOML here: perhaps a missing quote, bracket or =, or a key given twice")
        })
    }

    /// An error at a place.
    pub(super) fn error(self, offset: usize, message: impl Into<String>) -> ConfigError {
        let before = self.0.get(..offset).unwrap_or(self.0);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        ConfigError { line, column, message: message.into() }
    }

    /// An error at a key.
    pub(super) fn unknown(self, key: &Key<'_>, known: &[&str]) -> ConfigError {
        self.error(key.span().start, format!("unknown or misplaced key; known keys here are {}", known.join(", ")))
    }

    /// The tables of `[[name]]`, each with its place.
    pub(super) fn tables<'v>(
        self,
        name: &str,
        value: &'v Value<'t>,
    ) -> Result<Vec<(&'v DeTable<'t>, &'v Value<'t>)>, ConfigError> {
        let wrong =
            |span: Range<usize>| self.error(span.start, format!("{name} is a list of tables: write [[{name}]]"));
        let DeValue::Array(items) = value.get_ref() else { return Err(wrong(value.span())) };
        items
            .iter()
            .map(|item| match item.get_ref() {
                DeValue::Table(table) => Ok((table, item)),
                _ => Err(wrong(item.span())),
            })
            .collect()
    }

    /// The text of a value.
    pub(super) fn text<'v>(self, name: &str, value: &'v Value<'_>) -> Result<&'v str, ConfigError> {
        value.get_ref().as_str().ok_or_else(|| self.error(value.span().start, format!("{name} takes a text in quotes")))
    }
}

/// The keys of a table in the order of the file.
pub(super) fn in_order<'v, 't>(table: &'v DeTable<'t>) -> Vec<(&'v Key<'t>, &'v Value<'t>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}
