//! Keys across the pieces in which long files are read.

use ksefleaks::KeyPair;

use crate::repository::Told;
use crate::shelf::{base64, der, found, hex, jwk, key, noise, of_rule, print, scan, spots};

/// Where pieces end: the first, the long ones behind it, and those that stand by themselves.
const ENDS: [usize; 4] = [256 << 10, 4 << 20, (4 << 20) + (256 << 10), 8 << 20];

/// How far before and behind each end keys stand.
const AROUND: usize = 2_400;

/// A file of many MiB with keys around each end of a piece, each so many bytes behind the one before; and the line of
/// each.
fn strewn(write: fn(&KeyPair) -> Vec<u8>, filler: &[u8], step: usize, first: u64) -> (Vec<u8>, Vec<(u64, usize)>) {
    let mut bytes: Vec<u8> = filler.iter().copied().cycle().take(9 << 20).collect();
    let mut places = Vec::new();
    let mut number = first;
    for end in ENDS {
        for at in (end - AROUND..end + AROUND).step_by(step) {
            let text = [b"\n", &*write(&key(number)), b"\n"].concat();
            assert!(text.len() < step);
            bytes[at..at + text.len()].copy_from_slice(&text);
            places.push((number, at + 1));
            number += 1;
        }
    }
    let line = |at: usize| bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let lines = places.iter().map(|(number, at)| (*number, line(*at))).collect();
    (bytes, lines)
}

#[track_caller]
fn all_are_found(told: &Told, lines: &[(u64, usize)]) {
    let missed = lines.iter().filter(|(number, _)| {
        let print = print(&key(*number));
        !told.findings.iter().any(|finding| finding["secret"]["sha256"] == print.as_str())
    });
    assert_eq!(missed.count(), 0, "of {}", lines.len());
    for (number, line) in lines {
        assert_eq!(spots(found(told, &key(*number))), [format!("a:{line}")]);
    }
    assert_eq!((told.findings.len(), told.notices.len()), (lines.len(), 0), "{:?}", told.notices);
}

#[test]
fn armoured_keys_across_windows() {
    let filler = "wiersz dziennika, w którym niczego nie ma\n".as_bytes();
    let (bytes, lines) = strewn(|pair| pair.pem().into(), filler, 397, 2000);
    all_are_found(&scan(&[("a", &bytes)], &[]), &lines);
}

#[test]
fn bytes_of_keys_across_windows() {
    let (bytes, lines) = strewn(KeyPair::der, &noise(20, 65_521), 211, 2100);
    all_are_found(&scan(&[("a", &bytes)], &[]), &lines);
    let (bytes, lines) = strewn(KeyPair::sec1, &[0xFF, 0, 0x30], 173, 2200);
    all_are_found(&scan(&[("a", &bytes)], &[]), &lines);
}

#[test]
fn digits_of_keys_across_windows() {
    let filler = "wiersz dziennika, w którym niczego nie ma\n".as_bytes();
    let (bytes, lines) = strewn(|pair| base64(&pair.der()).into(), filler, 263, 2300);
    all_are_found(&scan(&[("a", &bytes)], &[]), &lines);
    let (bytes, lines) = strewn(|pair| hex(&pair.der()).into(), filler, 389, 2400);
    all_are_found(&scan(&[("a", &bytes)], &[]), &lines);
    let (bytes, lines) = strewn(|pair| jwk(pair).into(), filler, 301, 2500);
    all_are_found(&scan(&[("a", &bytes)], &[]), &lines);
}

/// The lengths of the values that are open at `path` in DER raised by `more`; each is told in two bytes.
fn widen(bytes: &mut [u8], path: &[usize], more: usize) {
    for at in path {
        assert_eq!(bytes[at + 1], 0x82, "a length of two bytes at {at}");
        let length = usize::from(bytes[at + 2]) << 8 | usize::from(bytes[at + 3]);
        let longer = u16::try_from(length + more).expect("two bytes").to_be_bytes();
        bytes[at + 2..at + 4].copy_from_slice(&longer);
    }
}

#[test]
fn a_long_store_across_windows() {
    // One without a digest, so that a bag may be added: 50,000 bytes that nobody knows.
    let bag = der(0xA0, &[&der(0x30, &[&[6, 3, 0x2A, 3, 4], &der(0xA0, &[&der(4, &[&noise(21, 50_000)])])])]);
    let bags = der(0x30, &[&der(0x30, &[&[6, 11, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 12, 10, 1, 5], &bag])]);
    let last = der(0x30, &[&[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1], &der(0xA0, &[&der(4, &[&bags])])]);
    let mut long = [&include_bytes!("../../corpus/formats/key/nomac.p12")[..], &last].concat();
    // The store, its content, the octets, and the list in them.
    widen(&mut long, &[0, 7, 22, 26, 30], last.len());
    let filler = noise(22, (256 << 10) - 10_000);
    let bytes = [&filler[..], &long, &noise(23, 4 << 20)].concat();
    let told = scan(&[("a/store.bin", &bytes), ("a/haslo.txt", b"needle-password\n"), ("b.p12", &long)], &[]);
    let [finding] = &of_rule(&told, "ksef-certificate-key")[..] else { panic!("{:#?}", told.findings) };
    assert_eq!(finding["about"]["key"]["form"], "PKCS#12", "{finding}");
    assert_eq!(finding["locations"].as_array().map(Vec::len), Some(2), "{finding}");
}
