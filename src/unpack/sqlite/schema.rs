//! What the text of a schema tells of a table: the names of its columns, in the order in which rows hold them.
//!
//! Holds: reading `CREATE TABLE` and `CREATE INDEX`. Must not know: pages, rows.

/// The columns of a table or of an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) names: Vec<String>,
    /// The column that is the number of the row, which rows leave out.
    pub(super) alias: Option<usize>,
    /// Whether its rows lie in an index.
    pub(super) without_rowid: bool,
}

/// Words that begin what is no column.
const CONSTRAINTS: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];

/// Longer ones tell nothing that is worth the work.
const LONGEST: usize = 256 << 10;

/// Columns that have names, as many as SQLite allows where nobody changed it.
const MOST: usize = 2000;

/// Characters that a name has.
pub(super) const NAME: usize = 200;

/// Reads the text that made a table or an index.
pub(super) fn columns(sql: &str) -> Columns {
    if sql.len() > LONGEST {
        return Columns::default();
    }
    let words = words(sql);
    let Some(open) = words.iter().position(|word| word.text == "(" && !word.quoted) else { return Columns::default() };
    let mut columns = Columns::default();
    let mut key: Vec<String> = Vec::new();
    let (mut depth, mut begun, mut types) = (0_usize, open + 1, Vec::new());
    for (index, word) in words.iter().enumerate().skip(open) {
        match (depth, word.text.as_str(), word.quoted) {
            (_, "(", false) => depth += 1,
            (1, "," | ")", false) => {
                part(&words[begun..index], &mut columns, &mut types, &mut key);
                begun = index + 1;
                depth -= usize::from(word.text == ")");
            }
            (_, ")", false) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let tail = words[index..].iter().map(|word| word.text.to_ascii_uppercase());
            columns.without_rowid =
                tail.clone().zip(tail.skip(1)).any(|pair| pair == ("WITHOUT".into(), "ROWID".into()));
            break;
        }
    }
    finish(&mut columns, &types, &key);
    columns
}

/// A part of the list: a column, or what is said of all.
fn part(words: &[Word], columns: &mut Columns, types: &mut Vec<bool>, key: &mut Vec<String>) {
    let Some(first) = words.first() else { return };
    let upper: Vec<String> = words.iter().map(|word| word.text.to_ascii_uppercase()).collect();
    let has = |sought: &[&str]| upper.windows(sought.len()).any(|window| window == sought);
    if !first.quoted && CONSTRAINTS.contains(&upper[0].as_str()) {
        if let Some(at) = upper.windows(3).position(|window| window == ["PRIMARY", "KEY", "("]) {
            let inner = words[at + 3..].iter().take_while(|word| word.text != ")" || word.quoted);
            let mut fresh = true;
            for word in inner {
                if fresh {
                    key.push(word.text.clone());
                }
                fresh = word.text == "," && !word.quoted;
            }
        }
        return;
    }
    // What is computed when it is asked for does not lie in rows.
    if has(&["AS", "("]) && !has(&["STORED"]) {
        return;
    }
    if columns.names.len() >= MOST {
        return;
    }
    columns.names.push(first.text.chars().take(NAME).collect());
    types.push(upper.get(1).is_some_and(|word| word == "INTEGER"));
    if has(&["PRIMARY", "KEY"]) {
        key.push(first.text.clone());
    }
}

/// What the key means to the columns.
fn finish(columns: &mut Columns, types: &[bool], key: &[String]) {
    let place = |name: &String| columns.names.iter().position(|other| other.eq_ignore_ascii_case(name));
    if columns.without_rowid {
        // The key stands first there.
        let first: Vec<usize> = key.iter().take(64).filter_map(place).collect();
        let mut names: Vec<Option<String>> = std::mem::take(&mut columns.names).into_iter().map(Some).collect();
        let order = first.into_iter().chain(0..names.len()).collect::<Vec<_>>();
        columns.names = order.into_iter().filter_map(|index| names.get_mut(index)?.take()).collect();
    } else if let [only] = key {
        columns.alias = place(only).filter(|index| types.get(*index) == Some(&true));
    }
}

/// A word of SQL: a name, a sign, something in quotes.
#[derive(Debug)]
struct Word {
    text: String,
    quoted: bool,
}

fn words(sql: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = sql;
    while let Some(c) = rest.chars().next() {
        let (length, word) = match c {
            _ if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), None),
            _ if rest.starts_with("/*") => (rest[2..].find("*/").map_or(rest.len(), |at| at + 4), None),
            '"' | '\'' | '`' | '[' => quoted(rest, if c == '[' { ']' } else { c }),
            _ if c.is_alphanumeric() || c == '_' || c == '$' => {
                let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
                let length = rest.find(|c| !part(c)).unwrap_or(rest.len());
                (length, Some(Word { text: rest[..length].to_owned(), quoted: false }))
            }
            _ if c.is_whitespace() => (c.len_utf8(), None),
            _ => (c.len_utf8(), Some(Word { text: c.to_string(), quoted: false })),
        };
        words.extend(word);
        rest = &rest[length.max(1)..];
    }
    words
}

/// What is in quotes; a doubled quote is one.
fn quoted(text: &str, close: char) -> (usize, Option<Word>) {
    let mut inner = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    let mut end = text.len();
    while let Some((at, c)) = chars.next() {
        if c == close {
            if chars.peek().is_some_and(|(_, next)| *next == close && close != ']') {
                chars.next();
            } else {
                end = at + c.len_utf8();
                break;
            }
        }
        inner.push(c);
    }
    (end, Some(Word { text: inner, quoted: true }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sql: &str) -> Vec<String> {
        columns(sql).names
    }

    #[test]
    fn columns_are_read() {
        let sql = "CREATE TABLE \"my, (table\" (id INTEGER PRIMARY KEY, [nip no] text DEFAULT ('a,b'), -- a, b\n \
                   `token` TEXT CHECK (length(token) > 3), total NUMERIC(10, 2), v AS (id + 1), \
                   s AS (id + 2) STORED, UNIQUE (id, nip), CONSTRAINT c CHECK (id > 0))";
        let read = columns(sql);
        assert_eq!(read.names, ["id", "nip no", "token", "total", "s"]);
        assert_eq!((read.alias, read.without_rowid), (Some(0), false));
        assert_eq!(columns("CREATE TABLE t(a TEXT, b INTEGER, PRIMARY KEY(b))").alias, Some(1));
        assert_eq!(columns("CREATE TABLE t(a TEXT, b INT, PRIMARY KEY(b))").alias, None);
        assert_eq!(columns("CREATE TABLE t(a INTEGER, b INTEGER, PRIMARY KEY(a, b))").alias, None);
    }

    #[test]
    fn the_key_stands_first_without_numbers_of_rows() {
        let read = columns("create table t (a, b, c, primary key (c, a)) without rowid");
        assert_eq!(read.names, ["c", "a", "b"]);
        assert!(read.without_rowid);
    }

    #[test]
    fn other_texts_do_no_harm() {
        assert_eq!(names("CREATE INDEX i ON t(a COLLATE NOCASE, lower(b), c DESC)"), ["a", "lower", "c"]);
        for sql in ["", "(", "CREATE TABLE t(", "CREATE TABLE t(a,,b", "''''\"", "(ą \"ż", "CREATE TABLE t AS SELECT 1"]
        {
            names(sql);
        }
        assert_eq!(names("CREATE TABLE t(\"say \"\"hi\"\"\" TEXT)"), ["say \"hi\""]);
    }
}
