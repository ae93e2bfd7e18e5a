//! A list of anything: which of its rows are wanted, in which order.
//!
//! Holds: columns by name and how each is compared, filters, sorting. Must not know: what is listed, or how it is shown.

use std::cmp::Ordering;

use anyhow::{anyhow, bail};
use ksefleaks::{Field, Form, Instant, fold_name, read_value};
use serde_json::Value as Json;

use crate::message::shown;

/// How the cells of a column are compared.
#[derive(Clone, Copy)]
pub(super) enum Compared {
    /// By the words in it.
    Words,
    /// By what it begins with: `credential`, or all of `credential 7`.
    Beginning,
    Number,
    /// RFC 3339, of which the day is shown.
    Day,
    /// RFC 3339.
    Instant,
}

impl Compared {
    fn is_time(self) -> bool {
        matches!(self, Self::Day | Self::Instant)
    }
}

/// A column.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) compared: Compared,
}

impl From<Field> for Column {
    fn from(field: Field) -> Self {
        let compared = if matches!(field.form(), Form::Instant) { Compared::Day } else { Compared::Words };
        Self { name: field.name(), compared }
    }
}

impl Column {
    /// A cell as people read it.
    pub(super) fn show(&self, cell: Option<&str>) -> String {
        let cell = cell.unwrap_or_default();
        if matches!(self.compared, Compared::Day) { of_day(cell).to_owned() } else { cell.to_owned() }
    }
}

/// The day of an instant.
fn of_day(text: &str) -> &str {
    text.split_once('T').map_or(text, |(day, _)| day)
}

/// One thing.
pub(super) struct Row {
    /// A cell for each column, where it is filled.
    pub(super) cells: Vec<Option<String>>,
    /// All of it.
    pub(super) document: Json,
}

/// Things of one sort.
pub(super) struct Listing {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

impl Listing {
    /// The place of a column.
    pub(super) fn column(&self, name: &str) -> anyhow::Result<usize> {
        self.columns.iter().position(|column| column.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
            anyhow!("«{}» is no field of what is listed; the fields are {}", shown(name), known.join(", "))
        })
    }

    /// Leaves the rows that every filter takes.
    pub(super) fn narrow(&mut self, filters: &[String]) -> anyhow::Result<()> {
        for text in filters {
            let filter = self.filter(text)?;
            self.rows.retain(|row| filter.takes(row));
        }
        Ok(())
    }

    /// Sorts by a column; `-` before it means the other way round. What is not known comes last, whichever way.
    pub(super) fn sort(&mut self, by: &str) -> anyhow::Result<()> {
        let (name, down) = by.strip_prefix('-').map_or((by, false), |name| (name, true));
        let place = self.column(name)?;
        let compared = self.columns[place].compared;
        self.rows.sort_by_cached_key(|row| {
            let key = row.cells[place].as_deref().map(|cell| Key::of(cell, compared));
            (key.is_none(), Turned { key, down })
        });
        Ok(())
    }

    fn filter(&self, text: &str) -> anyhow::Result<Filter> {
        let wrong = || anyhow!("--where takes FIELD=TEXT, FIELD<DAY or FIELD>DAY");
        let at = text.find(['=', '<', '>']).ok_or_else(wrong)?;
        let (name, rest) = text.split_at(at);
        let (sign, text) = (rest.chars().next().ok_or_else(wrong)?, rest[1..].trim());
        let place = self.column(name.trim())?;
        let compared = self.columns[place].compared;
        let number = || text.parse::<u64>().map(|number| number.to_string());
        if text.starts_with('=') && sign == '=' {
            bail!("--where {name}: one «=» is enough");
        }
        if text.starts_with('=') {
            bail!("--where {name}: there is no «{sign}=»; take the day or number before or after it");
        }
        // A day or a tax number may be written in several ways.
        let field = if name.trim() == Field::Nip.name() { Some(Field::Nip) } else { None };
        let field = if compared.is_time() { Some(Field::Issued) } else { field };
        let known = field.and_then(|field| read_value(field, text).ok().flatten());
        let also = known.filter(|_| sign == '=').map(|known| of_day(&known).to_owned());
        let text = match (sign, compared) {
            ('=', Compared::Number) if !text.is_empty() => {
                number().map_err(|_| anyhow!("--where {name}: no number"))?
            }
            ('=', _) => fold_name(text),
            (_, Compared::Number) => number().map_err(|_| anyhow!("--where {name}: no number"))?,
            (_, Compared::Day | Compared::Instant) => {
                read_value(Field::Issued, text).map_err(|why| anyhow!("--where {name}: {why}"))?.ok_or_else(wrong)?
            }
            _ => bail!("--where {name}: < and > are for days and numbers"),
        };
        Ok(Filter { place, compared, sign, text, also })
    }
}

/// By what two cells of a column are told apart.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(u64),
    Moment(Option<Instant>),
    Text(String),
}

impl Key {
    fn of(cell: &str, compared: Compared) -> Self {
        match compared {
            Compared::Number => Self::Number(cell.parse().unwrap_or(u64::MAX)),
            Compared::Day | Compared::Instant => Self::Moment(cell.parse().ok()),
            Compared::Words | Compared::Beginning => Self::Text(fold_name(cell)),
        }
    }
}

/// A key in one order or the other.
#[derive(PartialEq, Eq)]
struct Turned {
    key: Option<Key>,
    down: bool,
}

impl Ord for Turned {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.key.cmp(&other.key);
        if self.down { order.reverse() } else { order }
    }
}

impl PartialOrd for Turned {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Which rows are wanted.
struct Filter {
    place: usize,
    compared: Compared,
    sign: char,
    text: String,
    /// The same as it is kept.
    also: Option<String>,
}

impl Filter {
    fn takes(&self, row: &Row) -> bool {
        let Some(cell) = row.cells[self.place].as_deref() else { return self.sign == '=' && self.text.is_empty() };
        // Whoever names a day of days that are shown means all of it.
        let is_of_days = matches!(self.compared, Compared::Day) && self.text.ends_with("T00:00:00Z");
        let key = |text: &str| {
            if is_of_days { Key::Text(of_day(text).to_owned()) } else { Key::of(text, self.compared) }
        };
        match (self.sign, self.compared) {
            ('=', _) if self.text.is_empty() => false,
            ('=', Compared::Number) => key(cell) == key(&self.text),
            ('=', Compared::Beginning) => {
                let rest = fold_name(cell).strip_prefix(&self.text).map(str::to_owned);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            }
            ('=', _) => {
                fold_name(cell).contains(&self.text) || self.also.as_deref().is_some_and(|also| cell.starts_with(also))
            }
            ('<', _) => key(cell) < key(&self.text),
            _ => key(cell) > key(&self.text),
        }
    }
}
