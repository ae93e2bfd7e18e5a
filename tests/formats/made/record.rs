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

/// A page with these rows.
fn leaf(mut page: Vec<u8>, rows: &[Vec<u8>]) -> Vec<u8> {
    let words = |words: &[usize]| words.iter().flat_map(|word| (*word as u16).to_be_bytes()).collect::<Vec<u8>>();
    let mut starts = Vec::new();
    let content = rows.iter().fold(PAGE, |end, row| {
        starts.push(end - row.len());
        end - row.len()
    });
    page.push(13);
    page.extend(words(&[0, rows.len(), content]));
    page.push(0);
    page.extend(words(&starts));
    page.resize(content, 0);
    page.extend(rows.iter().rev().flatten());
    page
}

const PAGE: usize = 4096;

/// A database with a table `firmy`.
pub fn sqlite(columns: &[&str], rows: &[&[&str]]) -> Vec<u8> {
    let mut header = b"SQLite format 3\0".to_vec();
    header.extend([16, 0, 1, 1, 0, 64, 32, 32, 0, 0, 0, 1, 0, 0, 0, 2]);
    header.resize(100, 0);
    // The schema, its form, the encoding of text, and the change that the number of pages belongs to.
    (header[43], header[47], header[59], header[95]) = (1, 4, 1, 1);
    let quoted: Vec<String> = columns.iter().map(|name| format!("\"{name}\" TEXT")).collect();
    let statement = format!("CREATE TABLE firmy ({})", quoted.join(", "));
    let schema = leaf(header, &[row(1, &["table", "firmy", "firmy", &statement], Some(2))]);
    let rows: Vec<Vec<u8>> = (1..).zip(rows).map(|(id, texts)| row(id, texts, None)).collect();
    [schema, leaf(Vec::new(), &rows)].concat()
}

/// The write-ahead log of that database, before anything of it came into the database.
pub fn log(columns: &[&str], rows: &[&[&str]]) -> Vec<u8> {
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let mut bytes = words(&[0x377F_0682, 3_007_000, PAGE as u32, 0, 1, 2, 0, 0]);
    for (number, page) in (1..).zip(sqlite(columns, rows).chunks(PAGE)) {
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
