//! What is no password, although it stands where one would.
//!
//! Holds: placeholders, references to something else, types, code. Must not know: where it stands.

use super::plain::Dress;

/// Characters of the shortest and the longest password.
const SHORTEST: usize = 3;
const LONGEST: usize = 128;

/// Words that stand for a value, or for its absence.
const WORDS: [&[u8]; 59] = [
    b"none",
    b"null",
    b"nil",
    b"undefined",
    b"true",
    b"false",
    b"yes",
    b"string",
    b"str",
    b"&str",
    b"bool",
    b"boolean",
    b"int",
    b"char",
    b"byte",
    b"bytes",
    b"object",
    b"any",
    b"void",
    b"optional",
    b"required",
    b"password",
    b"passwd",
    b"pass",
    b"passphrase",
    b"haslo",
    b"has\xC5\x82o",
    b"has\xB3o",
    b"redacted",
    b"hidden",
    b"masked",
    b"placeholder",
    b"todo",
    b"fixme",
    b"nullptr",
    b"char[]",
    b"byte[]",
    b"string?",
    b"string[]",
    b"securestring",
    b"text",
    b"input",
    b"varchar",
    b"empty",
    b"unset",
    b"auto",
    b"prompt",
    b"stdin",
    b"http",
    b"https",
    b"[]",
    b"{}",
    b"()",
    b"...",
    b"self",
    b"this",
    b"new",
    b"await",
    b"function",
];

/// How placeholders begin.
const PLACEHOLDERS: [&[u8]; 15] = [
    b"your_", b"your-", b"yourp", b"your ", b"twoje", b"twoj_", b"tutaj", b"wpisz", b"wstaw", b"podaj", b"enter_",
    b"enter ", b"insert", b"replace", b"put_",
];

/// How digests and sealed values begin, and what a tool puts something in for.
const SEALED: [&[u8]; 16] = [
    b"$1$",
    b"$2a$",
    b"$2b$",
    b"$2y$",
    b"$5$",
    b"$6$",
    b"$argon2",
    b"$pbkdf2",
    b"enc(",
    b"enc[",
    b"vault:",
    b"!vault",
    b"{cipher}",
    b"pbkdf2:",
    b"pbkdf2_",
    b"{ssha",
];

/// How what a program looks up begins.
const LOOKED_UP: [&[u8]; 26] = [
    b"process.env",
    b"os.environ",
    b"os.getenv",
    b"import.meta",
    b"getenv",
    b"secrets.",
    b"env.",
    b"env:",
    b"vars.",
    b"var.",
    b"config.",
    b"configuration",
    b"settings.",
    b"this.",
    b"self.",
    b"args.",
    b"options.",
    b"opts.",
    b"req.",
    b"request.",
    b"props.",
    b"ctx.",
    b"params.",
    b"environment.",
    b"file:",
    b"local.",
];

/// Whether what is left of a value without its dress may be a password.
pub(super) fn may_be_password(plain: &[u8], dress: Dress) -> bool {
    let count = std::str::from_utf8(plain).map_or(plain.len(), |text| text.chars().count());
    let (Some(first), Some(last)) = (plain.first(), plain.last()) else { return false };
    if !(SHORTEST..=LONGEST).contains(&count)
        || plain.iter().any(|byte| *byte < b' ' || *byte == 0x7F)
        || *first == b' '
        || *last == b' '
    {
        return false;
    }
    let literal = dress == Dress::Quoted(b'\'');
    !(is_mask(plain)
        || is_placeholder(plain)
        || begins_with(plain, &PLACEHOLDERS)
        || begins_with(plain, &SEALED)
        || (!literal && is_variable(plain))
        || is_template(plain))
}

/// Whether it is a word that stands for a value, or for its absence.
pub(super) fn is_placeholder(plain: &[u8]) -> bool {
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(plain))
}

fn begins_with(plain: &[u8], heads: &[&[u8]]) -> bool {
    heads.iter().any(|head| super::starts_with(plain, 0, head))
}

/// `****`, `xxxx`, `...`, `•••`: next to nothing in it differs.
fn is_mask(plain: &[u8]) -> bool {
    let first = plain.first().copied().unwrap_or_default();
    let same = !first.is_ascii_digit() && plain.iter().all(|byte| *byte == first);
    let silent = !plain.iter().any(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
    let few = plain.iter().filter(|byte| **byte != first).take(4).count() < 4;
    same || (silent && few) || plain.starts_with("•".as_bytes()) || plain.starts_with("…".as_bytes())
}

/// `$VAR`, `%VAR%`.
fn is_variable(plain: &[u8]) -> bool {
    // `$BASE_URL/x`.
    let reference = plain.strip_prefix(b"$").unwrap_or_default();
    let capitals = reference.iter().take_while(|byte| byte.is_ascii_uppercase() || **byte == b'_').count();
    if capitals > 2 && reference.get(capitals) == Some(&b'/') {
        return true;
    }
    match plain {
        [b'$', rest @ ..] => rest.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.:->[]'".contains(byte)),
        [b'%', rest @ .., b'%'] => rest.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'),
        _ => false,
    }
}

/// Something is put in here: `${X}`, `{{ x }}`, `<password>`, `%s`, `__PASSWORD__`, `[hidden]`.
fn is_template(plain: &[u8]) -> bool {
    let holds = |part: &[u8]| memchr::memmem::find(plain, part).is_some();
    if holds(b"${") || holds(b"{{") || holds(b"$(") || holds(b"#{") || holds(b"<%") || holds(b"%(") {
        return true;
    }
    match plain {
        [b'<', .., b'>'] | [b'[', .., b']'] | [b'{', .., b'}'] | [b'_', b'_', .., b'_', b'_'] => true,
        [b'%', rest @ .., last] => {
            rest.len() < 3 && last.is_ascii_alphabetic() && rest.iter().all(|byte| b".*-+#0123456789l".contains(byte))
        }
        _ => false,
    }
}

/// Whether a bare word reads as an identifier without a digit.
pub(super) fn is_identifier(word: &[u8]) -> bool {
    word.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && word.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
}

/// Whether a bare word is code that makes a value, and no value.
pub(super) fn is_code(word: &[u8]) -> bool {
    if begins_with(word, &LOOKED_UP) || word.first().is_some_and(|first| b"&*@[{(<|>".contains(first)) {
        return true;
    }
    if word.starts_with(b"!") && is_identifier(word.get(1..).unwrap_or_default()) {
        return true;
    }
    if matches!(word, [b'$', b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] | [b'+', b'+', ..] | [b'!', b'!' | b'(', ..]) {
        return true;
    }
    // `read(`, `a.b[`, `a->b`, `a::b`.
    let chain = word.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'?'));
    let length = chain.count();
    let begins = word.first().is_some_and(|first| first.is_ascii_alphabetic() || matches!(first, b'_' | b'$'));
    let behind = word.get(length..).unwrap_or_default();
    if begins && length > 0 && [&b"("[..], b"[", b"->", b"::", b"<", b"!("].iter().any(|sign| behind.starts_with(sign))
    {
        return true;
    }
    let dotted = word.contains(&b'.') && word.split(|byte| *byte == b'.').all(is_identifier);
    // `password = keyPassword`, `pwd: user_pwd`.
    let speaks = || [&b"pass"[..], b"pwd", b"hasl"].iter().any(|part| super::contains(word, part));
    dotted || (is_identifier(word) && speaks())
}

/// Whether a word has letters only, none of them a capital but the first: one of the language.
pub(super) fn is_spoken_word(word: &[u8]) -> bool {
    let rest = word.get(1..).unwrap_or_default();
    word.first().is_some_and(|first| first.is_ascii_alphabetic() || *first >= 0x80)
        && rest.iter().all(|byte| byte.is_ascii_lowercase() || *byte >= 0x80 || matches!(byte, b'-' | b'\'' | b'/'))
}
