//! Tables as offices keep them, from the cells to the claims.
//!
//! Holds: how a test writes a table. A cell that is `TOKEN` stands for one of which the search took a token.

mod guesses;
mod maps;
mod rejections;
mod several;
mod styles;

use std::collections::BTreeMap;

use super::*;
use crate::base::Fingerprint;
use crate::inventory::{Claim, Met, Rejected};

/// The reference number of the official example.
const REFERENCE: &str = "20251010-EC-1DCE3E3000-12ECB5B36E-45";

fn token() -> Met {
    let fields = [
        (Field::Sort, "token"),
        (Field::Reference, REFERENCE),
        (Field::Nip, "5265877635"),
        (Field::Issued, "2025-10-10T08:40:43.235Z"),
    ];
    Met {
        prints: [Fingerprint::of_public(b"token")].into(),
        fields: fields.map(|(field, text)| (field, text.to_owned())).into(),
        columns: Vec::new(),
    }
}

fn key() -> Met {
    let fields = BTreeMap::from([(Field::Sort, "key".to_owned())]);
    Met { prints: [Fingerprint::of_public(b"key")].into(), fields, columns: Vec::new() }
}

/// Rows of a text: cells between bars, `TOKEN` and `KEY` taken out of them.
fn rows(text: &str) -> Vec<Row> {
    let row = |(index, line): (usize, &str)| {
        let mut row = Row { place: format!("row {}", index + 1), ..Row::default() };
        for (column, cell) in line.split('|').map(str::trim).enumerate() {
            let columns = vec![column];
            match cell {
                "TOKEN" => row.met.push(Met { columns, ..token() }),
                "KEY" => row.met.push(Met { columns, ..key() }),
                _ => {}
            }
            let kept = if matches!(cell, "TOKEN" | "KEY") { "" } else { cell };
            row.cells.push(kept.replace("\\n", "\n"));
        }
        row
    };
    text.lines().map(str::trim).enumerate().map(row).collect()
}

fn read_all(text: &str) -> (Plan, Vec<Claim>, Vec<Rejected>) {
    let rows = rows(text);
    let plan = guess(&rows).expect("headings");
    let Taken { claims, rejected, .. } = claims(&plan, &rows);
    (plan, claims, rejected)
}

/// What is told of rows: the place and why.
fn reasons(told: &[Rejected]) -> Vec<String> {
    told.iter().map(|row| format!("{}: {}", row.place, row.why)).collect()
}

fn remarks(text: &str) -> Vec<String> {
    let rows = rows(text);
    reasons(&claims(&guess(&rows).expect("headings"), &rows).remarks)
}

/// What the columns are taken for, as a plan is shown.
fn taken(plan: &Plan) -> String {
    let names = plan.columns.iter().map(|column| column.takes.map_or("?".to_owned(), |takes| takes.to_string()));
    names.collect::<Vec<_>>().join(" ")
}

/// The fields of a claim on a line: `row 2: nip=… name=…`.
fn told(claim: &Claim) -> String {
    let fields = claim.fields.iter().map(|(field, text)| format!(" {field}={text}"));
    format!("{}:{}{}", claim.place, fields.collect::<String>(), " print".repeat(claim.prints.len()))
}

fn all_told(claims: &[Claim]) -> Vec<String> {
    claims.iter().map(told).collect()
}
