//! Words of people, and what must not stand among them.
//!
//! Holds: how a part of a secret is known, whatever parts its digits, and the number of a person. Must not know: which
//! field the words are for.

use super::{fold, number};

/// Characters that words of people may have.
const LONGEST: usize = 200;

/// Letters and digits in a row that make a credential rather than a word: tokens have 40 or 64.
const CREDENTIAL: usize = 40;

/// Hexadecimal digits in a row that no name has: a quarter of a secret. An identifier as stores of passwords and clouds
/// give them is no different from half of one, which is a UUID of version 4.
const DIGITS: usize = 16;

/// Those that only an identifier or a secret has, where words that are all figures or all letters count too.
const ALL: usize = 32;

/// How often figures and letters take turns within the words of such a row. A company, a date and an account behind one
/// another do so never or once: `ABC_5265877635_2026-01-31`, `DE89 3704 0044 0532 0130 00`.
const TURNS: usize = 2;

/// A clean text, if it may be kept.
pub(super) fn read(text: String) -> Result<String, String> {
    if text.chars().nth(LONGEST).is_some() {
        return Err(format!("takes at most {LONGEST} characters"));
    }
    let drawn = |run: &str| run.len() >= CREDENTIAL && has_figure(run) && run.contains(|c: char| !c.is_ascii_digit());
    if text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(drawn) {
        return Err(format!("takes words, and no {CREDENTIAL} letters and digits in a row, which a credential has"));
    }
    if has_hexadecimal(&number::without_references(&fold(&text))) {
        return Err(format!(
            "takes words, and no {DIGITS} hexadecimal digits in a row, whatever parts them, since a secret has them: \
             write the place or the name without the identifier, such as the vault and the folder"
        ));
    }
    if text.split(|letter: char| !letter.is_ascii_digit()).any(is_pesel) {
        return Err("takes words, and no PESEL: whose it is belongs into no inventory".to_owned());
    }
    Ok(text)
}

/// Hexadecimal digits in a row, with any signs between them.
#[derive(Default)]
struct Run {
    all: usize,
    /// Those in words that have figures and letters.
    mixed: usize,
    turns: usize,
}

impl Run {
    fn join(&mut self, digits: &str) {
        let kinds = || digits.chars().map(|digit| digit.is_ascii_digit());
        let turns = kinds().zip(kinds().skip(1)).filter(|(one, next)| one != next).count();
        self.all += digits.len();
        self.mixed += if turns > 0 { digits.len() } else { 0 };
        self.turns += turns;
    }

    fn is_secret(&self) -> bool {
        self.turns >= TURNS && (self.mixed >= DIGITS || self.all >= ALL)
    }
}

/// Whether a text has hexadecimal digits in a row as a secret has them.
fn has_hexadecimal(text: &str) -> bool {
    let mut run = Run::default();
    let mut found = false;
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let is_whole = word.bytes().all(|byte| byte.is_ascii_hexdigit());
        for (at, part) in word.split(|letter: char| !letter.is_ascii_hexdigit()).enumerate() {
            if at > 0 {
                run = Run::default();
            }
            // "Księga 12" has no digit before its figures.
            if is_whole || has_figure(part) {
                run.join(part);
            } else {
                run = Run::default();
            }
            found |= run.is_secret();
        }
    }
    found
}

fn has_figure(text: &str) -> bool {
    text.contains(|letter: char| letter.is_ascii_digit())
}

/// Whether digits are the number of a person: weights 1 3 7 9, a month and a day that can be.
fn is_pesel(digits: &str) -> bool {
    const WEIGHTS: [u32; 10] = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3];
    let digits: Vec<u32> = digits.bytes().map(|digit| u32::from(digit - b'0')).collect();
    let [_, _, tens, month, days, day, .., check] = digits[..] else { return false };
    let sum: u32 = WEIGHTS.iter().zip(&digits).map(|(weight, digit)| weight * digit).sum();
    digits.len() == 11
        && (10 - sum % 10) % 10 == check
        && matches!(tens % 2 * 10 + month, 1..=12)
        && matches!(days * 10 + day, 1..=31)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::inventory::Field;
    use crate::inventory::value::read;

    #[test]
    fn no_part_of_a_secret_is_kept_however_it_is_written() {
        for text in [
            "03be0e66-d868-42cf-9d4a-2b12b6a20bb0",
            "{F703C9FF-E166-4271-BC9B-BFAE80CA17B7}",
            "13deef86ab1041d_0b646e1f40a097c",
            "Bitwarden: 03be0e66d86842cf9d4a2b12b6a20bb0",
            "https://vault.example/#/vault?itemId=03be0e66-d868-42cf-9d4a-2b12b6a20bb0",
            "03:be:0e:66:d8:68:42:cf:9d:4a:2b:12:b6:a2:0b:b0",
            "03be 0e66/d868.42cf, 9d4a — 2b12b6a20bb0",
            "sejf(03be0e66)(d86842cf)",
            "token03be0e66d868-42cfz",
            "commit 5d41402abc4b2a76b9719d911017c592ae1b2c3d",
            "20251010-EC-1DCE3E3000-12ECB5B36E-46",
        ] {
            for field in [Field::Home, Field::Owner, Field::Name] {
                let clause = read(field, text).expect_err(text);
                assert!(clause.contains("without the identifier") || clause.contains("a credential has"), "{clause}");
            }
        }
    }

    #[test]
    fn what_has_many_figures_and_is_no_secret_is_kept() {
        for text in [
            "nip-5265877635/abc",
            "fasada-decade-facade",
            "ABC_5265877635_2026-01-31.pfx",
            "Księga abc 5265877635 2026-01-31",
            "tel. +48 601 234 567, 22 123 45 67",
            "rachunek 61 1090 1014 0000 0712 1981 2874",
            "DE89370400440532013000",
            "DE89 3704 0044 0532 0130 00",
            "C:\\KSeF\\2026-01-31\\cert_2026a.key",
            "ksef-backup-2026-01-31_12-05-22_a1b2c3d.zip",
            "https://kv-ksef.vault.azure.net/secrets/ksef-token-5265877635",
            "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ksef-AbCdEf",
            "beata.fedak@abc.example",
            "Ada Beca, B2B, pokój 2a",
            "serwer 2001:0db8:85a3::8a2e:0370",
            "token 20251010-EC-1DCE3E3000-12ECB5B36E-45 (Comarch)",
            "20251010-ec-1dce3e3000-12ecb5b36e-45",
        ] {
            assert_eq!(read(Field::Home, text), Ok(Some(text.to_owned())), "{text}");
        }
    }

    proptest! {
        #[test]
        fn half_of_a_secret_is_refused_whatever_parts_it(
            half in "[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}",
            at in prop::collection::vec(2..32_usize, 0..6),
            sign in prop::sample::select(vec![" ", "-", "_", ":", ".", "/", "{", "}", "=", "; ", " – "]),
        ) {
            let mut text = half;
            let mut places = at;
            places.sort_unstable();
            places.dedup_by(|one, other| one.abs_diff(*other) < 3);
            for place in places.into_iter().rev() {
                text.insert_str(place, sign);
            }
            prop_assert!(read(Field::Home, &text).is_err(), "it is kept");
            prop_assert!(read(Field::Owner, &format!("ABC {text} Księga")).is_err(), "it is kept among words");
        }
    }
}
