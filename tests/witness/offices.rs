//! Documents that `LibreOffice` writes in each of its formats, and reads again.

use std::collections::BTreeMap;
use std::fs;

use crate::program::Bench;
use crate::repository::token;
use crate::sight::{NUMBERS, Sight, agree, certain, print, shown};
use crate::source::{Next, book, letter, slides, text};

/// A kind of document: its flat form, what makes one, and the formats.
type Kind = (&'static str, fn(Next<'_>) -> String, &'static [&'static str]);

const KINDS: [Kind; 3] = [
    ("fodt", letter, &["docx", "dotx", "doc", "rtf", "odt"]),
    ("fods", book, &["xlsx", "xls", "ods"]),
    ("fodp", slides, &["pptx", "ppt", "odp"]),
];

/// Where the format holds what the source has in that place.
fn spot(format: &str, place: &str) -> String {
    let (kind, number) = place.split_once(' ').unwrap_or((place, ""));
    match (format, kind) {
        ("docx" | "dotx", "header") => "word/header1.xml".to_owned(),
        ("docx" | "dotx", "footer") => "word/footer1.xml".to_owned(),
        ("docx" | "dotx", "footnote") => "word/footnotes.xml".to_owned(),
        ("docx" | "dotx", "endnote") => "word/endnotes.xml".to_owned(),
        ("docx" | "dotx", "remark") => "word/comments.xml".to_owned(),
        ("docx" | "dotx", _) => "word/document.xml".to_owned(),
        ("odt" | "ods", "header" | "footer") => "styles.xml".to_owned(),
        ("odt", _) => "content.xml".to_owned(),
        ("doc", _) => "WordDocument".to_owned(),
        ("xlsx", "header") => String::new(),
        ("xls", "header") => "Workbook".to_owned(),
        ("xls", cell) => format!("Workbook {cell}"),
        ("pptx", "page") => format!("ppt/slides/slide{number}.xml p. {number}"),
        ("pptx", _) => format!("ppt/notesSlides/notesSlide{number}.xml p. {number}"),
        ("ppt", _) => format!("PowerPoint Document p. {number}"),
        ("odp", _) => format!("p. {number}"),
        ("xlsx" | "ods", cell) => cell.to_owned(),
        _ => String::new(),
    }
}

#[test]
fn documents_of_libreoffice() {
    let Some(bench) = Bench::with(&["soffice"]) else { return };
    let (mut numbers, mut theirs): (_, Vec<Sight>) = (NUMBERS, Vec::new());
    for (flat, source, formats) in KINDS {
        let mut places = BTreeMap::new();
        for format in formats {
            let mut next = |place: &str| {
                let token = token(numbers.next().expect("there are enough"));
                places.insert(print(&token), (*format, place.to_owned()));
                token
            };
            bench.write(&format!("work/{flat}-{format}.{flat}"), source(&mut next));
            bench.convert("work", &format!("{flat}-{format}.{flat} --outdir ../in"), format);
        }
        bench.convert("in", &format!("{flat}-* --outdir ../back"), flat);
        for format in formats {
            let name = format!("{flat}-{format}");
            let witness = fs::read(bench.path(&format!("back/{name}.{flat}"))).expect("it was converted");
            let mut prints = shown(&text(&witness));
            // LibreOffice writes remarks there, and forgets them when it reads them again.
            let forgets = |place: &str| matches!(*format, "ods" | "xls") && place.ends_with("B9");
            prints.extend(
                places.iter().filter(|(_, (of, place))| of == format && forgets(place)).map(|(print, _)| print.clone()),
            );
            prints.sort();
            prints.dedup();
            assert!(prints.len() > 15, "{name}: the witness sees {}", prints.len());
            if *format == "rtf" {
                // LibreOffice writes header and footer a second time, into a table of the styles of pages.
                prints.extend(
                    prints
                        .iter()
                        .filter(|print| matches!(&*places[*print].1, "header" | "footer"))
                        .cloned()
                        .collect::<Vec<_>>(),
                );
            }
            theirs.extend(
                prints.into_iter().map(|print| (format!("{name}.{format}"), spot(format, &places[&print].1), print)),
            );
        }
    }
    theirs.sort();
    agree(&certain(&bench, "in"), &theirs);
}
