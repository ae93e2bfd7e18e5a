//! Tables in text: the line of headings above rows that are separated the same way.
//!
//! Holds: CSV and TSV with headings, lists of one column, and the column lists of SQL. Must not know: what stands in
//! the cells.

use super::fold::fold;

/// Separates the cells of tables that have one column.
const ALONE: u8 = b'\n';

/// Longer lines are no heading of a single column.
const HEADING: usize = 64;

/// Longer lines are no value of one.
const VALUE: usize = 4096;

/// Headings, and how cells are separated below them.
#[derive(Clone, Debug)]
pub(super) struct Table {
    headings: Vec<String>,
    folded: String,
    separator: u8,
}

impl Table {
    /// Reads a line as headings; nothing where it has no two cells.
    fn read(line: &[u8]) -> Option<Self> {
        if line.len() > 4096 {
            return None;
        }
        let (list, separator) = match column_list(line) {
            // COPY … FROM stdin separates its rows by tabs, whatever its list is separated by.
            Some(list) => (list, if line.starts_with(b"COPY ") { (b',', b'\t') } else { (b',', b',') }),
            None => {
                let separators = [b'\t', b';', b'|', b','];
                let separator = separators.into_iter().find(|separator| line.contains(separator))?;
                (line, (separator, separator))
            }
        };
        let headings: Vec<String> = cells(list, separator.0).map(fold).collect();
        (headings.len() > 1).then(|| Self { folded: headings.join(" "), headings, separator: separator.1 })
    }

    /// Reads the headings of the text that begins there, of one column too if a value alone in its line follows.
    pub(super) fn read_above(line: &[u8], below: &[u8]) -> Option<Self> {
        let alone = || {
            if !is_heading(line) {
                return None;
            }
            let below = &below[..below.len().min(VALUE)];
            let next = &below[..memchr::memchr(b'\n', below).unwrap_or(below.len())];
            let heading = fold(line);
            is_single(next).then(|| Self { folded: heading.clone(), headings: vec![heading], separator: ALONE })
        };
        Self::read(line).or_else(alone)
    }

    /// All headings, folded.
    pub(super) fn headings(&self) -> &str {
        &self.folded
    }

    /// Whether a line can be a row.
    pub(super) fn has_row(&self, line: &[u8]) -> bool {
        if self.separator == ALONE { is_single(line) } else { line.contains(&self.separator) }
    }

    /// The heading over the cell that begins where a row's text before it ends.
    pub(super) fn heading_of(&self, before: &[u8]) -> Option<String> {
        let index = cells(before, self.separator).count().checked_sub(1)?;
        self.headings.get(index).cloned()
    }
}

/// Whether a line is a few words and nothing else.
fn is_heading(line: &[u8]) -> bool {
    if line.len() > HEADING {
        return false;
    }
    let line = line.trim_ascii();
    let words = line.split(u8::is_ascii_whitespace).count();
    let known = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b" _-.\"'()".contains(byte);
    !line.is_empty() && words <= 5 && line.strip_suffix(b":").unwrap_or(line).iter().all(known)
}

/// Whether there is one value in a line and nothing else.
fn is_single(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let value = line.strip_suffix(b",").or(line.strip_suffix(b";")).unwrap_or(line);
    !value.is_empty() && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_|+/.\"'".contains(byte))
}

/// `INSERT INTO t (a, b)`, `COPY t (a, b) FROM stdin`: what stands in the parentheses.
fn column_list(line: &[u8]) -> Option<&[u8]> {
    let text = std::str::from_utf8(&line[..line.len().min(64)]).unwrap_or_default().trim_start().to_ascii_uppercase();
    if !text.starts_with("INSERT INTO ") && !text.starts_with("COPY ") {
        return None;
    }
    let open = line.iter().position(|byte| *byte == b'(')?;
    let close = line[open..].iter().position(|byte| *byte == b')')?;
    Some(&line[open + 1..open + close])
}

/// The cells of a line; separators inside of quotes do not count.
fn cells(line: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let (mut quote, mut before) = (None, separator);
    line.split(move |byte| {
        match (quote, *byte) {
            // An apostrophe inside of a name opens nothing.
            (None, b'"' | b'\'') if before == separator || matches!(before, b' ' | b'(') => quote = Some(*byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        before = *byte;
        // The quote around the cell in question is still open at its end.
        quote.is_none() && *byte == separator
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_found_over_their_cells() {
        let table = Table::read("Nazwa;NIP;Token KSeF;Właściciel".as_bytes()).expect("headings");
        assert_eq!(table.heading_of(b"ABC;5265877635;").as_deref(), Some("token ksef"));
        assert_eq!(table.heading_of(b"\"A;B;C\";5265877635;\"").as_deref(), Some("token ksef"));
        assert_eq!(table.heading_of(b"Sklep d'Or;5265877635;").as_deref(), Some("token ksef"));
        assert_eq!(table.heading_of(b"").as_deref(), Some("nazwa"));
        assert_eq!(table.heading_of(b"1;2;3;4;5;"), None);
        assert!(table.has_row(b"a;b") && !table.has_row(b"a b"));
        assert!(Table::read(b"KSEF_TOKEN=abc").is_none());
    }

    #[test]
    fn a_column_may_stand_alone() {
        for heading in ["token_ksef", "Token KSeF", "  \"token ksef\"", "Token KSeF:"] {
            let table = Table::read_above(heading.as_bytes(), b"ABC123\nABC124\n").expect(heading);
            assert!(table.heading_of(b"\"").is_some_and(|heading| heading.contains("ksef")), "{heading}");
            assert!(table.has_row(b"ABC123") && table.has_row(b"  \"ABC-123\",\r"));
            assert!(!table.has_row(b"") && !table.has_row(b"and so on") && !table.has_row(b"x=1"));
            assert!(Table::read_above(heading.as_bytes(), b"Nazwa;Token\nABC;ABC123\n").is_none());
        }
        for prose in ["The token of KSeF is in the safe today.", "token = abc", "<token>", "", "# token"] {
            assert!(Table::read_above(prose.as_bytes(), b"ABC123\n").is_none(), "{prose}");
        }
    }

    #[test]
    fn sql_names_its_columns() {
        let copy = Table::read(b"COPY public.firms (id, nip, ksef_token) FROM stdin;").expect("columns");
        assert_eq!(copy.heading_of(b"1\t5265877635\t").as_deref(), Some(" ksef_token"));
        let insert = Table::read(b"INSERT INTO firms (id, nip, ksef_token) VALUES").expect("columns");
        assert_eq!(insert.heading_of(b"(1, '5265877635', '").as_deref(), Some(" ksef_token"));
    }
}
