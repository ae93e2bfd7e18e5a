//! Tables out of texts and sheets, with the credentials of each row beside it and no secret in any cell.
//!
//! Holds: rows of spreadsheets by the places of their cells, rows of tables as text by their bytes. Must not know: what a
//! column means.

use std::collections::{BTreeMap, HashMap};

use super::kept::Leaf;
use super::met::Findings;
use crate::base::{Cells, Fingerprint, Places};
use crate::detect::Detector;
use crate::engine::scrub;
use crate::inventory::{Field, Met, Rejected, Row, filled_rows, read_value};

/// Signs between the cells of a table as text.
const DELIMITERS: [u8; 4] = [b';', b'\t', b',', b'|'];

/// Lines by which the sign between cells is known.
const LOOKED_AT: usize = 50;

/// Columns of a table; one with more is none that people keep.
const COLUMNS: usize = 1000;

/// Cells that a sheet may lay out, empty ones too.
const LAID: usize = 8_000_000;

/// A table in a file.
pub(super) struct Found {
    pub(super) name: Option<String>,
    pub(super) rows: Vec<Row>,
    /// Whether it is a sheet, and no text that might be something else.
    pub(super) is_sheet: bool,
    /// Rows that could not be told apart.
    pub(super) broken: Vec<Rejected>,
    /// The fingerprints of the credentials in them.
    pub(super) lost: Vec<Fingerprint>,
}

/// A text in UTF-8, whatever it was written in; what is no text stays as it is.
pub(super) fn as_utf8(bytes: Vec<u8>) -> Vec<u8> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(&bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return text.into_owned().into_bytes();
    }
    if bytes.contains(&0) || std::str::from_utf8(&bytes).is_ok() {
        return bytes;
    }
    // What is no UTF-8 and holds signs that no text holds is no text.
    if bytes.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C)) {
        return bytes;
    }
    encoding_rs::WINDOWS_1250.decode_without_bom_handling(&bytes).0.into_owned().into_bytes()
}

/// Whether a leaf is a sheet.
pub(super) fn is_sheet(leaf: &Leaf) -> bool {
    matches!(leaf.places, Places::Cells(_))
}

/// Whether it is worth reading a text as findings.
pub(super) fn may_be_findings(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
}

/// All tables of a file: its sheets, or the one that it is.
pub(super) fn tables(leaves: &[Leaf], findings: &Findings, detector: &Detector) -> Vec<Found> {
    // A long sheet comes in pieces.
    let mut sheets: Vec<Vec<Piece<'_>>> = Vec::new();
    let mut known: HashMap<(&[String], Option<&str>), usize> = HashMap::new();
    for leaf in leaves {
        let Places::Cells(cells) = &leaf.places else { continue };
        if leaf.aside {
            sheets.push(vec![(leaf, cells)]);
            continue;
        }
        let at = *known.entry((&leaf.inner, cells.sheet.as_deref())).or_insert(sheets.len());
        match sheets.get_mut(at) {
            Some(pieces) => pieces.push((leaf, cells)),
            None => sheets.push(vec![(leaf, cells)]),
        }
    }
    let mut found: Vec<Found> = sheets.into_iter().filter_map(|pieces| sheet(&pieces, findings, detector)).collect();
    for leaf in leaves.iter().filter(|leaf| matches!(leaf.places, Places::Verbatim)) {
        found.extend(text(leaf, findings, detector));
    }
    found
}

/// Cells of a sheet, and where they stand in it.
type Piece<'a> = (&'a Leaf, &'a Cells);

/// The rows of a sheet.
fn sheet(pieces: &[Piece<'_>], findings: &Findings, detector: &Detector) -> Option<Found> {
    let (leaf, cells) = *pieces.first()?;
    let name = cells.sheet.as_deref().map(|name| shown(detector, name));
    let about = within(leaf, detector) + &name.as_deref().map(|name| format!("sheet {name}, ")).unwrap_or_default();
    let mut met: BTreeMap<u64, Vec<&Met>> = BTreeMap::new();
    for (inside, found) in findings.cells(&leaf.inner) {
        let row = inside.cell.as_deref().and_then(row_of);
        if let Some(row) = row.filter(|_| inside.sheet.as_deref() == cells.sheet.as_deref()) {
            let row = met.entry(row).or_default();
            if !row.contains(&found) {
                row.push(found);
            }
        }
    }
    let mut laid = Laid::default();
    if !cells.columns.is_empty() {
        // The names of the columns of a table of a database are its first row.
        laid.rows.insert(0, cells.columns.clone());
    }
    pieces.iter().for_each(|(leaf, cells)| laid.lay(leaf, cells));
    let broken = laid.ends.map(|number| Rejected {
        place: format!("{about}row {number}"),
        why: format!("from here on nothing was read: the rows above it take the room of {LAID} cells"),
    });
    let lost = met.iter().filter(|(number, _)| laid.ends.is_some() && !laid.rows.contains_key(number));
    let lost = lost.flat_map(|(_, met)| met.iter().flat_map(|met| met.prints.iter().copied())).collect();
    let rows = laid.rows.into_iter().map(|(number, cells)| {
        let met: Vec<Met> = met.get(&number).into_iter().flatten().map(|met| (*met).clone()).collect();
        clean(Row { place: format!("{about}row {number}"), cells, met }, detector)
    });
    Some(Found { name, rows: rows.collect(), is_sheet: true, broken: broken.into_iter().collect(), lost })
}

/// Rows of a sheet, each as long as its last cell is far to the right.
#[derive(Default)]
struct Laid {
    rows: BTreeMap<u64, Vec<String>>,
    cells: usize,
    /// The row from which on there was no room.
    ends: Option<u64>,
}

impl Laid {
    /// Puts the cells of a piece where they stand in the sheet.
    fn lay(&mut self, leaf: &Leaf, cells: &Cells) {
        let ends = cells.starts.iter().skip(1).map(|(start, ..)| *start).chain([leaf.bytes.len() as u64]);
        for ((start, row, column), end) in cells.starts.iter().zip(ends) {
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
            let (Some(bytes), Ok(column)) = (leaf.bytes.get(place(*start)..place(end)), usize::try_from(*column))
            else {
                continue;
            };
            let number = row + 1;
            if self.cells >= LAID {
                self.close(number);
                continue;
            }
            let row = self.rows.entry(number).or_default();
            // Of short cells between tabs the first alone has a place.
            let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
            for (column, bytes) in (column..COLUMNS).zip(line.split(|byte| *byte == b'\t')) {
                let text = String::from_utf8_lossy(bytes).trim().to_owned();
                if row.len() <= column {
                    self.cells += column + 1 - row.len();
                    row.resize(column + 1, String::new());
                }
                if !text.is_empty() {
                    row[column] = text;
                }
            }
        }
    }

    /// There is no room for a cell of a row.
    fn close(&mut self, number: u64) {
        let is_last = self.rows.last_key_value().is_none_or(|(last, _)| *last <= number);
        // The headings come once more with each piece.
        if self.ends.is_some() || !is_last && self.rows.contains_key(&number) {
            return;
        }
        self.ends = Some(number);
        // What of it was laid out is no whole row.
        self.rows.remove(&number);
    }
}

/// A name that whoever made the file chose.
fn shown(detector: &Detector, name: &str) -> String {
    scrub::text(detector, name).unwrap_or_else(|| name.to_owned())
}

/// The members of containers in which a table stands, for people.
fn within(leaf: &Leaf, detector: &Detector) -> String {
    leaf.inner.iter().map(|name| shown(detector, name) + ", ").collect()
}

/// What is told of rows that have no headings which are understood, where it seems that there are credentials in them.
pub(super) fn without_headings(found: &Found, rows: &[Row]) -> Option<Rejected> {
    let is_known = |cell: &String| {
        [Field::Nip, Field::Reference].iter().any(|field| matches!(read_value(*field, cell), Ok(Some(_))))
    };
    if !found.is_sheet || !rows.iter().any(|row| row.cells.iter().any(is_known)) {
        return None;
    }
    let mut filled = filled_rows(rows);
    let place = filled.next()?.place.clone();
    let why = format!(
        "{} from here on have no headings that are understood; put headings above them, and import it again",
        match filled.count() {
            0 => "1 row".to_owned(),
            more => format!("{} rows", more + 1),
        }
    );
    Some(Rejected { place, why })
}

/// The number of the row in the name of a cell: `C7`, or `token, row 7`.
fn row_of(cell: &str) -> Option<u64> {
    let digits = cell.bytes().rev().take_while(u8::is_ascii_digit).count();
    cell[cell.len() - digits..].parse().ok()
}

/// The rows of a table as text.
fn text(leaf: &Leaf, findings: &Findings, detector: &Detector) -> Option<Found> {
    let (bytes, skipped) = match leaf.bytes.strip_prefix(b"sep=") {
        // Excel writes so which sign stands between cells.
        Some(rest) => {
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
            let signs = if rest.get(end..end + 2) == Some(b"\r\n") { 2 } else { 1 };
            (&leaf.bytes[..], leaf.bytes.len() - rest.len() + end + signs)
        }
        None => (&leaf.bytes[..], 0),
    };
    let body = &bytes[skipped..];
    if is_document(body) {
        return None;
    }
    let delimiter = delimiter_of(body)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(body);
    let (mut records, mut record) = (Vec::new(), csv::ByteRecord::new());
    while reader.read_byte_record(&mut record).ok()? {
        let position = record.position()?;
        let cells: Vec<String> = record
            .iter()
            .take(COLUMNS)
            .map(|cell| unguarded(String::from_utf8_lossy(cell).trim()).to_owned())
            .collect();
        let start = usize::try_from(position.byte()).ok()? + skipped;
        records.push((start, cells));
    }
    let ends: Vec<usize> = records.iter().skip(1).map(|(start, _)| *start).chain([bytes.len()]).collect();
    let (mut line, mut counted) = (1, 0);
    let (mut rows, mut broken, mut lost, about) = (Vec::new(), Vec::new(), Vec::new(), within(leaf, detector));
    for ((start, cells), end) in records.into_iter().zip(ends) {
        // Counted here: a reader may take the end of the line before, and lines that are empty, for a part of the record.
        let start = start + bytes[start..end].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        line += line_ends(&bytes[counted..start]);
        counted = start;
        let place = format!("{about}line {line}");
        // A quote that nobody closed makes one row of those that follow it, up to the next quote.
        let record = bytes[start..end].trim_ascii_end();
        let lines = record.split(|byte| *byte == b'\n').count();
        if lines > 1 && !is_sound(record, delimiter, cells.len()) {
            let met: Vec<&Met> = findings.within(&leaf.inner, &(start..end)).collect();
            let with = match met.len() {
                0 => String::new(),
                1 => ", with a credential in them".to_owned(),
                several => format!(", with {several} credentials in them"),
            };
            let why = format!(
                "a quote opens here that is not closed before the next line; {lines} lines were not read{with}"
            );
            lost.extend(met.iter().flat_map(|met| met.prints.iter().copied()));
            broken.push(Rejected { place, why });
            continue;
        }
        let met = findings.within(&leaf.inner, &(start..end)).cloned().collect();
        rows.push(clean(Row { place, cells, met }, detector));
    }
    let name = leaf.inner.last().map(|name| shown(detector, name));
    Some(Found { name, rows, is_sheet: false, broken, lost })
}

/// Whether a text is JSON: its signs would divide it into cells that mean nothing.
fn is_document(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text).trim_ascii();
    (text.starts_with(b"{") || text.starts_with(b"[")) && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

/// How many lines end in a text, in whichever way of the three.
fn line_ends(text: &[u8]) -> usize {
    let behind = text.iter().skip(1).map(Some).chain([None]);
    text.iter().zip(behind).filter(|(byte, next)| **byte == b'\n' || **byte == b'\r' && *next != Some(&b'\n')).count()
}

/// Whether a row of several lines is one: each quote stands at an end of a cell, and no line within a cell looks like a row.
fn is_sound(record: &[u8], delimiter: u8, cells: usize) -> bool {
    let mut rest = record;
    while let Some(first) = rest.first() {
        let ends = |byte: &u8| *byte == delimiter || matches!(byte, b'\n' | b'\r');
        if *first != b'"' {
            let end = rest.iter().position(ends).map_or(rest.len(), |at| at + 1);
            rest = &rest[end..];
            continue;
        }
        let mut at = 1;
        let closed = loop {
            match (rest.get(at), rest.get(at + 1)) {
                (Some(b'"'), Some(b'"')) => at += 2,
                (Some(b'"'), behind) => break behind.is_none_or(ends),
                (Some(_), _) => at += 1,
                (None, _) => break false,
            }
        };
        let signs = |line: &[u8]| line.iter().filter(|byte| **byte == delimiter).count();
        let inside = &rest[..at.min(rest.len())];
        let holds_row =
            inside.contains(&b'\n') && inside.split(|byte| *byte == b'\n').any(|line| signs(line) + 1 >= cells.max(2));
        if !closed || holds_row {
            return false;
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    true
}

/// A cell without the sign that tables put before what a program would take for a formula.
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(cell)
}

/// The sign that stands between cells: the one that divides most lines alike. A token has two bars in it, so a bar does
/// only where nothing else divides the lines.
fn delimiter_of(bytes: &[u8]) -> Option<u8> {
    let lines = || bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).take(LOOKED_AT);
    let signs = |line: &[u8], delimiter: u8| {
        let mut quoted = false;
        let is_sign = |byte: &&u8| {
            quoted ^= **byte == b'"';
            !quoted && **byte == delimiter
        };
        line.iter().filter(is_sign).count()
    };
    // How many lines it divides into as many cells as most, and how many those are; and how many it divides at all.
    let count = |delimiter: u8| {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        lines().for_each(|line| *counts.entry(signs(line, delimiter)).or_default() += 1);
        counts.remove(&0);
        let divided: usize = counts.values().sum();
        counts.into_iter().map(|(signs, lines)| (lines, signs)).max().map(|most| (most, divided))
    };
    let all = lines().count();
    let (bar, others): (Vec<u8>, Vec<u8>) = DELIMITERS.iter().partition(|delimiter| **delimiter == b'|');
    let counted = |delimiters: Vec<u8>| delimiters.into_iter().filter_map(|one| Some((count(one)?, one))).collect();
    let mut counted_all: Vec<_> = counted(others);
    if !counted_all.iter().any(|((_, divided), _)| divided * 2 > all) {
        counted_all.extend::<Vec<_>>(counted(bar));
    }
    counted_all.into_iter().max_by_key(|((most, _), _)| *most).map(|(_, delimiter)| delimiter)
}

/// Empties the cells that hold a secret, and notes which of the credentials stood in them.
fn clean(mut row: Row, detector: &Detector) -> Row {
    // Where something else stands in the cell too.
    let mut others = Vec::new();
    for (column, cell) in row.cells.iter_mut().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        let print = Fingerprint::of_public(cell.as_bytes());
        match row.met.iter_mut().find(|met| met.prints.contains(&print)) {
            Some(met) => met.columns.push(column),
            None if scrub::text(detector, cell).is_some() => others.push(column),
            None => continue,
        }
        zeroize::Zeroize::zeroize(cell);
    }
    let mut alone = row.met.iter_mut().filter(|met| met.columns.is_empty());
    if let (Some(met), None, [column]) = (alone.next(), alone.next(), &*others) {
        met.columns.push(*column);
    }
    row
}
