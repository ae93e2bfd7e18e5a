//! Names of passwords: `KSEF_KEY_PASSWORD`, `certPass`, `hasło`.
//!
//! Holds: where a name begins and ends, and which names are those of something else. Must not
//! know: what stands behind a name.

/// How far a name may reach before and behind the word in it.
const BEFORE: usize = 64;
const BEHIND: usize = 40;

/// Parts that may follow the word in a name; all others make it something else: `password_hash`,
/// `passwordPolicy`, `password_file`.
const TAILS: [&str; 41] = [
    "cert",
    "certificate",
    "certyfikatu",
    "certyfikat",
    "key",
    "klucza",
    "klucz",
    "p12",
    "pfx",
    "pkcs12",
    "pem",
    "jks",
    "keystore",
    "store",
    "ksef",
    "zip",
    "archive",
    "archiwum",
    "do",
    "for",
    "dla",
    "test",
    "tests",
    "prod",
    "demo",
    "dev",
    "local",
    "uat",
    "stage",
    "staging",
    "value",
    "text",
    "plain",
    "str",
    "string",
    "private",
    "production",
    "priv",
    "pliku",
    "rar",
    "podpisu",
];

/// Parts before the word that make it something else.
const NOT: [&str; 41] = [
    "hashed",
    "hash",
    "encrypted",
    "enc",
    "crypt",
    "no",
    "is",
    "has",
    "show",
    "hide",
    "forgot",
    "reset",
    "min",
    "max",
    "require",
    "requires",
    "required",
    "invalid",
    "wrong",
    "bad",
    "get",
    "check",
    "verify",
    "validate",
    "read",
    "ask",
    "prompt",
    "input",
    "without",
    "need",
    "needs",
    "use",
    "allow",
    "change",
    "update",
    "bcrypt",
    "type",
    "field",
    "label",
    "error",
    "placeholder",
];

/// Parts of names that speak of keys, certificates, archives and KSeF.
const FOR_KEYS: [&[u8]; 22] = [
    b"key", b"cert", b"ksef", b"p12", b"pfx", b"pkcs", b"store", b"jks", b"pem", b"klucz", b"archi", b"zip", b"rar",
    b"7z", b"sign", b"podpis", b"piecz", b"xades", b"private", b"ssl", b"tls", b"phrase",
];

/// What may stand right before `pass` without a sign between: `keypass`, and not `bypass`.
const JOINED: [&[u8]; 14] = [
    b"key", b"store", b"user", b"db", b"cert", b"ksef", b"sql", b"ftp", b"mail", b"zip", b"p12", b"pfx", b"my",
    b"admin",
];

/// Which word the name has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// `pass`, which is many things.
    Pass,
    /// `password`, `passwd`, `passphrase`.
    Password,
    /// `hasło`, `hasła`, `hasłu`.
    Haslo,
    /// `hasłem`.
    Haslem,
    /// `pwd`.
    Pwd,
}

/// A name in a text.
pub(super) struct Name {
    /// Where it begins, its dashes not counted.
    pub(super) start: usize,
    /// Behind its last byte.
    pub(super) end: usize,
    /// Its word.
    pub(super) word: Word,
    /// How many dashes stand before it.
    pub(super) dashes: usize,
    /// Whether it is the word and nothing else.
    pub(super) alone: bool,
}

impl Name {
    /// The name around the word that begins at a place, unless it is that of something else.
    pub(super) fn read(text: &[u8], at: usize) -> Option<Self> {
        let (word, length) = word_at(text.get(at..)?)?;
        let stop = at + length;
        let joined = text.get(stop).copied();
        // `passed`, `passwords`, `PASSES`: the word goes on in the same case.
        let last = text.get(stop.checked_sub(1)?).copied()?;
        let same_case = |next: u8| {
            next.is_ascii_lowercase() || (next.is_ascii_uppercase() && last.is_ascii_uppercase()) || next >= 0x80
        };
        if joined.is_some_and(same_case) {
            return None;
        }
        let end = stop + run(text.get(stop..)?.iter().take(BEHIND), b"_-");
        let tail = text.get(stop..end)?;
        let reached = run(text.get(..at)?.iter().rev().take(BEFORE), b"_-.");
        let head = text.get(at - reached..at)?;
        let dashes = head.iter().take_while(|byte| **byte == b'-').count();
        let signs = head.iter().take_while(|byte| matches!(byte, b'-' | b'.')).count();
        let head = head.get(signs..)?;
        if !parts(tail).all(is_tail) || tail.ends_with(b"-") || !begins_well(text, at, word, head) {
            return None;
        }
        if parts(head).any(|part| NOT.iter().any(|not| part.eq_ignore_ascii_case(not.as_bytes()))) {
            return None;
        }
        let start = at - head.len();
        Some(Self { start, end, word, dashes, alone: head.is_empty() && tail.is_empty() })
    }

    /// Whether it is Polish.
    pub(super) fn is_polish(&self) -> bool {
        matches!(self.word, Word::Haslo | Word::Haslem)
    }

    /// The byte before it, its dashes counted.
    pub(super) fn byte_before(&self, text: &[u8]) -> Option<u8> {
        text.get(self.start.checked_sub(self.dashes + 1)?).copied()
    }
}

/// Whether a name, or a phrase from it on, speaks of a key, a certificate, an archive, or KSeF.
pub(super) fn speaks_of_keys(phrase: &[u8]) -> bool {
    FOR_KEYS.iter().any(|part| super::contains(phrase, part))
}

/// The word at the beginning of a text, and how many bytes it has.
fn word_at(text: &[u8]) -> Option<(Word, usize)> {
    const PASS: [&[u8]; 8] = [b"phrase", b"_phrase", b"-phrase", b" phrase", b"word", b"_word", b"wd", b"w"];
    if super::starts_with(text, 0, b"pass") {
        let long = PASS.iter().find(|rest| super::starts_with(text, 4, rest));
        return Some(long.map_or((Word::Pass, 4), |rest| (Word::Password, 4 + rest.len())));
    }
    if super::starts_with(text, 0, b"pwd") {
        return Some((Word::Pwd, 3));
    }
    if !super::starts_with(text, 0, b"has") {
        return None;
    }
    let letter = match text.get(3..)? {
        [b'l' | b'L' | 0xB3 | 0xA3, ..] => 1,
        [0xC5, 0x82 | 0x81, ..] => 2,
        _ => return None,
    };
    match text.get(3 + letter..)? {
        [b'o' | b'a' | b'u' | b'O' | b'A' | b'U', ..] => Some((Word::Haslo, 4 + letter)),
        [b'e' | b'E', b'm' | b'M', ..] => Some((Word::Haslem, 5 + letter)),
        _ => None,
    }
}

/// How many of the bytes are letters, digits or one of the signs.
fn run<'a>(bytes: impl Iterator<Item = &'a u8>, signs: &[u8]) -> usize {
    bytes.take_while(|byte| byte.is_ascii_alphanumeric() || signs.contains(byte)).count()
}

/// The parts of a name: `keyPassword_2` has three.
fn parts(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.split(|byte| !byte.is_ascii_alphanumeric())
        .flat_map(|part| part.chunk_by(|left, right| !left.is_ascii_lowercase() || !right.is_ascii_uppercase()))
        .filter(|part| !part.is_empty())
}

fn is_tail(part: &[u8]) -> bool {
    part.iter().all(u8::is_ascii_digit) || TAILS.iter().any(|tail| part.eq_ignore_ascii_case(tail.as_bytes()))
}

/// Whether the word is no part of another: `bypass`, `compass`.
fn begins_well(text: &[u8], at: usize, word: Word, head: &[u8]) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|index| text.get(index)).copied() else { return true };
    if word == Word::Password || !(before.is_ascii_alphabetic() || before >= 0x80) {
        return true;
    }
    let first = text.get(at).copied().unwrap_or_default();
    if before.is_ascii_lowercase() && first.is_ascii_uppercase() {
        return true;
    }
    // A no-break space, a quote or a dash is no letter.
    if before >= 0x80 {
        return !matches!(before, 0xB3 | 0xB9 | 0xEA | 0xF3) || word == Word::Pwd;
    }
    JOINED
        .iter()
        .any(|joined| head.len().checked_sub(joined.len()).is_some_and(|from| super::starts_with(head, from, joined)))
}
