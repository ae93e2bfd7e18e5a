//! The numbers by which companies, tokens and certificates are known.
//!
//! Holds: NIP, reference number, serial number. A whole token is refused where its reference is asked for: taking a
//! part out of it would say that the column may hold tokens. Must not know: which credential they belong to.

use super::fold;
use crate::codec::{crc8, nip_is_valid};

/// Characters of a reference number.
const REFERENCE: usize = 36;

/// Letters and digits in a row that no label has, so that they are a secret.
const SECRET: usize = 32;

/// What stands before a NIP.
const NIP_LABELS: [&str; 10] = ["internalid", "numer", "vatpl", "vat", "nip", "tin", "nr", "no", "ue", "pl"];

/// What stands before a reference number.
const REFERENCE_LABELS: [&str; 14] = [
    "referencyjny",
    "referencyjna",
    "referencja",
    "reference",
    "number",
    "tokena",
    "tokenu",
    "token",
    "numer",
    "ksef",
    "ref",
    "nr",
    "no",
    "id",
];

/// A NIP, or that of an internal identifier.
pub(super) fn nip(text: &str) -> Result<String, String> {
    let folded = fold(text);
    let text = unlabelled(&folded, &NIP_LABELS).trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let digits = whole_number(text).or_else(|| grouped(text)).unwrap_or_default();
    if nip_is_valid(digits.as_bytes()) {
        Ok(digits)
    } else {
        Err("takes a NIP: ten digits whose checksum is right".to_owned())
    }
}

/// A number of ten digits as a spreadsheet writes it: `5265877635.0`, `5.265877635E9`.
fn whole_number(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, ""));
    let (whole, fraction) = mantissa.split_once(['.', ','])?;
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match exponent.trim_start_matches(['+', '0']) {
        "" if whole.len() == 10 && fraction.bytes().all(|byte| byte == b'0') => Some(whole.to_owned()),
        "9" if whole.len() == 1 && fraction.len() <= 9 => Some(format!("{whole}{fraction:0<9}")),
        _ => None,
    }
}

/// Ten digits in groups, and the five of an internal identifier that may follow a dash.
fn grouped(text: &str) -> Option<String> {
    let digits = |part: &str| -> Option<String> {
        let known = |letter: char| letter.is_ascii_digit() || matches!(letter, ' ' | '-' | '.' | '/');
        part.chars().all(known).then(|| part.chars().filter(char::is_ascii_digit).collect())
    };
    let whole = text.rsplit_once('-').and_then(|(head, tail)| {
        let internal = tail.len() == 5 && tail.bytes().all(|byte| byte.is_ascii_digit());
        digits(head).filter(|head| internal && head.len() == 10)
    });
    whole.or_else(|| digits(text))
}

/// The reference number of a token.
pub(super) fn reference(text: &str) -> Result<String, String> {
    let compact: String = fold(text).chars().filter(|letter| *letter != ' ').collect::<String>().to_ascii_uppercase();
    let bytes = compact.as_bytes();
    let found = bytes.windows(REFERENCE).position(has_shape).and_then(|at| {
        let (before, rest) = compact.split_at_checked(at)?;
        let (reference, behind) = rest.split_at_checked(REFERENCE)?;
        Some((before, reference, behind))
    });
    let what =
        "takes the reference number of a token: YYYYMMDD-EC-, two blocks of ten digits and a checksum that is right";
    let Some((before, reference, behind)) = found else { return Err(what.to_owned()) };
    let drawn = |part: &str| part.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|run| run.len() >= SECRET);
    if behind.contains('|') || drawn(before) || drawn(behind) {
        return Err(
            "takes the reference number alone: it holds a token, of which only its reference is kept".to_owned()
        );
    }
    let before = before.to_ascii_lowercase();
    let alone = unlabelled(&before, &REFERENCE_LABELS).is_empty() && !behind.contains(char::is_alphanumeric);
    if alone && is_sound(reference.as_bytes()) { Ok(reference.to_owned()) } else { Err(what.to_owned()) }
}

/// A folded text without the reference numbers in it: they are no secret, however many digits they have.
pub(super) fn without_references(text: &str) -> String {
    let upper = text.to_ascii_uppercase();
    let mut rest = upper.as_str();
    let mut left = String::new();
    let is_one = |bytes: &[u8]| has_shape(bytes) && is_sound(bytes);
    while let Some(at) = rest.as_bytes().windows(REFERENCE).position(is_one) {
        let Some((before, behind)) = rest.split_at_checked(at) else { break };
        // What stands before one and behind it is not in a row.
        left.extend([before, " reference "]);
        rest = behind.get(REFERENCE..).unwrap_or_default();
    }
    left + rest
}

/// Whether 36 bytes are written like a reference number of a token.
fn has_shape(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().all(|(at, byte)| match at {
        0..8 => byte.is_ascii_digit(),
        8 | 11 | 22 | 33 => *byte == b'-',
        9 => *byte == b'E',
        10 => *byte == b'C',
        _ => byte.is_ascii_hexdigit(),
    })
}

/// Whether its day is a real one and its checksum right.
fn is_sound(reference: &[u8]) -> bool {
    let number = |from: usize, to: usize| {
        reference.get(from..to).unwrap_or_default().iter().fold(0_i16, |sum, digit| sum * 10 + i16::from(digit & 0x0F))
    };
    let (month, day) = (i8::try_from(number(4, 6)).unwrap_or(0), i8::try_from(number(6, 8)).unwrap_or(0));
    let (Some(head), Some(declared)) = (reference.get(..33), reference.get(34..)) else { return false };
    let declared = std::str::from_utf8(declared).ok().and_then(|crc| u8::from_str_radix(crc, 16).ok());
    jiff::civil::Date::new(number(0, 4), month, day).is_ok() && declared == Some(crc8(head))
}

/// Digits that KSeF writes of a serial number.
const SERIAL: usize = 16;

/// The serial number of a certificate, as KSeF writes it: with zeros before it, which spreadsheets and certificates
/// leave out. The longer ones of other issuers have none.
pub(super) fn serial(text: &str) -> Result<String, String> {
    let text = text.trim_matches(['\'', '"', '=', ' ']);
    let text = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let digits: String = text.chars().filter(|letter| !matches!(letter, ' ' | ':')).collect();
    let digits = digits.trim_start_matches('0').to_ascii_uppercase();
    if matches!(digits.len(), 1..=40) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(format!("{digits:0>SERIAL$}"))
    } else {
        Err("takes the serial number of a certificate: 1 to 40 hexadecimal digits".to_owned())
    }
}

/// What is left of a folded text behind its labels and the signs between them.
fn unlabelled<'a>(text: &'a str, labels: &[&str]) -> &'a str {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        match labels.iter().find_map(|label| rest.strip_prefix(label)) {
            Some(behind) => rest = behind,
            None => return rest,
        }
    }
}
