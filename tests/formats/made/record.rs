//! Databases, and files of columns.

use super::stream::gz;

/// A number as SQLite writes it, of fourteen bits at most.
fn number(value: usize) -> Vec<u8> {
    assert!(value < 1 << 14, "longer numbers follow");
    if value < 128 { vec![value as u8] } else { vec![0x80 | (value >> 7) as u8, (value & 0x7F) as u8] }
}

/// A row with a number of its own: texts, of which one may be the page of a table instead.
fn row(id: usize, texts: &[&str], root: Option<u8>) -> Vec<u8> {
    let mut kinds: Vec<u8> = texts.iter().flat_map(|text| number(13 + 2 * text.len())).collect();
    let mut values: Vec<u8> = texts.concat().into_bytes();
    if let Some(root) = root {
        // The page stands before the last text, which is the statement.
        let last = texts.last().expect("a statement");
        kinds.truncate(kinds.len() - number(13 + 2 * last.len()).len());
        kinds.extend([vec![1], number(13 + 2 * last.len())].concat());
        values.insert(values.len() - last.len(), root);
    }
    let record = [&[kinds.len() as u8 + 1][..], &kinds, &values].concat();
    [number(record.len()), number(id), record].concat()
}

/// A page with one row.
fn leaf(mut page: Vec<u8>, row: &[u8]) -> Vec<u8> {
    let start = PAGE - row.len();
    page.extend([13, 0, 0, 0, 1]);
    page.extend([(start >> 8) as u8, start as u8, 0, (start >> 8) as u8, start as u8]);
    page.resize(start, 0);
    page.extend_from_slice(row);
    page
}

const PAGE: usize = 512;

/// A database with a table `firmy` of one row.
pub fn sqlite(columns: &[&str], values: &[&str]) -> Vec<u8> {
    let mut header = b"SQLite format 3\0".to_vec();
    header.extend([2, 0, 1, 1, 0, 64, 32, 32, 0, 0, 0, 1, 0, 0, 0, 2]);
    header.resize(44, 0);
    header.extend([0, 0, 0, 4]);
    header.resize(56, 0);
    header.extend([0, 0, 0, 1]);
    header.resize(100, 0);
    (header[43], header[95]) = (1, 1);
    let quoted: Vec<String> = columns.iter().map(|name| format!("\"{name}\" TEXT")).collect();
    let statement = format!("CREATE TABLE firmy ({})", quoted.join(", "));
    let schema = leaf(header, &row(1, &["table", "firmy", "firmy", &statement], Some(2)));
    [schema, leaf(Vec::new(), &row(1, values, None))].concat()
}

/// The write-ahead log of that database, before anything of it came into the database.
pub fn log(columns: &[&str], values: &[&str]) -> Vec<u8> {
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let mut bytes = words(&[0x377F_0682, 3_007_000, PAGE as u32, 0, 1, 2, 0, 0]);
    for (number, page) in (1..).zip(sqlite(columns, values).chunks(PAGE)) {
        bytes.extend(words(&[number, if number == 2 { 2 } else { 0 }, 1, 2, 0, 0]));
        bytes.extend_from_slice(page);
    }
    bytes
}

/// A number as Thrift writes it.
fn signed(value: usize) -> Vec<u8> {
    let mut rest = value * 2;
    let mut bytes = Vec::new();
    while rest > 0x7F {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}

/// Texts in one column of one page, packed by gzip.
pub fn parquet(column: &str, values: &[&str]) -> Vec<u8> {
    let texts: Vec<u8> =
        values.iter().flat_map(|value| [&(value.len() as u32).to_le_bytes()[..], value.as_bytes()].concat()).collect();
    let packed = gz(&texts);
    let (count, name) = (signed(values.len()), [&[column.len() as u8], column.as_bytes()].concat());
    // What kind of page, its sizes, and of its values how many there are and how they are written.
    let sizes = [&[0x15, 0, 0x15][..], &signed(texts.len()), &[0x15], &signed(packed.len())].concat();
    let page = [&sizes[..], &[0x2C, 0x15], &count, &[0x15, 0, 0x15, 6, 0x15, 6, 0, 0], &packed].concat();
    let schema = [&b"\x15\x02\x19\x2C\x48\x04root\x15\x02\0\x15\x0C\x25\0\x18"[..], &name, &[0]].concat();
    let about = [&[0x15, 12, 0x19, 0x15, 0, 0x19, 0x18][..], &name, &[0x15, 4, 0x16], &count].concat();
    let size = signed(page.len());
    let column = [&[0x26, 8, 0x1C][..], &about, &[0x16], &size, &[0x16], &size, &[0x26, 8, 0, 0]].concat();
    let group = [&[0x19, 0x1C][..], &column, &[0x16], &size, &[0x16], &count, &[0]].concat();
    let footer = [&schema[..], &[0x16], &count, &[0x19, 0x1C], &group, &[0]].concat();
    [b"PAR1", &page[..], &footer, &(footer.len() as u32).to_le_bytes(), b"PAR1"].concat()
}
