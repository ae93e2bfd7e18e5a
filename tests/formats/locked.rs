//! What is encrypted, without its password and with it.

use std::fs;

use crate::case::{notices, spots, text};
use crate::made::archive::{rar, sealed, stored, zip};
use crate::made::env;
use crate::made::letter::attached;
use crate::repository::{Room, Told, token};

const PASSWORD: &str = "Tajne-Haslo-2026";

/// What is said of a file, with a list of passwords or without.
fn said(name: &str, bytes: &[u8], passwords: Option<&str>) -> Told {
    let room = Room::new();
    fs::create_dir(room.path("in")).expect("it can be made");
    fs::write(room.path("in").join(name), bytes).expect("it can be written");
    fs::write(room.path("list"), passwords.unwrap_or_default()).expect("it can be written");
    let words: &[&str] = if passwords.is_some() { &["--password-file", "list"] } else { &[] };
    room.tell(&[&["scan", "in"], words].concat())
}

/// It is told without the password, and opened with it; the password is nowhere.
fn opens(name: &str, bytes: &[u8], number: u64, spot: &str) {
    for passwords in [None, Some("wrong\nworse\n")] {
        let told = said(name, bytes, passwords);
        assert_eq!((told.code, spots(&told, &token(number))), (3, vec![]), "{name}");
        assert_eq!(notices(&told), [("encrypted".to_owned(), "--password-file".to_owned())], "{name}");
        assert_eq!((told.findings.len(), &told.summary["complete"]), (0, &false.into()));
    }
    let told = said(name, bytes, Some(&format!("wrong\n{PASSWORD}\nworse\n")));
    assert_eq!(spots(&told, &token(number)), [format!("ksef-token certain {spot}")], "{name}");
    assert_eq!((told.code, told.notices.len()), (1, 0), "{name}: {:?}", told.notices);
    for words in [&told.findings, &told.notices] {
        assert!(words.iter().all(|line| !line.to_string().contains(PASSWORD)));
    }
    assert!(!told.summary.to_string().contains(PASSWORD) && told.error.is_empty(), "{}", told.error);
}

#[test]
fn archives_are_opened_with_their_password() {
    let content = |number| [("c.env", env(&token(number)))];
    opens("a.zip", &sealed(&content(600), PASSWORD), 600, "c.env line 2");
    opens("a.rar", &rar(&content(601), Some(PASSWORD)), 601, "c.env line 2");
    let inner = sealed(&content(602), PASSWORD);
    opens("outer.zip", &zip(&[("in.zip", &inner)]), 602, "in.zip > c.env line 2");
    opens("a.eml", attached("x", &[("in.zip", &inner)]).as_bytes(), 602, "in.zip > c.env line 2");
}

#[test]
fn a_locked_member_costs_none_of_the_others() {
    let bytes =
        stored(&[("in.zip", sealed(&[("c.env", env(&token(610)))], PASSWORD)), ("b.env", env(&token(611)).into())]);
    let told = said("a.zip", &bytes, None);
    assert_eq!(spots(&told, &token(611)), ["ksef-token certain b.env line 2"]);
    let [notice] = told.notices.as_slice() else { panic!("{:?}", told.notices) };
    assert_eq!(
        (text(&notice["reason"]), notice["inner"].to_string()),
        ("encrypted".into(), r#"["in.zip","c.env"]"#.into())
    );
    assert_eq!((told.code, &told.summary["complete"]), (1, &false.into()));
}

#[test]
fn documents_and_archives_of_other_programs_are_unlocked() {
    let samples = [
        ("a.docx", &include_bytes!("../../corpus/formats/ole/agile.docx")[..], "klucz-ż"),
        ("a.7z", include_bytes!("../../corpus/formats/seven/locked-header.7z"), "needle-password"),
        ("a.zip", include_bytes!("../../corpus/formats/zip/zipcrypto.zip"), "sesame"),
    ];
    for (name, bytes, password) in samples {
        let told = said(name, bytes, None);
        assert_eq!((told.code, notices(&told)), (3, vec![("encrypted".into(), "--password-file".into())]), "{name}");
        let told = said(name, bytes, Some(password));
        assert_eq!((told.code, told.notices.len()), (0, 0), "{name}: {:?}", told.notices);
    }
}
