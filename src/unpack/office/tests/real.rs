//! Documents that real programs wrote: see `corpus/formats/office/make.py`.

use flate2::read::DeflateDecoder;

use super::*;
use crate::unpack::office::FLAT;
use crate::unpack::recorded::recognises;

macro_rules! sample {
    ($name:literal) => {
        &include_bytes!(concat!("../../../../corpus/formats/office/", $name))[..]
    };
}

/// The members of a zip archive that is sound and small.
pub(super) fn unzip(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let short = |at: usize| u16::from_le_bytes(archive[at..at + 2].try_into().unwrap()) as usize;
    let long = |at: usize| u32::from_le_bytes(archive[at..at + 4].try_into().unwrap()) as usize;
    let end = archive.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
    let mut at = long(end + 16);
    let mut members = Vec::new();
    for _ in 0..short(end + 10) {
        let name = String::from_utf8(archive[at + 46..at + 46 + short(at + 28)].to_vec()).unwrap();
        let local = long(at + 42);
        let begin = local + 30 + short(local + 26) + short(local + 28);
        let packed = &archive[begin..begin + long(at + 20)];
        let mut content = Vec::new();
        match short(at + 10) {
            0 => content.extend_from_slice(packed),
            _ => _ = std::io::copy(&mut DeflateDecoder::new(packed), &mut content).unwrap(),
        }
        members.push((name, content));
        at += 46 + short(at + 28) + short(at + 30) + short(at + 32);
    }
    members
}

fn opened(archive: &[u8]) -> Recorded {
    let members = unzip(archive);
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    sound(&members)
}

/// Needles that are said, and that are said as changes only.
fn said(recorded: &Recorded, name: &str, numbers: &[u32], gone: &[u32]) {
    for number in numbers {
        place(recorded, &format!("needle-{name}-{number}"));
    }
    for number in gone {
        let needle = format!("needle-{name}-{number}");
        assert!(!text(recorded).contains(&needle), "{needle}");
        assert!(recorded.members.iter().any(|member| member.echo && member.text().contains(&needle)), "{needle}");
    }
}

#[test]
fn text_documents() {
    said(&opened(sample!("python-docx.docx")), "docx", &[1, 3, 4, 5, 6, 7], &[2]);
    let recorded = opened(sample!("libreoffice.docx"));
    said(&recorded, "docx", &[1, 3, 4, 5, 6], &[2]);
    assert!(text(&recorded).contains("NIP\tToken\n5265877635\tneedle-docx-3\n"));
    said(&opened(sample!("libreoffice.odt")), "odt", &[1, 3, 4, 5, 6], &[2]);
    let flat = sample!("libreoffice.fodt");
    assert!(recognises(&FLAT, flat, ""));
    let recorded = record(&FLAT, flat, &Limits::default());
    said(&recorded, "fodt", &[1, 3, 4, 5, 6], &[2]);
    assert!(text(&recorded).contains("NIP\tToken\n5265877635\tneedle-fodt-3\n"));
}

#[test]
fn workbooks() {
    let recorded = opened(sample!("openpyxl.xlsx"));
    assert!(text(&recorded).contains("Firma\tNIP\tToken\nAbc\t5265877635\tneedle-xlsx-1\n"));
    let places = [1, 3, 4, 5].map(|number| cell(&recorded, &format!("needle-xlsx-{number}")));
    assert_eq!(places, ["Dane!C2", "Dane!C5", "Tajny!D7", "Tajny!-"]);
    assert_eq!(cell(&recorded, "\"needle-xlsx\"&\"-2\""), "Dane!B4");
    said(&recorded, "xlsx", &[6], &[]);
    let recorded = opened(sample!("xlsxwriter.xlsx"));
    let places = [1, 4, 5].map(|number| cell(&recorded, &format!("needle-rich-{number}")));
    assert_eq!(places, ["Arkusz!B2", "Arkusz!-", "Arkusz!E5"]);
    said(&recorded, "rich", &[2, 3, 6], &[]);
    let recorded = opened(sample!("libreoffice.xlsx"));
    let places = [1, 2, 3].map(|number| cell(&recorded, &format!("needle-xlsx-{number}")));
    assert_eq!(places, ["Dane!B2", "Dane!B2", "Ukryty!D7"]);
    let recorded = opened(sample!("libreoffice.ods"));
    let places = [1, 2, 3].map(|number| cell(&recorded, &format!("needle-ods-{number}")));
    assert_eq!(places, ["Dane!B2", "Dane!B2", "Ukryty!D7"]);
    assert!(text(&recorded).contains("NIP\tToken\n5265877635\tneedle-ods-1\n"));
    let recorded = record(&FLAT, sample!("libreoffice.fods"), &Limits::default());
    let places = [1, 3].map(|number| cell(&recorded, &format!("needle-fods-{number}")));
    assert_eq!(places, ["Dane!B2", "Ukryty!D7"]);
}

#[test]
fn presentations() {
    for (sample, name) in [
        (sample!("python-pptx.pptx"), "pptx"),
        (sample!("libreoffice.pptx"), "pptx"),
        (sample!("libreoffice.odp"), "odp"),
    ] {
        let recorded = opened(sample);
        for number in [1, 2] {
            assert_eq!(place(&recorded, &format!("needle-{name}-{number}")).page, Some(number));
        }
    }
    let recorded = opened(sample!("python-pptx.pptx"));
    assert_eq!([1, 2].map(|number| place(&recorded, &format!("needle-notes-{number}")).page), [Some(1), Some(2)]);
    assert!(text(&recorded).contains("NIP\tToken\n5265877635\tneedle-pptx-3\n"));
    let recorded = opened(sample!("libreoffice.pptx"));
    assert_eq!([1, 2].map(|number| place(&recorded, &format!("needle-notes-pptx-{number}")).page), [Some(1), Some(2)]);
    let recorded = opened(sample!("libreoffice.odp"));
    assert_eq!([1, 2].map(|number| place(&recorded, &format!("needle-notes-odp-{number}")).page), [Some(1), Some(2)]);
}
