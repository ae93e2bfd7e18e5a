//! Rows that are none of the table's.
//!
//! Holds: blank rows, headings that stand again on every page, totals and closing notes. A row with a credential in it
//! is none of these. Must not know: how the others are read.

use super::{Plan, cell, is_empty};
use crate::inventory::value::{read, words};
use crate::inventory::{Field, Row};

/// The words of a total; a row whose first cell has others is a company that is called so.
const TOTALS: [&str; 24] = [
    "razem",
    "suma",
    "ogolem",
    "lacznie",
    "podsumowanie",
    "liczba",
    "ilosc",
    "total",
    "totals",
    "sum",
    "count",
    "grand",
    "tokenow",
    "tokeny",
    "certyfikatow",
    "klientow",
    "pozycji",
    "rekordow",
    "wierszy",
    "szt",
    "of",
    "tokens",
    "rows",
    "clients",
];

/// How closing notes begin.
const NOTES: [&str; 27] = [
    "sporzadzil",
    "sporzadzila",
    "sporzadzono",
    "opracowal",
    "opracowala",
    "przygotowal",
    "przygotowala",
    "zatwierdzil",
    "zatwierdzila",
    "wydrukowano",
    "wydruk",
    "wygenerowano",
    "stan na",
    "zrodlo",
    "legenda",
    "uwaga",
    "uwagi",
    "strona",
    "prepared by",
    "printed",
    "generated",
    "as of",
    "source",
    "legend",
    "note",
    "notes",
    "page",
];

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// It says something of a credential.
    Data,
    /// It ends what stands above: nothing, a total, a note.
    Break,
    /// The headings again.
    Headings,
}

/// What a row below the headings is.
pub(super) fn line(plan: &Plan, row: &Row) -> Line {
    if !row.met.is_empty() {
        return Line::Data;
    }
    if row.cells.iter().all(|cell| is_empty(cell)) || is_closing(plan, row) {
        return Line::Break;
    }
    if is_repeated(plan, row) { Line::Headings } else { Line::Data }
}

fn is_repeated(plan: &Plan, row: &Row) -> bool {
    let mut same = 0;
    for (index, text) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
        let heading = plan.columns.get(index).map_or("", |column| &*column.heading);
        // No heading that is longer than messages show is the same as a value by chance; all are compared in full.
        if heading.is_empty() || words(heading) != words(text) {
            return false;
        }
        same += 1;
    }
    same * 2 > plan.columns.iter().filter(|column| !column.heading.is_empty()).count()
}

fn is_closing(plan: &Plan, row: &Row) -> bool {
    let mut filled = row.cells.iter().filter(|cell| !is_empty(cell));
    let Some(first) = filled.next() else { return false };
    let named = |field| plan.column(field).map(|column| cell(row, column));
    let known = named(Field::Nip).is_some_and(|nip| matches!(read(Field::Nip, nip), Ok(Some(_))));
    let numbered = [Field::Reference, Field::Serial].into_iter().filter_map(named).any(|cell| !is_empty(cell));
    if known || numbered {
        return false;
    }
    let words = words(first);
    let counted = |word: &String| TOTALS.contains(&&**word) || word.bytes().all(|byte| byte.is_ascii_digit());
    if words.iter().any(|word| TOTALS.contains(&&**word)) && words.iter().all(counted) {
        return filled.all(|cell| !cell.contains(char::is_alphabetic));
    }
    let begins = |note: &&str| {
        let mut parts = note.split(' ');
        words.iter().zip(parts.by_ref()).all(|(word, part)| word == part) && parts.next().is_none()
    };
    let starred = first.trim_start().starts_with(['*', '†']);
    !words.is_empty() && (starred || NOTES.iter().any(begins)) && filled.count() < 2
}
