//! `ksefleaks inventory export`.
//!
//! Holds: the three forms. Must not know: how an inventory is kept.

use std::io::{self, Write};

use anyhow::{anyhow, bail};
use ksefleaks::{Credential, FIELDS, Form, Records, escape_json};
use rust_xlsxwriter::Workbook;
use serde_json::json;

use super::{list, open};
use crate::args::{ExportArgs, ExportFormat, Looks};
use crate::exit::Exit;
use crate::files::Target;
use crate::output::to_standard_output;

/// The columns behind those of the fields: the fingerprints, and whether it is written down or only a search has met it.
const OTHERS: [&str; 2] = ["sha256", "listed"];

/// Writes all of it.
pub(super) fn run(args: &ExportArgs) -> anyhow::Result<Exit> {
    let target = args.output.as_deref().map(|path| Target::new("--output", path)).transpose()?;
    if target.is_none() && args.format == ExportFormat::Xlsx {
        bail!("a workbook is no text: name a file with --output");
    }
    let reading = open(&args.common)?.read()?;
    let bytes = match args.format {
        ExportFormat::Csv => csv(&list::all(&reading)?)?,
        ExportFormat::Json => document(&reading)?,
        ExportFormat::Xlsx => workbook(&list::all(&reading)?)?,
    };
    let fill = |out: &mut dyn Write| -> io::Result<()> { out.write_all(&bytes) };
    match target {
        Some(target) => target.write(fill)?,
        None => to_standard_output(&Looks::default(), fill)?,
    }
    Ok(Exit::Clean)
}

fn headings() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|(_, name, _)| *name).chain(OTHERS)
}

fn cells(credential: &Credential) -> impl Iterator<Item = String> {
    let fields = FIELDS.iter().map(|(field, ..)| credential.get(*field).unwrap_or_default().to_owned());
    let prints: Vec<String> = credential.prints.iter().map(ToString::to_string).collect();
    let listed = if credential.is_listed() { "yes" } else { "no" };
    fields.chain([prints.join(" "), listed.to_owned()])
}

fn csv(all: &[Credential]) -> anyhow::Result<Vec<u8>> {
    let told = |_| anyhow!("the table cannot be written");
    // Excel reads UTF-8 only behind its mark.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(headings()).map_err(told)?;
    for credential in all {
        writer.write_record(cells(credential).map(|cell| harmless(&cell))).map_err(told)?;
    }
    writer.into_inner().map_err(|_| anyhow!("the table cannot be written"))
}

/// A cell that no program takes for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

fn document(reading: &Records) -> anyhow::Result<Vec<u8>> {
    let entities = reading.entities().collect::<Result<Vec<_>, _>>()?;
    let systems = reading.systems().collect::<Result<Vec<_>, _>>()?;
    let history = reading.history(None).collect::<Result<Vec<_>, _>>()?;
    let credentials: Vec<_> = list::all(reading)?.iter().map(list::whole).collect();
    let all = json!({
        "schema": 1, "credentials": credentials, "entities": entities, "systems": systems, "history": history,
    });
    let text = serde_json::to_string_pretty(&all).map_err(|_| anyhow!("the inventory cannot be written as JSON"))?;
    Ok((escape_json(&text) + "\n").into_bytes())
}

fn workbook(all: &[Credential]) -> anyhow::Result<Vec<u8>> {
    let told = |_| anyhow!("the workbook cannot be written");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("KSeF")?;
    for (column, heading) in (0..).zip(headings()) {
        sheet.write_string(0, column, heading)?;
    }
    for (row, credential) in (1..).zip(all) {
        for (column, cell) in (0..).zip(cells(credential)) {
            // Always as text: what begins like a formula is none.
            let is_day = FIELDS.get(usize::from(column)).is_some_and(|(.., form)| *form == Form::Instant);
            let cell = if is_day { cell.trim_end_matches("T00:00:00Z") } else { &cell };
            sheet.write_string(row, column, cell)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    book.save_to_buffer().map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_becomes_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@x", "\tx"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        assert_eq!(harmless("a=1"), "a=1");
    }
}
