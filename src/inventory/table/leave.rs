//! Rows that are none of the table's.
//!
//! Holds: blank rows, headings that stand again on every page, totals and closing notes; titles above the headings. A
//! row with a credential in it is none of these. Must not know: how the others are read.

use super::{Plan, Use, cell, is_empty};
use crate::inventory::value::{fold, read, words};
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

/// How the total of a part begins, which has a name: `Razem Alfa`.
const SUBTOTALS: [&str; 10] =
    ["razem", "suma", "ogolem", "lacznie", "podsumowanie", "liczba", "ilosc", "total", "sum", "subtotal"];

/// What may stand beside the number of an amount.
const UNITS: [&str; 7] = ["zl", "pln", "eur", "usd", "szt", "%", "pcs"];

/// Digits of a count that stands where a number of a credential could.
const COUNTED: usize = 6;

/// How closing notes begin.
const NOTES: [&str; 17] = [
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
    "prepared by",
    "printed",
    "generated",
    "as of",
];

/// How closing notes begin and companies may be called: a note where a number follows, or a sign.
const DOUBTFUL: [&str; 10] =
    ["zrodlo", "legenda", "uwaga", "uwagi", "strona", "source", "legend", "note", "notes", "page"];

/// Words of a cell above which it is a sentence.
const SENTENCE: usize = 8;

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
    let (mut same, mut groups) = (0, 0);
    for (index, text) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
        let Some(column) = plan.columns.get(index).filter(|column| !column.heading.is_empty()) else { return false };
        let text = words(text);
        // No heading that is longer than messages show is the same as a value by chance; all are compared in full.
        if words(column.own()) == text {
            same += 1;
        } else if !column.group.is_empty() && words(&column.group) == text {
            groups += 1;
        } else {
            return false;
        }
    }
    // The headings of groups and those that take both rows are as many as the row has.
    let grouped = groups > 0 && groups + same > 1;
    grouped || same * 2 > plan.columns.iter().filter(|column| !column.heading.is_empty()).count()
}

fn is_closing(plan: &Plan, row: &Row) -> bool {
    let filled: Vec<(usize, &str)> =
        row.cells.iter().enumerate().filter(|(_, cell)| !is_empty(cell)).map(|(at, cell)| (at, &**cell)).collect();
    let Some(((at, first), rest)) = filled.split_first() else { return false };
    let words = words(first);
    if is_total(plan, &words, rest) {
        return true;
    }
    let named = |field| plan.column(field).filter(|column| column != at).map(|column| cell(row, column));
    let known = named(Field::Nip).is_some_and(|nip| matches!(read(Field::Nip, nip), Ok(Some(_))));
    let numbered = [Field::Reference, Field::Serial].into_iter().filter_map(named).any(|cell| !is_empty(cell));
    if words.is_empty() || known || numbered {
        return false;
    }
    let note = note(first, &words);
    if note == Some(Note::Label) {
        return true;
    }
    let starred = first.trim_start().starts_with(['*', '†']);
    (note.is_some() || starred) && rest.len() < 2 && !rest.iter().any(|(column, _)| tells(plan, *column))
}

/// Whether a column tells what is no company and no remark.
fn tells(plan: &Plan, column: usize) -> bool {
    use Field::{Environment, Name, Nip, Reference, Serial, Sort, System};
    match plan.columns.get(column).and_then(|column| column.takes) {
        Some(Use::Field(field)) => {
            matches!(field, Name | System | Reference | Serial | Nip | Sort | Environment)
        }
        Some(Use::Secret | Use::Print) => true,
        Some(Use::Listed | Use::Ignored) | None => false,
    }
}

/// Whether a row is a total: of the whole, or of a part that it names.
fn is_total(plan: &Plan, words: &[String], rest: &[(usize, &str)]) -> bool {
    let is_number = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
    let counted = |word: &String| TOTALS.contains(&&**word) || is_number(word);
    let whole = words.iter().any(|word| TOTALS.contains(&&**word)) && words.iter().all(counted);
    let part = words.first().is_some_and(|word| SUBTOTALS.contains(&&**word))
        && (!rest.is_empty() || words.last().is_some_and(is_number));
    let counts = |(column, text): &(usize, &str)| {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        match plan.columns.get(*column).and_then(|column| column.takes) {
            Some(Use::Field(Field::Nip)) => whole && digits <= COUNTED,
            Some(Use::Field(Field::Reference | Field::Serial)) => digits <= COUNTED && is_amount(text),
            _ => is_amount(text) || (whole && !text.contains(char::is_alphabetic)),
        }
    };
    (whole || part) && rest.iter().all(counts)
}

/// Whether a cell is a number or an amount of money, and no day.
fn is_amount(text: &str) -> bool {
    let folded = fold(text);
    let mut number = folded.trim_end_matches('.');
    if let Some(bare) = UNITS.iter().find_map(|unit| number.strip_suffix(unit)) {
        number = bare;
    }
    let number = number.trim().trim_start_matches(['-', '+']);
    let point = number.bytes().filter(|byte| matches!(byte, b'.' | b',')).count();
    let of_number = |letter: char| letter.is_ascii_digit() || matches!(letter, ' ' | '.' | ',');
    point < 2 && number.contains(|letter: char| letter.is_ascii_digit()) && number.chars().all(of_number)
}

/// How a cell begins a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Note {
    /// It says nothing but whose name or which day follows: `Sporządził:`.
    Label,
    /// It is a note if nothing else stands beside it.
    Text,
}

fn note(text: &str, words: &[String]) -> Option<Note> {
    let length = |note: &&str| {
        let mut parts = note.split(' ');
        let same = words.iter().zip(parts.by_ref()).all(|(word, part)| word == part) && parts.next().is_none();
        same.then(|| note.split(' ').count())
    };
    let is_label = text.trim_end().ends_with(':');
    if let Some(length) = NOTES.iter().find_map(length) {
        return Some(if is_label || length == words.len() { Note::Label } else { Note::Text });
    }
    let length = DOUBTFUL.iter().find_map(length)?;
    let number = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
    let signed = text.contains([':', '!']) || words.get(length).is_none_or(number);
    if is_label { Some(Note::Label) } else { signed.then_some(Note::Text) }
}

/// Whether a row above the headings may be one of a table rather than a title: it has two cells that are no sentences, no
/// numbers of rows, and not what a label says.
pub(super) fn may_be_data(row: &Row) -> bool {
    let (mut several, mut labelled) = (0, false);
    for (place, text) in row.cells.iter().filter(|cell| !is_empty(cell)).enumerate() {
        let words = words(text);
        if place == 0 && note(text, &words).is_some() {
            return false;
        }
        let is_label = text.trim_end().ends_with(':');
        let is_ordinal = words.concat().len() < 5 && words.iter().all(|word| word.bytes().all(|b| b.is_ascii_digit()));
        several += usize::from(!is_label && !labelled && !is_ordinal && words.len() <= SENTENCE);
        labelled = is_label;
    }
    several > 1
}
