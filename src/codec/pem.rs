//! Reading of PEM armour, wherever and however it stands.
//!
//! Holds: `read`, which takes the armour off: indented, quoted, escaped once or twice, glued together in source code,
//! in comments, in patches, in URLs and HTML, without line breaks, without its end. By hand, as each reader of the
//! RFC's form gives up on all of these. What is taken for a break too much or too little breaks the DER inside, so
//! leniency finds no key where none is. Must not know: what a label means.

use zeroize::Zeroizing;

use super::is_base64;

/// What opens the armour.
pub const BEGIN: &[u8] = b"-----BEGIN";

const END: &[u8] = b"-----END";
const DASHES: &[u8] = b"-----";

/// Bytes of text that are looked at. The key of RSA with 16,384 bits takes 13 KiB, a chain of certificates less than 100.
const LONGEST: usize = 256 << 10;

/// Letters that a label may have.
const LONGEST_LABEL: usize = 60;

/// Words by which source code breaks lines, which are made of letters like the body.
const BREAKS: [&[u8]; 12] = [
    b"vbcrlf",
    b"vblf",
    b"vbcr",
    b"vbnewline",
    b"chr",
    b"char",
    b"char10",
    b"environment",
    b"newline",
    b"php",
    b"eol",
    b"endl",
];

/// What stood in the armour.
pub struct Armour {
    /// What it says to hold, such as `RSA PRIVATE KEY`.
    pub label: String,
    /// The cipher and the start value, in hex, that `DEK-Info` names, where `Proc-Type` says that it is encrypted.
    pub locked: Option<(String, String)>,
    /// What was decoded. Without an end, it may go on behind the last byte that belongs to it.
    pub body: Zeroizing<Vec<u8>>,
    /// Bytes of text that it takes, with its end.
    pub len: usize,
    /// Whether its end was met.
    pub is_ended: bool,
    /// Behind which byte of text each digit stands.
    places: Vec<u32>,
}

impl Armour {
    /// How many bytes of text it takes to decode the first bytes of the body.
    pub fn len_of(&self, bytes: usize) -> usize {
        let digit = (bytes * 4).div_ceil(3);
        digit.checked_sub(1).and_then(|digit| self.places.get(digit)).map_or(self.len, |place| *place as usize)
    }
}

/// Takes the armour off that begins with the first byte.
pub fn read(text: &[u8]) -> Option<Armour> {
    let text = text.get(..LONGEST).unwrap_or(text);
    let rest = text.strip_prefix(BEGIN)?;
    let (label, taken) = label(rest)?;
    let plain = Plain::of(text, BEGIN.len() + taken);
    let (locked, start) = headers(&plain.text);
    let digits = plain.digits(start);
    let (body, places) = digits.decode();
    Some(Armour { label, locked, body, len: plain.len, is_ended: plain.is_ended, places })
}

/// Decodes base64 that stands without armour, in all the dresses of a body.
pub fn read_bare(text: &[u8]) -> Armour {
    let text = text.get(..LONGEST).unwrap_or(text);
    let plain = Plain::of(text, 0);
    let digits = plain.digits(0);
    let (body, places) = digits.decode();
    Armour { label: String::new(), locked: None, body, len: plain.len, is_ended: false, places }
}

/// The label behind `-----BEGIN`, and how many bytes it takes with its dashes. A URL has other spaces.
fn label(text: &[u8]) -> Option<(String, usize)> {
    let (mut label, mut at) = (String::new(), 0);
    while !text.get(at..)?.starts_with(DASHES) {
        let rest = text.get(at..)?;
        let (letter, taken) = match rest.first()? {
            b' ' | b'+' | b'_' => (' ', 1),
            b'%' if rest.starts_with(b"%20") => (' ', 3),
            letter if letter.is_ascii_uppercase() || letter.is_ascii_digit() => (char::from(*letter), 1),
            _ => return None,
        };
        label.push(letter);
        at += taken;
        if label.len() > LONGEST_LABEL {
            return None;
        }
    }
    Some((label.trim().to_owned(), at + DASHES.len()))
}

/// A body whose escapes are resolved, up to its end, each letter with the place behind it.
struct Plain {
    text: Zeroizing<Vec<u8>>,
    places: Vec<u32>,
    len: usize,
    is_ended: bool,
}

impl Plain {
    fn of(whole: &[u8], start: usize) -> Self {
        let rest = whole.get(start..).unwrap_or_default();
        // Letters only become fewer, so it never has to move, which would leave a copy behind.
        let most = memchr::memmem::find(rest, DASHES).unwrap_or(rest.len());
        let mut plain =
            Self { text: Zeroizing::new(Vec::with_capacity(most)), places: Vec::new(), len: start, is_ended: false };
        let mut at = start;
        while let Some(rest) = whole.get(at..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with(DASHES) {
                plain.end(rest, at);
                break;
            }
            let Some((letter, taken)) = letter(rest) else { break };
            at += taken;
            plain.text.push(letter);
            plain.places.push(at as u32);
            if is_base64(letter) {
                plain.len = at;
            }
        }
        plain
    }

    fn end(&mut self, rest: &[u8], at: usize) {
        if let Some((_, taken)) = rest.strip_prefix(END).and_then(label) {
            self.len = at + END.len() + taken;
            self.is_ended = true;
        }
    }

    /// The digits of base64 in it, from a place on, without what only breaks lines.
    fn digits(&self, start: usize) -> Digits {
        let prefix = self.prefix(start);
        let mut digits = Digits(Vec::with_capacity(self.text.len()));
        let (mut at, mut line) = (start, true);
        while let Some((run, end)) = self.run(at) {
            let between = self.text.get(at..run).unwrap_or_default();
            if between.contains(&b'=') && !digits.0.is_empty() {
                break;
            }
            line |= between.contains(&b'\n');
            if !self.is_break(run, end) {
                let from = if line { run + prefix } else { run };
                digits.0.extend((from..end).map(|at| (self.text[at], self.places[at])));
                line = false;
            }
            at = end;
        }
        digits
    }

    /// How many signs begin each of the lines, as in comments and patches.
    fn prefix(&self, start: usize) -> usize {
        let (mut at, mut line, mut lines, mut common) = (start, true, 0, usize::MAX);
        while let Some((run, end)) = self.run(at) {
            line |= self.text.get(at..run).unwrap_or_default().contains(&b'\n');
            if line && !self.is_break(run, end) {
                (line, lines) = (false, lines + 1);
                common = common.min(self.text[run..end].iter().take_while(|letter| b"+/".contains(letter)).count());
            }
            at = end;
        }
        // All keys that are not encrypted as a whole begin with a sequence, whose first digit is this.
        let is_sequence = |run: &[u8]| run.iter().find(|letter| !b"+/".contains(letter)) == Some(&b'M');
        let is_sound = lines > 1 || self.run(start).is_some_and(|(run, end)| is_sequence(&self.text[run..end]));
        if is_sound && lines > 0 { common } else { 0 }
    }

    /// The next run of digits from a place on: where it begins and ends.
    fn run(&self, at: usize) -> Option<(usize, usize)> {
        let is_digit = |letter: &u8| is_body(*letter);
        let run = at + self.text.get(at..)?.iter().position(is_digit)?;
        let length = self.text[run..].iter().position(|letter| !is_digit(letter));
        Some((run, length.map_or(self.text.len(), |length| run + length)))
    }

    /// Whether a run is a sign or a word of source code that only breaks lines.
    fn is_break(&self, run: usize, end: usize) -> bool {
        // The letter before a string of bytes: `b"…"`.
        let is_quoted = self.text.get(end).is_some_and(|letter| b"\"'".contains(letter));
        let is_apart = run.checked_sub(1).is_none_or(|before| b" \n(,".contains(&self.text[before]));
        if is_quoted && is_apart && matches!(self.text[run..end], [b'b' | b'B' | b'r' | b'u' | b'L']) {
            return true;
        }
        is_break(&self.text[run..end], run.checked_sub(1).map(|before| self.text[before]))
    }
}

/// Digits of base64, each with the place behind it.
struct Digits(Vec<(u8, u32)>);

impl Digits {
    /// What they say, and their places.
    fn decode(&self) -> (Zeroizing<Vec<u8>>, Vec<u32>) {
        let digits = Zeroizing::new(self.0.iter().map(|digit| digit.0).collect::<Vec<u8>>());
        (Zeroizing::new(super::base64_bytes(&digits)), self.0.iter().map(|digit| digit.1).collect())
    }
}

impl Drop for Digits {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(|digit| zeroize::Zeroize::zeroize(&mut digit.0));
    }
}

/// Whether a letter is a digit of the alphabet of PEM.
fn is_body(letter: u8) -> bool {
    is_base64(letter) && letter != b'-' && letter != b'_'
}

/// Whether a run of digits is a sign or a word of source code.
fn is_break(run: &[u8], before: Option<u8>) -> bool {
    let is_sign = run.len() < 4 && run.iter().all(|letter| b"+/".contains(letter));
    let is_code = before == Some(b'(') && run.len() < 4 && run.iter().all(u8::is_ascii_digit);
    is_sign || is_code || BREAKS.iter().any(|word| word.eq_ignore_ascii_case(run))
}

/// The next letter, its escape resolved, and how many bytes it takes. Nothing where no text goes on.
fn letter(rest: &[u8]) -> Option<(u8, usize)> {
    match *rest.first()? {
        b'\\' => Some(escaped(rest)),
        b'&' => Some(entity(rest).unwrap_or((b' ', 1))),
        b'%' => Some(hex(rest.get(1..3)).map_or((b' ', 1), |letter| (letter, 3))),
        b'<' => {
            let tag = rest.iter().take(12).position(|letter| *letter == b'>');
            Some(tag.map_or((b' ', 1), |end| (b'\n', end + 1)))
        }
        b'\r' | b'\n' => Some((b'\n', 1)),
        letter @ (b'\t' | b' '..=b'~') => Some((letter, 1)),
        // A space that does not break, as web pages and word processors have them.
        0xC2 if rest.get(1) == Some(&0xA0) => Some((b' ', 2)),
        _ => None,
    }
}

/// What stands behind backslashes, of which a string within a string has several.
fn escaped(rest: &[u8]) -> (u8, usize) {
    let slashes = rest.iter().take(8).take_while(|letter| **letter == b'\\').count();
    match rest.get(slashes) {
        Some(b'n' | b'r') => (b'\n', slashes + 1),
        Some(b't') => (b' ', slashes + 1),
        Some(sign @ (b'/' | b'+' | b'=')) => (*sign, slashes + 1),
        Some(b'u') => hex(rest.get(slashes + 3..slashes + 5)).map_or((b' ', slashes), |letter| (letter, slashes + 5)),
        Some(b'x') => hex(rest.get(slashes + 1..slashes + 3)).map_or((b' ', slashes), |letter| (letter, slashes + 3)),
        _ => (b' ', slashes),
    }
}

/// What an entity of HTML or XML means, where it is a letter by number.
fn entity(rest: &[u8]) -> Option<(u8, usize)> {
    let end = rest.iter().take(10).position(|letter| *letter == b';')?;
    let name = rest.get(1..end)?;
    let Some(number) = name.strip_prefix(b"#") else { return Some((b' ', end + 1)) };
    let number = std::str::from_utf8(number).ok()?;
    let letter = match number.strip_prefix(['x', 'X']) {
        Some(number) => u8::from_str_radix(number, 16).ok()?,
        None => number.parse().ok()?,
    };
    Some((letter, end + 1))
}

fn hex(digits: Option<&[u8]>) -> Option<u8> {
    let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The cipher and start value of the old encryption, and where the body begins.
fn headers(text: &[u8]) -> (Option<(String, String)>, usize) {
    let Some(start) = find(text.get(..300).unwrap_or(text), b"DEK-Info:") else { return (None, 0) };
    let rest = &text[start..];
    let lead = rest.iter().take_while(|letter| **letter == b' ').count();
    let rest = &rest[lead..];
    let name = rest.iter().take(24).take_while(|letter| letter.is_ascii_alphanumeric() || **letter == b'-').count();
    // The length of the start value is known by its cipher, so that its end is too where no line ends there.
    let is_wide = [&b"AES"[..], b"CAMELLIA", b"ARIA", b"SEED"].iter().any(|name| rest.starts_with(name));
    let digits = if is_wide { 32 } else { 16 };
    let Some(value) = rest.get(name + 1..name + 1 + digits) else { return (None, 0) };
    if rest[name] != b',' || !value.iter().all(u8::is_ascii_hexdigit) {
        return (None, 0);
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (Some((text(&rest[..name]), text(value))), start + lead + name + 1 + digits)
}

/// Where a word ends in a text.
fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word).map(|at| at + word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"MIIBVQIBADANBgkq+hkiG9w0B/QEFAASC";
    const REST: &[u8] = b"//8wggE7AgEAAkEA+u4=";

    fn dress(line: &str, first: &str, last: &str) -> Vec<u8> {
        let (body, rest) = (String::from_utf8_lossy(BODY), String::from_utf8_lossy(REST));
        format!(
            "-----BEGIN PRIVATE KEY-----{line}{first}{body}{last}{line}{first}{rest}{last}{line}{first}\
             -----END PRIVATE KEY-----tail"
        )
        .into_bytes()
    }

    #[test]
    fn a_body_is_the_same_in_all_dresses() {
        let plain = crate::codec::base64_bytes(&[BODY, REST].concat());
        let dresses = [
            ("\n", "", ""),
            ("\r\n", "", ""),
            ("", "", ""),
            (" ", "", ""),
            ("\n", "    ", ""),
            ("\n", "> ", "  "),
            ("\n", "\"", "\\n\" +"),
            ("\n", "'", "' \\"),
            ("\n", "\"", "\" & vbCrLf & _"),
            ("\n", "\"", "\" . PHP_EOL ."),
            ("\n", "\"", "\" & Chr(13) & Chr(10) & _"),
            ("\n", "// ", ""),
            ("\n", "//", ""),
            ("\n", "+", ""),
            ("\n", "# ", ""),
            ("\\n", "", ""),
            ("\\r\\n", "", ""),
            ("\\\\n", "", ""),
            ("\\u000a", "", ""),
            ("%0A", "", ""),
            ("&#10;", "", ""),
            ("&#xA;", "", ""),
            ("<br/>", "", ""),
            ("\u{a0}", "", ""),
        ];
        for (line, first, last) in dresses {
            let text = dress(line, first, last);
            let armour = read(&text).expect("armour");
            assert_eq!((armour.label.as_str(), armour.is_ended), ("PRIVATE KEY", true), "{line:?} {first:?}");
            assert!(*armour.body == plain, "{line:?} {first:?} {last:?}");
            assert_eq!(armour.len, text.len() - 4);
        }
    }

    #[test]
    fn a_first_sign_is_no_prefix_unless_all_lines_have_it() {
        for line in ["\n", "\\n", ""] {
            let text = format!("-----BEGIN X-----{line}+/8wggE7{line}AgEAAkEA{line}-----END X-----");
            let plain = crate::codec::base64_bytes(b"+/8wggE7AgEAAkEA");
            assert!(*read(text.as_bytes()).expect("armour").body == plain, "{line:?}");
        }
    }

    #[test]
    fn slashes_and_signs_may_be_escaped() {
        let plain = read(&dress("\n", "", "")).expect("armour");
        for (sign, dressed) in [("/", "\\/"), ("/", "%2F"), ("+", "\\u002b"), ("+", "&#43;"), ("+", "%2b")] {
            let text = String::from_utf8(dress("\n", "", "")).expect("text").replace(sign, dressed);
            assert!(*read(text.as_bytes()).expect("armour").body == *plain.body, "{sign} as {dressed}");
        }
    }

    #[test]
    fn an_end_that_is_missing_costs_nothing() {
        let text = dress("\n", "", "");
        let cut = &text[..text.len() - 30];
        let armour = read(cut).expect("armour");
        assert!(!armour.is_ended);
        assert_eq!(armour.len_of(3), 28 + 4);
        assert!(read(b"-----BEGIN PRIVATE KEY-----").is_some_and(|armour| armour.body.is_empty()));
        assert!(read(b"-----BEGIN PRIVATE KEY").is_none());
        assert!(read(b"-----BEGIN private key-----").is_none());
        let twice = [&text[..40], &text[..]].concat();
        assert_eq!(read(&twice).expect("armour").len, 40, "the next one is its own");
    }

    #[test]
    fn the_old_encryption_is_told_by_its_headers() {
        for line in ["\n", "\\n", " ", "\r\n"] {
            let text = format!(
                "-----BEGIN RSA PRIVATE KEY-----{line}Proc-Type: 4,ENCRYPTED{line}DEK-Info: DES-EDE3-CBC,0123456789ABCDEF\
                 {line}{line}AQID{line}-----END RSA PRIVATE KEY-----"
            );
            let armour = read(text.as_bytes()).expect("armour");
            let locked = armour.locked.expect("locked");
            assert_eq!((locked.0.as_str(), locked.1.as_str()), ("DES-EDE3-CBC", "0123456789ABCDEF"));
            assert_eq!(*armour.body, [1, 2, 3]);
        }
    }
}
