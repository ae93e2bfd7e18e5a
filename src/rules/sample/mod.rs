//! Invented credentials in the exact form of genuine ones.
//!
//! Holds: `Sampler`, one method a form; JWTs, keys, certificates and the templates stand in files of
//! their own. What a seed gives never changes by the clock or the machine. Must not know: rules, or
//! how a credential is verified; it shares only check digits with the verifiers. A new form is a
//! method here and a placeholder in `template`.

mod armour;
mod certificate;
mod jwt;
mod key;
mod template;

use crate::base::Instant;
use crate::codec::{crc8, nip_is_valid};

pub use armour::armour;
pub use certificate::{CertificateForm, HolderType};
pub use jwt::{Environment, JwtForm, JwtType};
pub use key::KeyPair;
pub use template::{PLACEHOLDERS, SampleError};

const DAY: u64 = 86_400_000;
/// 2025-09-01, when the first tokens of KSeF 2.0 were issued, in days since 1970.
const FIRST_DAY: u64 = 20_332;
/// Up to 2026-11-20.
const DAYS: u64 = 446;

/// What may be wrong with a token, all else being right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Its day is in no calendar.
    Date,
    /// Its check digits do not check.
    Crc,
    /// Its milliseconds are more than a day has.
    Time,
    /// The NIP of its context does not check.
    Nip,
    /// Its secret part is hexadecimal, but no two UUIDs.
    Secret,
}

/// What a token is to be like; the default is a genuine-looking one with the context of a NIP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenForm {
    /// When it was issued, instead of at random.
    pub issued: Option<Instant>,
    /// For whom, instead of an invented NIP.
    pub nip: Option<String>,
    /// With the context of an internal identifier.
    pub internal: bool,
    /// What is wrong with it.
    pub flaws: Vec<Flaw>,
}

/// A generator of credentials; the same seed gives the same ones.
#[derive(Clone, Debug)]
pub struct Sampler(u64);

impl Sampler {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits: splitmix64, <https://prng.di.unimi.it/splitmix64.c>.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below the bound, which is small: the bias of the remainder does not matter here.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound.max(1)
    }

    fn pick(&mut self, alphabet: &[u8]) -> char {
        let index = self.below(alphabet.len() as u64) as usize;
        alphabet.get(index).copied().map_or('0', char::from)
    }

    /// Characters of an ASCII alphabet.
    pub fn string(&mut self, alphabet: &[u8], count: usize) -> String {
        (0..count).map(|_| self.pick(alphabet)).collect()
    }

    /// Lower-case hexadecimal digits.
    pub fn hex(&mut self, count: usize) -> String {
        self.string(b"0123456789abcdef", count)
    }

    /// An instant between the first tokens of KSeF 2.0 and November 2026.
    pub fn issued(&mut self) -> Instant {
        let millis = (FIRST_DAY + self.below(DAYS)) * DAY + self.below(DAY);
        i64::try_from(millis).ok().and_then(Instant::from_millis).unwrap_or_else(Instant::now)
    }

    /// A tax number that checks, and is not that of the official example.
    pub fn nip(&mut self) -> String {
        loop {
            let head = self.string(b"123456789", 3) + &self.string(b"0123456789", 6);
            let nip = (0..10).map(|last| format!("{head}{last}")).find(|nip| nip_is_valid(nip.as_bytes()));
            if let Some(nip) = nip.filter(|nip| nip != "5265877635") {
                return nip;
            }
        }
    }

    /// A version-4 UUID without dashes.
    fn bare_uuid(&mut self) -> String {
        format!("{}4{}{}{}", self.hex(12), self.hex(3), self.pick(b"89ab"), self.hex(15))
    }

    /// A version-4 UUID as it is usually written.
    pub fn uuid(&mut self) -> String {
        format!(
            "{}-{}-4{}-{}{}-{}",
            self.hex(8),
            self.hex(4),
            self.hex(3),
            self.pick(b"89ab"),
            self.hex(3),
            self.hex(12)
        )
    }

    /// The secret part of a token: two version-4 UUIDs without dashes.
    pub fn secret(&mut self) -> String {
        loop {
            let secret = self.bare_uuid() + &self.bare_uuid();
            if !secret.starts_with("919f7044") {
                return secret;
            }
        }
    }

    /// 64 lower-case hexadecimal digits that are no two UUIDs, as a SHA-256 nearly always is.
    pub fn hex64(&mut self) -> String {
        format!("{}{}{}", self.hex(12), self.pick(b"012356789abcdef"), self.hex(51))
    }

    /// 40 letters and digits, of which some are each of upper case, lower case and digits.
    pub fn token40(&mut self) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        loop {
            let token = self.string(ALPHABET, 40);
            let has = |test: fn(&u8) -> bool| token.as_bytes().iter().any(test);
            if has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit) {
                return token;
            }
        }
    }

    /// A reference number: of a token with the type `EC`, of an authentication with `AU`, and so on.
    pub fn reference(&mut self, kind: &str) -> String {
        let issued = self.issued();
        self.reference_issued(kind, issued)
    }

    /// A reference number of that instant.
    pub fn reference_issued(&mut self, kind: &str, issued: Instant) -> String {
        self.reference_with(kind, issued, &[])
    }

    fn reference_with(&mut self, kind: &str, issued: Instant, flaws: &[Flaw]) -> String {
        let mut day = digits_of_day(issued);
        if flaws.contains(&Flaw::Date) {
            day = format!("{}{}{}", day.get(..4).unwrap_or("2026"), 13 + self.below(80), 32 + self.below(60));
        }
        let mut millis = u64::try_from(issued.millis()).unwrap_or(0) % DAY;
        if flaws.contains(&Flaw::Time) {
            millis = DAY + self.below(DAY);
        }
        let body = format!("{day}-{kind}-{millis:07X}000-{}", self.string(b"0123456789ABCDEF", 10));
        let edit = if flaws.contains(&Flaw::Crc) { 1 + self.below(255) as u8 } else { 0 };
        format!("{body}-{:02X}", crc8(body.as_bytes()) ^ edit)
    }

    /// A token of KSeF 2.0 with the context of a NIP.
    pub fn token(&mut self) -> String {
        self.token_with(&TokenForm::default())
    }

    /// A token of KSeF 2.0 of the given form.
    pub fn token_with(&mut self, form: &TokenForm) -> String {
        let issued = form.issued.unwrap_or_else(|| self.issued());
        let reference = self.reference_with("EC", issued, &form.flaws);
        let mut nip = form.nip.clone().unwrap_or_else(|| self.nip());
        if form.flaws.contains(&Flaw::Nip) {
            let last = nip.pop().and_then(|digit| digit.to_digit(10)).unwrap_or(0);
            nip += &((u64::from(last) + 1 + self.below(9)) % 10).to_string();
        }
        let context = if form.internal {
            format!("internalId-{nip}-{}", self.string(b"0123456789", 5))
        } else {
            format!("nip-{nip}")
        };
        let secret = if form.flaws.contains(&Flaw::Secret) { self.hex64() } else { self.secret() };
        format!("{reference}|{context}|{secret}")
    }

    /// The number that KSeF gives to an invoice.
    pub fn invoice_number(&mut self) -> String {
        let issued = self.issued();
        let body = format!("{}-{}-{}", self.nip(), digits_of_day(issued), self.string(b"0123456789ABCDEF", 12));
        format!("{body}-{:02X}", crc8(body.as_bytes()))
    }
}

/// `YYYYMMDD` of an instant.
fn digits_of_day(instant: Instant) -> String {
    instant.to_string().chars().take_while(|c| *c != 'T').filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests;
