//! What our program finds, in a form in which others can be asked for it too.
//!
//! Holds: `Sight`, a place and what stands there, once for each time that it stands there. Must not know: any format.

use ksefleaks::{Fingerprint, Sampler};
use serde_json::Value;

use crate::program::Bench;
use crate::repository::token;

/// A file, the members in it, and the fingerprint of what was found there.
pub type Sight = (String, String, String);

/// Numbers of the credentials that a test may use.
pub const NUMBERS: std::ops::Range<u64> = 5_000..5_400;

/// What is found in a folder, sorted, with nothing that is uncertain and not a notice.
pub fn certain(bench: &Bench, folder: &str) -> Vec<Sight> {
    let told = bench.room().tell(&["scan", folder]);
    assert_eq!(told.said(), "", "nothing is left");
    let doubtful = told.findings.iter().find(|finding| finding["confidence"] != "certain");
    assert_eq!(doubtful, None);
    of(&told.findings, folder)
}

/// All places of findings, sorted.
fn of(findings: &[Value], folder: &str) -> Vec<Sight> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut sights = Vec::new();
    for finding in findings {
        let locations = finding["locations"].as_array().expect("a list");
        assert_eq!(finding["count"].as_u64(), Some(locations.len() as u64), "what is listed is counted");
        for location in locations {
            let path = text(&location["path"]);
            let file = path.strip_prefix(&format!("{folder}/")).unwrap_or(&path).to_owned();
            let inner: Vec<String> = location["inner"].as_array().into_iter().flatten().map(text).collect();
            let mut place = inner.join(" > ");
            if let (Some(sheet), Some(cell)) = (location["sheet"].as_str(), location["cell"].as_str()) {
                place.extend([" ", sheet, "!", cell]);
            }
            if let Some(page) = location["page"].as_u64() {
                place.push_str(&format!(" p. {page}"));
            }
            sights.push((file, place.trim_start().to_owned(), text(&finding["secret"]["sha256"])));
        }
    }
    sights.sort();
    sights
}

/// The fingerprints of all credentials in a text of the witness, in their order, each as often as it stands there.
pub fn shown(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let mut shown: Vec<(usize, String)> = Vec::new();
    for token in NUMBERS.map(token).filter(|token| text.contains(token)) {
        shown.extend(text.match_indices(&token).map(|(at, _)| (at, print(&token))));
    }
    shown.sort();
    shown.into_iter().map(|(_, print)| print).collect()
}

/// The fingerprint of a credential or a word.
pub fn print(secret: &str) -> String {
    Fingerprint::of_public(secret.as_bytes()).to_string()
}

/// Which of the numbers a fingerprint is of, for messages.
pub fn number(mark: &str) -> String {
    let number = NUMBERS.clone().find(|number| print(&token(*number)) == mark);
    number.map_or_else(|| mark.to_owned(), |number| number.to_string())
}

/// Fails where the two differ, and says in what.
#[track_caller]
pub fn agree(ours: &[Sight], theirs: &[Sight]) {
    let name = |(file, inner, print): &Sight| format!("{file}: {inner}: nr {}\n", number(print));
    let less: String = theirs.iter().filter(|sight| !ours.contains(sight)).map(name).collect();
    let more: String = ours.iter().filter(|sight| !theirs.contains(sight)).map(name).collect();
    assert!(less.is_empty() && more.is_empty(), "not found by us:\n{less}found by us alone:\n{more}");
    assert_eq!(ours.len(), theirs.len(), "each as often");
    assert!(!theirs.is_empty(), "the witness saw something");
}

/// A text that is not packed into nothing, with a credential at its end.
pub fn long(number: u64, bytes: usize) -> String {
    let filling = Sampler::new(number).string(b"abcdefghijklmnopqrstuvwxyz \n", bytes);
    format!("{filling}\nKSEF_TOKEN={}\nkoniec\n", token(number))
}
