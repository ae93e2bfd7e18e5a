//! Invented certificates, in the style of those that KSeF issues, and requests for them.
//!
//! Holds: what they say. Their signatures have the right form and nobody's key. The companies and people in them are
//! invented. Must not know: how certificates are read.

use super::key::KeyPair;
use super::{Environment, Sampler};
use crate::base::Instant;
use crate::codec::der::{self, BIT_STRING, BOOLEAN, INTEGER, OBJECT, OCTET_STRING, SEQUENCE};

const SET: u8 = 0x31;
const UTF8: u8 = 0x0C;
const PRINTABLE: u8 = 0x13;
const UTC_TIME: u8 = 0x17;
const GENERAL_TIME: u8 = 0x18;

const ECDSA_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];
const KEY_USAGE: &[u8] = &[0x55, 0x1D, 15];
/// Attributes of a name, by the last byte of their object identifiers.
const COMMON_NAME: u8 = 3;
const SURNAME: u8 = 4;
const SERIAL_NUMBER: u8 = 5;
const COUNTRY: u8 = 6;
const ORGANISATION: u8 = 10;
const UNIT: u8 = 11;
const GIVEN_NAME: u8 = 42;
const ORGANISATION_IDENTIFIER: u8 = 97;

/// Whom a certificate stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HolderType {
    /// A company, by its NIP.
    #[default]
    Company,
    /// A person, by the NIP.
    Taxpayer,
    /// A person, by a PESEL with a month that no calendar knows.
    Person,
}

/// What a certificate is to be like; the default is one of a company for production.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateForm {
    /// Which KSeF issued it.
    pub environment: Environment,
    /// Whom it stands for.
    pub holder: HolderType,
    /// The NIP of the holder, instead of an invented one.
    pub nip: Option<String>,
    /// For invoices issued offline (type 2), and not to log in (type 1).
    pub offline: bool,
    /// From when on it is valid, instead of 2026-06-01.
    pub not_before: Option<Instant>,
    /// Until when it is valid, instead of 2028-06-01.
    pub not_after: Option<Instant>,
}

impl KeyPair {
    /// A certificate of this key, in DER.
    pub fn certificate(&self, form: &CertificateForm) -> Vec<u8> {
        let not_before = form.not_before.unwrap_or_else(|| day(2026, 6, 1));
        let not_after = form.not_after.unwrap_or_else(|| day(2028, 6, 1));
        // The next certificate of the same key has another number.
        let turn = not_before.millis().unsigned_abs().wrapping_add(form.offline.into());
        let mut sampler = Sampler::new(self.seed ^ turn);
        let version = der::wrap(der::context(0), &[&der::wrap(INTEGER, &[&[2]])]);
        let parts = der::wrap(
            SEQUENCE,
            &[
                &version,
                &sampler.serial(form.environment),
                &signature_algorithm(),
                &issuer(form.environment),
                &der::wrap(SEQUENCE, &[&time(not_before), &time(not_after)]),
                &sampler.subject(form),
                &self.spki(),
                &extensions(form.offline),
            ],
        );
        signed(&parts, &mut sampler)
    }

    /// A request for a certificate of this key, in DER.
    pub(super) fn request(&self) -> Vec<u8> {
        let mut sampler = Sampler::new(self.seed);
        let subject = sampler.subject(&CertificateForm::default());
        let attributes = der::wrap(der::context(0), &[]);
        let parts = der::wrap(SEQUENCE, &[&der::wrap_number(&[]), &subject, &self.spki(), &attributes]);
        signed(&parts, &mut sampler)
    }
}

impl Sampler {
    /// 16 hexadecimal digits, of which the first two tell the environment; those of the demo are inferred.
    fn serial(&mut self, environment: Environment) -> Vec<u8> {
        let first = match environment {
            Environment::Test => 1,
            Environment::Production => 2,
            Environment::Demo => 3,
        };
        der::wrap(INTEGER, &[&[first], &self.bytes::<7>()])
    }

    fn subject(&mut self, form: &CertificateForm) -> Vec<u8> {
        let country = attribute(COUNTRY, PRINTABLE, "PL");
        if form.holder == HolderType::Company {
            let names = ["Zmyślona sp. z o.o.", "Przykład S.A.", "Nieistniejąca sp. j.", "Fikcja sp. z o.o."];
            let name = names[self.below(names.len() as u64) as usize];
            let nip = form.nip.clone().unwrap_or_else(|| self.nip());
            let identifier = attribute(ORGANISATION_IDENTIFIER, UTF8, &format!("VATPL-{nip}"));
            let organisation = attribute(ORGANISATION, UTF8, name);
            return der::wrap(SEQUENCE, &[&country, &organisation, &identifier, &attribute(COMMON_NAME, UTF8, name)]);
        }
        let (given, surname) = self.name();
        let number = match form.holder {
            HolderType::Person => format!("PNOPL-{}", self.pesel()),
            _ => format!("TINPL-{}", form.nip.clone().unwrap_or_else(|| self.nip())),
        };
        der::wrap(
            SEQUENCE,
            &[
                &country,
                &attribute(GIVEN_NAME, UTF8, given),
                &attribute(SURNAME, UTF8, surname),
                &attribute(SERIAL_NUMBER, PRINTABLE, &number),
                &attribute(COMMON_NAME, UTF8, &format!("{given} {surname}")),
            ],
        )
    }
}

/// The name of KSeF's authority; that of the demo is inferred.
fn issuer(environment: Environment) -> Vec<u8> {
    let (name, organisation) = match environment {
        Environment::Production => ("CCK KSeF", "Ministerstwo Finansow"),
        Environment::Demo => ("DEMO CCK KSeF", "Ministerstwo Finansów"),
        Environment::Test => ("TEST CCK KSeF", "Ministerstwo Finansów"),
    };
    der::wrap(
        SEQUENCE,
        &[
            &attribute(COMMON_NAME, UTF8, name),
            &attribute(UNIT, UTF8, "Krajowa Administracja Skarbowa"),
            &attribute(ORGANISATION, UTF8, organisation),
            &attribute(COUNTRY, PRINTABLE, "PL"),
        ],
    )
}

fn attribute(kind: u8, tag: u8, text: &str) -> Vec<u8> {
    let kind = der::wrap(OBJECT, &[&[0x55, 4, kind]]);
    der::wrap(SET, &[&der::wrap(SEQUENCE, &[&kind, &der::wrap(tag, &[text.as_bytes()])])])
}

/// What the key may be used for, as the only extension: that one is critical.
fn extensions(offline: bool) -> Vec<u8> {
    // The count of bits that are not used, and the bits: digitalSignature is the first, nonRepudiation the second.
    let bits: &[u8] = if offline { &[6, 0x40] } else { &[7, 0x80] };
    let usage = der::wrap(OCTET_STRING, &[&der::wrap(BIT_STRING, &[bits])]);
    let parts = [der::wrap(OBJECT, &[KEY_USAGE]), der::wrap(BOOLEAN, &[&[0xFF]]), usage];
    let extension = der::wrap(SEQUENCE, &[&parts[0], &parts[1], &parts[2]]);
    der::wrap(der::context(3), &[&der::wrap(SEQUENCE, &[&extension])])
}

/// The parts with a signature of two numbers, which was made with no key.
fn signed(parts: &[u8], sampler: &mut Sampler) -> Vec<u8> {
    let numbers = [der::wrap_number(&sampler.bytes::<32>()), der::wrap_number(&sampler.bytes::<32>())];
    let signature = der::wrap(SEQUENCE, &[&numbers[0], &numbers[1]]);
    der::wrap(SEQUENCE, &[parts, &signature_algorithm(), &der::wrap(BIT_STRING, &[&[0], &signature])])
}

fn signature_algorithm() -> Vec<u8> {
    der::wrap(SEQUENCE, &[&der::wrap(OBJECT, &[ECDSA_SHA256])])
}

/// An instant, whose century stands only in years that two digits do not tell.
fn time(instant: Instant) -> Vec<u8> {
    let digits: String = instant.to_string().chars().take(19).filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("20").filter(|_| digits.as_str() < "2050") {
        Some(short) => der::wrap(UTC_TIME, &[short.as_bytes(), b"Z"]),
        None => der::wrap(GENERAL_TIME, &[digits.as_bytes(), b"Z"]),
    }
}

pub(super) fn day(year: i16, month: i8, day: i8) -> Instant {
    Instant::from_day(year, month, day).unwrap_or_else(Instant::now)
}
