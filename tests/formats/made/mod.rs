//! Containers made for tests, each around some text.
//!
//! Holds: one file for each family; the table of one sample a format. Must not know: how any of it is opened, or what
//! is expected.

pub mod archive;
pub mod letter;
pub mod office;
pub mod ole;
pub mod page;
pub mod record;
pub mod stream;

use archive::{ar, cab, cpio, iso, rar, rpm, seven, tar, zip};
use letter::{digest, mail, mailbox};
use office::{docx, odp, ods, odt, pptx, xlsx};

/// A file with a text in it, and where that text stands: the members, sheet and cell, page and line.
pub struct Sample {
    pub name: &'static str,
    pub make: fn(&str) -> Vec<u8>,
    pub spot: &'static str,
}

/// Lines with a value in the second.
pub fn env(value: &str) -> String {
    format!("# ustawienia\nKSEF_TOKEN={value}\nkoniec\n")
}

fn lines(value: &str) -> Vec<u8> {
    env(value).into_bytes()
}

const fn sample(name: &'static str, make: fn(&str) -> Vec<u8>, spot: &'static str) -> Sample {
    Sample { name, make, spot }
}

/// One of each format.
pub const SAMPLES: [Sample; 60] = [
    sample("a.txt", lines, " line 2"),
    sample("a.gz", |value| stream::gz(&lines(value)), " line 2"),
    sample("a.bz2", |value| stream::bz2(&lines(value)), " line 2"),
    sample("a.xz", |value| stream::xz(&lines(value)), " line 2"),
    sample("a.zst", |value| stream::zst(&lines(value)), " line 2"),
    sample("a.lz4", |value| stream::lz4(&lines(value)), " line 2"),
    sample("a.lz", |value| stream::lz(&lines(value)), " line 2"),
    sample("a.lzma", |value| stream::lzma(&lines(value)), " line 2"),
    sample("a.Z", |value| stream::compress(&lines(value)), " line 2"),
    sample("object", |value| stream::zlib(&git_blob(value)), " line 2"),
    sample("a.zip", |value| zip(&[("b/c.env", lines(value))]), " b/c.env line 2"),
    sample("stored.zip", |value| archive::stored(&[("b/c.env", lines(value))]), " b/c.env line 2"),
    sample("a.7z", |value| seven("c.env", &lines(value)), " c.env line 2"),
    sample("a.rar", |value| rar(&[("c.env", lines(value))], None), " c.env line 2"),
    sample("a.tar", |value| tar(&[("b/c.env", lines(value))]), " b/c.env line 2"),
    sample("a.cpio", |value| cpio(&[("b/c.env", lines(value))]), " b/c.env line 2"),
    sample("a.a", |value| ar(&[("c.env", lines(value))]), " c.env line 2"),
    sample("a.cab", |value| cab("c.env", &lines(value)), " c.env line 2"),
    sample("a.iso", |value| iso(&lines(value)), " DIR/A.TXT line 2"),
    sample("a.rpm", |value| rpm(&stream::gz(&cpio(&[("c.env", lines(value))]))), " c.env line 2"),
    sample(
        "a.deb",
        |value| ar(&[("data.tar.xz", stream::xz(&tar(&[("c.env", lines(value))])))]),
        " data.tar.xz > c.env line 2",
    ),
    sample("a.docx", |value| docx(&[value]), " word/document.xml line 1"),
    sample("a.docm", |value| zip(&office::word(&office::paragraph(&[value]), &[])), " word/document.xml line 1"),
    sample(
        "header.docx",
        |value| zip(&office::word("", &[("word/header1.xml", office::paragraph(&[value]))])),
        " word/header1.xml line 1",
    ),
    sample(
        "comment.docx",
        |value| zip(&office::word("", &[("word/comments.xml", office::paragraph(&[value]))])),
        " word/comments.xml line 1",
    ),
    sample("deleted.docx", |value| zip(&office::word(&office::deleted(value), &[])), " word/document.xml line 1"),
    sample(
        "custom.docx",
        |value| zip(&office::word("", &[("docProps/custom.xml", office::property(value))])),
        " docProps/custom.xml line 1",
    ),
    sample("a.xlsx", |value| xlsx("Dostęp", &[&["x", "y"], &["z", value]]), " Dostęp!B2"),
    sample("inline.xlsx", |value| office::inline_xlsx("Dostęp", &[&["x", "y"], &["z", value]]), " Dostęp!B2"),
    sample("comment.xlsx", |value| office::remarked_xlsx("Dostęp", value), " Dostęp!D4"),
    sample("a.pptx", |value| pptx(&["x", value]), " ppt/slides/slide2.xml p. 2"),
    sample("a.odt", |value| odt(&[value]), " content.xml line 1"),
    sample("a.ods", |value| ods("Dostęp", &[&["x", "y"], &["z", value]]), " Dostęp!B2"),
    sample("a.odp", |value| odp(&["x", value]), " p. 2"),
    sample("a.fods", |value| office::fods("Dostęp", &[&["x", "y"], &["z", value]]), " Dostęp!B2"),
    sample("a.doc", |value| ole::doc(&[(&format!("{value}\r"), false)]), " WordDocument line 1"),
    sample(
        "saved.doc",
        |value| ole::doc(&[(&value[..40], false), (&format!("{}\r", &value[40..]), true)]),
        " WordDocument line 1",
    ),
    sample("a.xls", |value| ole::xls("Dostęp", &[&["x", "y"], &["z", value]]), " Workbook Dostęp!B2"),
    sample("a.ppt", |value| ole::ppt(&["x", value]), " PowerPoint Document p. 2"),
    sample("package.doc", |value| ole::packaged("c.env", &lines(value)), " ObjectPool/_1/c.env line 2"),
    sample("a.rtf", page::rtf, " line 1"),
    sample("a.html", |value| page::html(value).into_bytes(), " line 2"),
    sample("split.html", |value| page::split_html(value).into_bytes(), " line 2"),
    sample("a.svg", |value| page::svg(value).into_bytes(), " line 1"),
    sample("a.xml", |value| format!("<?xml version='1.0'?>\n<a><token>{value}</token></a>\n").into_bytes(), " line 2"),
    sample("a.ipynb", |value| page::notebook(&[&value[..60], &value[60..]]).into_bytes(), " line 2"),
    sample(
        "a.epub",
        |value| zip(&[("mimetype", b"application/epub+zip".to_vec()), ("a.xhtml", page::html(value).into_bytes())]),
        " a.xhtml line 2",
    ),
    sample("a.db", |value| record::sqlite(&["firma", "klucz"], &[&["ABC", value]]), " firmy!klucz, row 1"),
    sample("a.db-wal", |value| record::log(&["firma", "klucz"], &[&["ABC", value]]), " firmy!klucz, row 1"),
    sample("a.parquet", |value| record::parquet("klucz", &["ABC", value]), " klucz line 3"),
    sample("a.eml", |value| mail("x", &env(value)).into_bytes(), " line 9"),
    sample("base64.eml", |value| letter::encoded("x", &lines(value)).into_bytes(), " part 1.txt line 2"),
    sample("quoted.eml", |value| letter::quoted("x", &env(value)).into_bytes(), " part 1.txt line 2"),
    sample("attached.eml", |value| letter::attached("x", &[("c.env", &lines(value))]).into_bytes(), " c.env line 2"),
    sample("a.mht", |value| letter::saved_page(&page::html(value)).into_bytes(), " part 1.html line 2"),
    sample("a.mbox", |value| mailbox(&[&mail("x", "y"), &mail("x", &env(value))]).into_bytes(), " message 2 line 10"),
    sample("a.emlx", |value| letter::emlx(&mail("x", &env(value))).into_bytes(), " line 9"),
    sample("nested.eml", |value| letter::forwarded("x", &mail("y", &env(value))).into_bytes(), " part 2.eml line 9"),
    sample(
        "digest.eml",
        |value| digest(&[&mail("a", "b"), &mail("y", &env(value))]).into_bytes(),
        " part 2.eml line 9",
    ),
    sample("uu.eml", |value| letter::uuencoded("c.env", &lines(value)).into_bytes(), " c.env line 2"),
];

/// An object of a repository before it is packed.
fn git_blob(value: &str) -> Vec<u8> {
    let content = lines(value);
    [format!("blob {}\0", content.len()).into_bytes(), content].concat()
}
