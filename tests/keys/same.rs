//! The same files give the same answer, whatever the threads and the order.

use std::fs;
use std::process::Command;

use ksefleaks::{CertificateForm, Sampler};

use crate::made::archive::{sealed as sealed_zip, zip};
use crate::made::letter::{attached, mailbox};
use crate::repository::Room;
use crate::shelf::{application, base64, certificate, hex, key, sealed, shelve};

/// Keys in many forms with passwords and certificates beside them and elsewhere.
fn tree(reversed: bool) -> Room {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for number in 0..24_u64 {
        let pair = key(9500 + number % 12);
        let (word, other) = (format!("Faktury.{}", number % 5), format!("Inne-{number}.x"));
        let mut put = |name: String, bytes: Vec<u8>| files.push((name, bytes));
        put(format!("{}/{number}.key", number % 4), sealed(&pair, &word).into());
        put(format!("{}/{number}.der", number % 7), pair.der());
        put(format!("k{}/{number}.key", number % 3), sealed(&key(9550 + number), &other).into());
        put(format!("k{}/haslo-{number}.txt", number % 3), format!("{other}\n{word}\n").into());
        put(
            format!("{}/.env{number}", number % 5),
            format!("KEY_PASSWORD={word}\nK={}\n", base64(&pair.sec1())).into(),
        );
        if number % 3 == 0 {
            put(
                format!("c/{number}.crt"),
                certificate(&pair, &CertificateForm { offline: number % 2 == 0, ..CertificateForm::default() }).into(),
            );
            put(
                format!("z/{number}.zip"),
                zip(&[("a.key", sealed(&pair, &word)), ("haslo.txt", word.clone()), ("x.sql", hex(&pair.der()))]),
            );
            put(
                format!("z/{number}.locked.zip"),
                sealed_zip(&[("t.env", format!("KSEF_TOKEN={}", Sampler::new(number).token()))], &word),
            );
            put(format!("z/haslo{number}.txt"), word.clone().into());
            let letters = [
                attached("klucz", &[("a.key", application(&pair, &other).as_bytes())]),
                attached(&format!("hasło: {other}"), &[]),
            ];
            put(format!("m/{number}.mbox"), mailbox(&letters).into());
        }
    }
    if reversed {
        files.reverse();
    }
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
    shelve(&files)
}

/// Standard output, the line of the run and the seconds aside.
fn told(room: &Room, words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ksefleaks"));
    let common = ["--format", "jsonl", "--no-progress", "--now", "2026-11-21"];
    let output = command.current_dir(room.path("")).args(words).args(common).output().expect("the program starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = text.lines().filter(|line| !line.contains("\"type\":\"run\""));
    lines.map(|line| line.split("\"seconds\"").next().unwrap_or_default().to_owned() + "\n").collect()
}

#[test]
fn threads_and_order_change_nothing() {
    let (one, other) = (tree(false), tree(true));
    let first = told(&one, &["scan", "in", "--jobs", "1"]);
    assert!(first.matches("\"ksef-key-password\"").count() > 5 && first.contains("\"by\":\"found\""), "{first}");
    for (room, jobs) in [(&one, "4"), (&one, "1"), (&other, "1"), (&other, "4")] {
        same(&first, &told(room, &["scan", "in", "--jobs", jobs]));
    }
    for limits in [&["--max-locations", "2"][..], &["--max-rounds", "20000"], &["--max-findings", "9"]] {
        let words = |jobs| [&["scan", "in", "--jobs", jobs][..], limits].concat();
        let first = told(&one, &words("1"));
        same(&first, &told(&one, &words("4")));
        same(&first, &told(&other, &words("3")));
    }
}

#[track_caller]
fn same(one: &str, other: &str) {
    let differ = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    assert_eq!(differ, None);
    assert_eq!(one.lines().count(), other.lines().count());
}

#[test]
fn a_repository_says_the_same_with_many_threads() {
    let (room, files) = (Room::new(), tree(false));
    let repository = room.init("repo", &[]);
    for (index, entry) in fs::read_dir(files.path("in")).expect("it is there").flatten().enumerate() {
        for file in fs::read_dir(entry.path()).expect("it is there").flatten() {
            let bytes = fs::read(file.path()).expect("it is there");
            repository.write(&format!("{index}/{}", file.file_name().to_string_lossy()), bytes);
        }
        repository.commit(&format!("nr {index}"));
    }
    let words = |jobs| ["git", "repo", "--jobs", jobs];
    let first = told(&room, &words("1"));
    assert!(first.contains("\"by\":\"found\""), "{first}");
    same(&first, &told(&room, &words("4")));
    same(&first, &told(&room, &words("2")));
}
