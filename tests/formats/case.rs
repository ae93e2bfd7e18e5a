//! Containers that lie in a folder, and what the program says of each.
//!
//! Holds: `Case` and `check`, which runs the program once on many. Must not know: any format.

use std::collections::BTreeSet;
use std::fs;

use ksefleaks::Fingerprint;
use serde_json::Value;

use crate::repository::{Room, Told};

/// A file with one credential in it, and where that must be told to stand, as `spot` writes it.
pub struct Case {
    pub name: String,
    pub bytes: Vec<u8>,
    pub secret: String,
    pub spot: String,
}

/// A case.
pub fn case(name: &str, bytes: impl Into<Vec<u8>>, secret: &str, spot: &str) -> Case {
    Case { name: name.to_owned(), bytes: bytes.into(), secret: secret.to_owned(), spot: spot.to_owned() }
}

/// Runs the program on a folder with these files, each in a folder of its own.
pub fn scan(files: &[(&str, &[u8])], words: &[&str]) -> Told {
    let room = Room::new();
    for (index, (name, bytes)) in files.iter().enumerate() {
        let folder = room.path("in").join(index.to_string());
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }
    room.tell(&[&["scan", "in"], words].concat())
}

/// Every credential is found where it stands, once, with nothing else and not a notice.
pub fn check(cases: &[Case]) {
    let files: Vec<(&str, &[u8])> = cases.iter().map(|case| (&*case.name, &*case.bytes)).collect();
    let told = scan(&files, &[]);
    let mut wrong: Vec<String> = Vec::new();
    for case in cases {
        let spots = spots(&told, &case.secret);
        if spots != [case.spot.clone()] {
            wrong.push(format!("{}: {spots:#?} and not {:?}", case.name, case.spot));
        }
    }
    let known: BTreeSet<String> = cases.iter().map(|case| print(&case.secret)).collect();
    let others = told.findings.iter().filter(|finding| !known.contains(&text(&finding["secret"]["sha256"])));
    wrong.extend(others.map(|finding| format!("unexpected: {finding}")));
    wrong.extend(told.notices.iter().map(|notice| format!("told: {notice}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((told.code, &*told.error), (1, ""));
}

/// Where a credential stands: `rule confidence member > member Sheet!Cell p. 3 line 4`, as far as there is any of it.
pub fn spots(told: &Told, secret: &str) -> Vec<String> {
    let Some(finding) = finding(told, secret) else { return Vec::new() };
    let locations = finding["locations"].as_array().expect("a list");
    assert_eq!(finding["count"].as_u64(), Some(locations.len() as u64), "what is listed is counted: {finding}");
    let rule = format!("{} {}", text(&finding["rule"]), text(&finding["confidence"]));
    locations.iter().map(|location| format!("{rule}{}", spot(location))).collect()
}

/// What was found of a credential.
pub fn finding<'t>(told: &'t Told, secret: &str) -> Option<&'t Value> {
    told.findings.iter().find(|finding| finding["secret"]["sha256"] == print(secret).as_str())
}

/// A place, without the file.
pub fn spot(location: &Value) -> String {
    let mut spot = String::new();
    let members: Vec<String> = location["inner"].as_array().expect("a list").iter().map(text).collect();
    if !members.is_empty() {
        spot = format!(" {}", members.join(" > "));
    }
    for (name, before) in [("sheet", " "), ("cell", "!"), ("page", " p. "), ("line", " line ")] {
        match &location[name] {
            Value::String(value) => spot.extend([before, value]),
            Value::Number(value) => spot.extend([before, &value.to_string()]),
            _ => {}
        }
    }
    spot
}

/// Reasons and options of all notices, in their order.
pub fn notices(told: &Told) -> Vec<(String, String)> {
    told.notices.iter().map(|notice| (text(&notice["reason"]), text(&notice["remedy"]))).collect()
}

fn print(secret: &str) -> String {
    Fingerprint::of_public(secret.as_bytes()).to_string()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
