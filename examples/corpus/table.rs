//! The table of rules and clothes, `docs/clothes.md`.
//!
//! Holds: its text, made of the same lists as the corpus, whose test proves every cell. Must not
//! know: what the library does.

use super::dress::{Dress, all};
use super::matrix::{LOOSE, LOOSE_TEXTS, is_beheaded, wears};

const HEAD: &str = "\
# Rules and clothes

In which dress which credential is found. The table is written by the generator of the corpus from the lists that the
corpus is made of, and `tests/corpus.rs` finds every credential of it where it stands: `just bless` writes it anew.

Tokens of KSeF 2.0 and JWTs verify themselves, so they are found in every dress, with no word around them. The looser
forms are known by the words around them and are found in the dresses that people give them.

";

const TAIL: &str = "
`by its secret part`: the escape hides what a token begins with, so what is left of it, `nip-<NIP>|<secret>`, is found as
`ksef-token-secret` where KSeF is near. No encoder that is known escapes hyphens.

`one at a time`: a JWT is found by words inside of its base64. Something unseen at one place of it, or at a few, does not
hide them; the same thing behind every eighth character does.

`order unsure`: ASCII in UTF-16 looks alike in both byte orders. Without a mark and at an odd offset of a binary file it is
found, but the order, and with it the first byte, may be told wrongly.

## What is not found

- What a program puts together when it runs: parts in variables, in a template, in an array.
- Encryption, and encodings that are not in the table: base32, base58, ROT13, UTF-7, UTF-32, EBCDIC.
- Compression other than gzip, unless it is opened as a container.
- More than four dresses one over the other.
- The looser forms in base64, hexadecimal or gzip of their own, or broken over lines by anything but quoted-printable.
";

/// The whole page.
pub(crate) fn page() -> String {
    let dresses = all();
    let mut families: Vec<&str> = Vec::new();
    for dress in &dresses {
        if !families.contains(&dress.family) {
            families.push(dress.family);
        }
    }
    let rules = ["ksef-token", "ksef-jwt"].into_iter().chain(LOOSE.iter().map(|(rule, _)| *rule));
    let rules: Vec<&str> = rules.collect();
    let head = format!(
        "| dress | {} |\n|{}\n",
        rules.iter().map(|rule| format!("`{rule}`")).collect::<Vec<_>>().join(" | "),
        "---|".repeat(6)
    );
    let rows = families.iter().map(|family| {
        let cells = rules.iter().map(|rule| cell(rule, family, &dresses));
        format!("| {} | {} |\n", family.replace('|', "\\|"), cells.collect::<Vec<_>>().join(" | "))
    });
    format!("{HEAD}{head}{}{TAIL}", rows.collect::<String>())
}

fn cell(rule: &str, family: &str, dresses: &[Dress]) -> &'static str {
    if LOOSE.iter().any(|(loose, _)| *loose == rule) {
        let dressed = LOOSE_TEXTS.iter().any(|(_, of, _, _)| *of == family);
        return if dressed || matches!(family, "UTF-16" | "quoted-printable") { "yes" } else { "" };
    }
    let of_family = || dresses.iter().filter(|dress| dress.family == family);
    if of_family().any(|dress| is_beheaded(rule, dress)) {
        return "by its secret part";
    }
    if family == "UTF-16 in a binary" {
        return "yes; at odd offsets order unsure";
    }
    match (of_family().all(|dress| wears(rule, dress)), of_family().any(|dress| wears(rule, dress))) {
        (true, _) => "yes",
        (_, true) => "one at a time",
        _ => "",
    }
}
