//! What is said on standard error.
//!
//! Holds: one line a message, made safe for the terminal, with what may be a credential withheld:
//! people paste tokens where a path or an option belongs. Must not know: why something is said.

use std::io::Write;

use ksefleaks::escape_terminal;

/// Says one line. Where nobody listens, nothing is lost.
pub(crate) fn tell(text: &str) {
    drop(writeln!(std::io::stderr(), "ksefleaks: {}", escape_terminal(&withhold(text, looks_secret))));
}

/// Says several lines as they are: they are ours, and what was met in them is scrubbed already.
pub(crate) fn show(lines: &[String]) {
    let mut text = String::new();
    for line in lines {
        text.push_str(&escape_terminal(line));
        text.push('\n');
    }
    drop(std::io::stderr().write_all(text.as_bytes()));
}

/// A number and what it counts.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What the user typed, for a message about it: short, and without anything as long as a secret.
pub(crate) fn shown(typed: &str) -> String {
    const LONGEST: usize = 60;
    let safe = withhold(typed, |_, run| run.len() >= 32);
    if safe.chars().count() <= LONGEST { safe } else { safe.chars().take(LONGEST).chain(['…']).collect() }
}

/// Whether a run of letters and digits has the form of a secret part or of a JWT; the names of
/// files, which are often digests, do not.
fn looks_secret(before: &str, run: &str) -> bool {
    let is_secret_part = || {
        let at = |index: usize| run.as_bytes().get(index).copied().unwrap_or(0);
        run.len() == 64 && at(12) == b'4' && at(44) == b'4' && [16, 48].iter().all(|i| b"89abAB".contains(&at(*i)))
    };
    run.len() >= 32 && (before.ends_with('|') || is_secret_part()) || run.starts_with("eyJ") && run.len() >= 16
}

fn withhold(text: &str, is_secret: impl Fn(&str, &str) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        let (before, tail) = rest.split_at(start);
        safe.push_str(before);
        let end = tail.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tail.len());
        let (run, after) = tail.split_at(end);
        safe.push_str(if is_secret(&safe, run) { "(withheld)" } else { run });
        rest = after;
    }
    safe.push_str(rest);
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = concat!("0f1e2d3c4b5a4c6d8e9f0a1b2c3d4e5f", "6a7b8c9d0e1f4a3bac5d6e7f8091a2b3");

    #[test]
    fn a_pasted_token_is_withheld_and_its_reference_is_not() {
        let pasted = format!("«20251014-EC-2DFC46C000-3AC6D5877F-D4|nip-5265877635|{SECRET}» does not exist");
        let safe = withhold(&pasted, looks_secret);
        assert_eq!(safe, "«20251014-EC-2DFC46C000-3AC6D5877F-D4|nip-5265877635|(withheld)» does not exist");
        assert_eq!(withhold(SECRET, looks_secret), "(withheld)");
        assert_eq!(withhold("eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJrc2VmIn0", looks_secret), "(withheld).(withheld)");
    }

    #[test]
    fn names_that_are_digests_are_told() {
        let path = "«objects/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08» does not exist";
        assert_eq!(withhold(path, looks_secret), path);
    }

    #[test]
    fn what_was_typed_is_shown_when_it_is_short() {
        assert_eq!(shown("--frobnicate"), "--frobnicate");
        assert_eq!(shown(&"a".repeat(40)), "(withheld)");
        assert_eq!(shown(&"ab ".repeat(40)).chars().count(), 61);
    }
}
