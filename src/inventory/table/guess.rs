//! Guesses where the headings stand and what each column holds.
//!
//! Holds: the choice of the row of headings among the first, and of one column for each field. A column that loses is
//! ignored and told. Where a heading says nothing, the values do, if they verify themselves: numbers of companies and
//! tokens. A column of dates is no guess. Must not know: how a row becomes a claim.

use super::heading::{Meaning, Sense, Vocabulary};
use super::{Plan, Use, cell, divide, is_empty, join};
use crate::inventory::value::{read, words};
use crate::inventory::{Field, Form, Row};

/// Rows above which the headings stand.
pub(super) const HIGHEST: usize = 200;

/// Rows among which the best is chosen, from the first that can be one of headings.
const NEAR: usize = 20;

/// Rows whose values are tried in what a heading means.
const SAMPLE: usize = 200;

/// What the fit of the values adds at most to the worth of a heading.
const FIT: usize = 40;

/// What a heading with a second meaning is worth less than one with the same as its only meaning.
const DOUBT: usize = 20;

/// Columns that are headed "Token" and the like, of which every row is looked at; what are more hold secrets.
const LOOKED_THROUGH: usize = 16;

/// A column that may be taken for something.
struct Candidate {
    worth: usize,
    column: usize,
    takes: Use,
}

/// The plan of a table; nothing where no row can be that of the headings.
pub fn guess(rows: &[Row]) -> Option<Plan> {
    let vocabulary = Vocabulary::new();
    let header = find(&vocabulary, rows)?;
    let mut plan = Plan::headed(rows, header);
    if let Some(own) = exported(&plan) {
        own.into_iter().zip(&mut plan.columns).for_each(|(takes, column)| column.takes = takes);
        return Some(plan);
    }
    let below = rows.get(header + 1..).unwrap_or_default();
    let meanings: Vec<_> = plan.columns.iter().map(|column| join::meaning(&vocabulary, column)).collect();
    let mut candidates = candidates(&meanings, below);
    candidates.sort_by_key(|candidate| (usize::MAX - candidate.worth, candidate.column));
    for Candidate { column, takes, .. } in candidates {
        let taken = match takes {
            Use::Field(field) => plan.column(field),
            Use::Secret | Use::Print | Use::Listed | Use::Ignored => None,
        };
        let Some(chosen) = plan.columns.get_mut(column) else { continue };
        match (chosen.takes, taken) {
            (None | Some(Use::Ignored), None) => (chosen.takes, chosen.instead) = (Some(takes), None),
            (None, Some(taken)) => (chosen.takes, chosen.instead) = (Some(Use::Ignored), Some(taken)),
            _ => {}
        }
    }
    Some(plan)
}

/// The row of headings: the first that can be nothing else, unless one above it means more.
fn find(vocabulary: &Vocabulary, rows: &[Row]) -> Option<usize> {
    let first = rows.get(..HIGHEST).unwrap_or(rows);
    let sure = (0..first.len()).find(|index| divide::is_heading(vocabulary, first, *index, None));
    let found = match (sure, weaker(vocabulary, first, sure)) {
        (Some(sure), None) => sure,
        (_, weaker) => weaker?,
    };
    Some(join::lowest(vocabulary, rows, found))
}

/// The row above one of headings whose cells mean more, the first of several; without one, that whose cells mean the
/// most.
pub(super) fn weaker(vocabulary: &Vocabulary, rows: &[Row], sure: Option<usize>) -> Option<usize> {
    let least = sure.and_then(|sure| rows.get(sure)).map_or(0, |row| worth(vocabulary, row));
    let rows = rows.get(..sure.unwrap_or(HIGHEST)).unwrap_or(rows);
    let worths = rows.iter().map(|row| worth(vocabulary, row)).enumerate();
    let mut best: Option<(usize, usize)> = None;
    for (index, worth) in worths.skip_while(|(_, worth)| *worth == 0).take(NEAR) {
        if worth > best.map_or(least, |(worth, _)| worth) {
            best = Some((worth, index));
        }
    }
    best.map(|(_, index)| index)
}

/// How much a row says as headings; nothing where it cannot be that.
fn worth(vocabulary: &Vocabulary, row: &Row) -> usize {
    let cells: Vec<&str> = row.cells.iter().map(String::as_str).filter(|cell| !cell.trim().is_empty()).collect();
    if cells.iter().take(super::WIDEST).any(|cell| is_value(cell)) {
        return 0;
    }
    // Each meaning once: a note may say "token" in every cell.
    let mut said: Vec<Meaning> = Vec::new();
    for meaning in cells.iter().take(super::WIDEST).filter_map(|cell| vocabulary.meaning(cell)) {
        match said.iter_mut().find(|other| other.sense == meaning.sense) {
            Some(other) => other.worth = other.worth.max(meaning.worth),
            None => said.push(meaning),
        }
    }
    let counted = said.iter().filter(|meaning| meaning.sense != Sense::One(Use::Ignored)).count();
    // A heading alone is one where there is no other column, and where it is nothing but the phrase.
    let alone = cells.len() == 1 && row.cells.len() == 1 && said.iter().any(|meaning| meaning.worth >= 100);
    if counted >= 2 || (counted == 1 && alone) { said.iter().map(|meaning| meaning.worth).sum() } else { 0 }
}

/// Whether a cell is a value, which no heading is.
pub(super) fn is_value(cell: &str) -> bool {
    let reads = |field| matches!(read(field, cell), Ok(Some(_)));
    reads(Field::Nip) || reads(Field::Reference) || reads(Field::Issued)
}

/// What the columns of our own export are taken for: every heading is the name of one.
fn exported(plan: &Plan) -> Option<Vec<Option<Use>>> {
    let mut taken: Vec<Option<Use>> = Vec::new();
    for column in &plan.columns {
        let field = match &*column.heading {
            "" => None,
            heading => Some(heading.parse().ok()?),
        };
        let twice = field.is_some() && taken.contains(&field);
        taken.push(if twice { Some(Use::Ignored) } else { field });
    }
    Some(taken)
}

fn candidates(meanings: &[Option<Meaning>], below: &[Row]) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let mut looked = 0;
    for (column, meaning) in meanings.iter().enumerate() {
        let mut add = |worth, takes| candidates.push(Candidate { worth, column, takes });
        let Some(Meaning { sense, worth, .. }) = *meaning else {
            verified(below, column).into_iter().for_each(|field| add(0, Use::Field(field)));
            continue;
        };
        match sense {
            Sense::One(takes) => add(worth + fit(below, column, takes), takes),
            Sense::Either(first, second) => {
                let (worth, fits) =
                    (worth.saturating_sub(DOUBT), [first, second].map(|takes| fit(below, column, takes)));
                add(worth + fits[0] + 1, first);
                add(worth + fits[1], second);
            }
            Sense::Called => {}
            Sense::Credential => {
                looked += 1;
                let takes = if looked > LOOKED_THROUGH { Use::Secret } else { called_by(below, column) };
                add(worth.saturating_sub(DOUBT) + fit(below, column, takes), takes);
            }
        }
    }
    let companies = candidates.iter().any(|candidate| candidate.takes == Use::Field(Field::Nip));
    let others = [Field::Name, Field::System, Field::Reference, Field::Serial].map(Use::Field);
    let known = |candidate: &Candidate| candidate.takes == Use::Secret || others.contains(&candidate.takes);
    let known = candidates.iter().any(known);
    for (column, meaning) in meanings.iter().enumerate() {
        let Some(Meaning { sense: Sense::Called, worth, .. }) = *meaning else { continue };
        // Beside tax numbers a name is that of the company, unless another column has that, or there is nothing else by
        // which a credential can be known.
        let (first, second) =
            if companies && known { (Field::Entity, Field::Name) } else { (Field::Name, Field::Entity) };
        let worth = worth.saturating_sub(DOUBT);
        candidates.push(Candidate { worth: worth + 1, column, takes: Use::Field(first) });
        candidates.push(Candidate { worth, column, takes: Use::Field(second) });
    }
    candidates
}

/// The filled cells of a column.
fn filled(below: &[Row], column: usize) -> impl Iterator<Item = &str> {
    below.iter().map(move |row| cell(row, column)).filter(|cell| !is_empty(cell))
}

/// How well the values of a column are those of a use, up to `FIT`.
fn fit(below: &[Row], column: usize, takes: Use) -> usize {
    let Use::Field(field) = takes else { return 0 };
    let (mut all, mut fitting) = (0, 0);
    for cell in filled(below.get(..SAMPLE).unwrap_or(below), column) {
        all += 1;
        fitting += usize::from(matches!(read(field, cell), Ok(Some(_))));
    }
    let most = if field.form() == Form::Words { FIT / 2 } else { FIT };
    most * fitting / all.max(1)
}

/// The field whose values verify themselves in four of five cells of a column without a heading that says anything.
fn verified(below: &[Row], column: usize) -> Option<Field> {
    let sample = below.get(..SAMPLE).unwrap_or(below);
    let all = filled(sample, column).count();
    [Field::Nip, Field::Reference].into_iter().find(|field| {
        let fitting = filled(sample, column).filter(|cell| matches!(read(*field, cell), Ok(Some(_)))).count();
        fitting > 0 && fitting * 5 >= all * 4
    })
}

/// What stands below a heading such as "Token": credentials, unless every cell is something else for certain. A single
/// cell that may be a secret makes it a column of secrets.
fn called_by(below: &[Row], column: usize) -> Use {
    let all = filled(below, column).count();
    let every = |known: &dyn Fn(&str) -> bool| all > 0 && filled(below, column).all(known);
    let reads = |field, cell: &str| matches!(read(field, cell), Ok(Some(_)));
    let references = filled(below, column).filter(|cell| reads(Field::Reference, cell)).count();
    if references * 2 > all {
        return Use::Field(Field::Reference);
    }
    if every(&is_answer) {
        return Use::Ignored;
    }
    // A row whose cell is empty and which holds a credential may have held it there.
    if below.iter().any(|row| !row.met.is_empty() && is_empty(cell(row, column))) {
        return Use::Secret;
    }
    if every(&|cell| reads(Field::Sort, cell)) {
        Use::Field(Field::Sort)
    } else if every(&|cell| matches!(cell.len(), 8..32) && reads(Field::Serial, cell)) {
        Use::Field(Field::Serial)
    } else if every(&is_name) {
        Use::Field(Field::Name)
    } else {
        Use::Secret
    }
}

/// Whether a cell says yes or no.
fn is_answer(cell: &str) -> bool {
    matches!(&*words(cell).concat(), "tak" | "nie" | "t" | "n" | "yes" | "no" | "y" | "x" | "jest" | "jestbrak")
}

/// Whether a cell is a name that people gave: words and short numbers with signs between, which no credential is.
fn is_name(cell: &str) -> bool {
    let parts = words(cell);
    let plain = |part: &String| {
        let letters = part.trim_end_matches(|letter: char| letter.is_ascii_digit());
        letters.chars().all(char::is_alphabetic) && part.len() - letters.len() <= 4 && letters.len() <= 24
    };
    let worded = parts.iter().filter(|part| part.chars().all(char::is_alphabetic) && part.len() > 2).count();
    cell.chars().nth(80).is_none() && parts.len() > 1 && worded > 0 && parts.iter().all(plain)
}
