//! Pages that `LibreOffice` prints, and that `pdftotext` and `qpdf` read.

use crate::program::Bench;
use crate::repository::token;
use crate::sight::{NUMBERS, Sight, agree, certain, shown};
use crate::source::{book, letter};

/// What `qpdf` makes of a document: it streams objects, or shows them all.
const WAYS: [(&str, &str); 3] = [
    ("objects", "--object-streams=generate"),
    ("lines", "--linearize --object-streams=disable"),
    ("plain", "--stream-data=uncompress --object-streams=disable"),
];

#[test]
fn pages_of_libreoffice() {
    let Some(bench) = Bench::with(&["soffice", "pdftotext", "qpdf"]) else { return };
    let mut numbers = NUMBERS;
    let mut next = |_: &str| token(numbers.next().expect("there are enough"));
    bench.write("work/letter.fodt", letter(&mut next));
    bench.write("work/book.fods", book(&mut next));
    bench.convert("work", "* --outdir ../in", "pdf");
    for (name, words) in WAYS {
        bench.shell("in", &format!("qpdf {words} letter.pdf {name}.pdf"));
    }
    let mut theirs: Vec<Sight> = Vec::new();
    for name in bench.files("in").into_keys() {
        let text = bench.shell("in", &format!("pdftotext -raw {name} -"));
        for (page, text) in (1..).zip(text.split(|byte| *byte == 12)) {
            // The heading is broken into lines.
            let text: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'\n').collect();
            let prints = shown(&text).into_iter();
            theirs.extend(prints.map(|print| (name.clone(), format!("p. {page}"), print)));
        }
        let seen = theirs.iter().filter(|(file, ..)| *file == name).count();
        assert!(seen > 15, "{name}: the witness sees {seen}");
    }
    theirs.sort();
    agree(&certain(&bench, "in"), &theirs);
}
