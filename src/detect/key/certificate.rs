//! Certificates: whose they are, what they may do in KSeF, and until when.
//!
//! Holds: `Certificate`, read from DER or armour. Neither the name nor the whole PESEL of a person is taken over. Must
//! not know: the key that belongs to it, which is found by its public half.

use x509_cert::der::Decode;
use x509_cert::ext::pkix::KeyUsage;
use x509_cert::name::Name;

use super::spki;
use crate::base::Instant;
use crate::codec::{der, nip_is_valid, pem};

/// Attributes of a name, by their object identifiers.
const COMMON_NAME: &str = "2.5.4.3";
const SERIAL_NUMBER: &str = "2.5.4.5";
const ORGANISATION: &str = "2.5.4.10";
const ORGANISATION_IDENTIFIER: &str = "2.5.4.97";

/// Which of the systems a certificate opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Environment {
    /// Where programs are tried.
    Test,
    /// Where people try; its issuer is inferred.
    Demo,
    /// The real one.
    Production,
}

/// Whom a certificate stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A company, by its NIP.
    Company(String),
    /// A person, by the NIP.
    Taxpayer(String),
    /// A person, by the last two digits of the PESEL: `*********42`.
    Person(String),
    /// Someone whom it does not name in the way of KSeF.
    Other,
}

/// What a certificate may be used for in KSeF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Use {
    /// Type 1: opens the interface.
    Authentication,
    /// Type 2: signs the codes on invoices that are issued offline.
    Offline,
}

/// What is told of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The common name of who issued it.
    pub issuer: String,
    /// The system that it opens, if it is one of KSeF.
    pub environment: Option<Environment>,
    /// Whom it stands for.
    pub holder: Holder,
    /// Its number, in upper-case hex.
    pub serial: String,
    /// What it may be used for, if it tells one of the two.
    pub usage: Option<Use>,
    /// From when on it is valid.
    pub not_before: Instant,
    /// Until when it is valid.
    pub not_after: Instant,
    /// The public half of its key, in the form in which a private key's is told.
    pub spki: Vec<u8>,
    /// How many bytes of the input it took.
    pub len: usize,
}

impl Certificate {
    /// Whether it was issued by KSeF.
    pub fn is_of_ksef(&self) -> bool {
        self.environment.is_some()
    }

    /// Reads the certificate that begins with the first byte, in DER or in armour.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.first() != Some(&b'-') {
            return from_der(bytes);
        }
        let armour = pem::read(bytes).filter(|armour| armour.label.ends_with("CERTIFICATE"))?;
        let certificate = from_der(&armour.body)?;
        let len = if armour.is_ended { armour.len } else { armour.len_of(certificate.len) };
        Some(Self { len, ..certificate })
    }

    /// Reads the certificate whose base64 begins with the first byte, without armour.
    pub fn read_base64(text: &[u8]) -> Option<Self> {
        let armour = pem::read_bare(text);
        let certificate = from_der(&armour.body)?;
        Some(Self { len: armour.len_of(certificate.len), ..certificate })
    }
}

fn from_der(bytes: &[u8]) -> Option<Certificate> {
    let whole = der::first(bytes).filter(|value| value.tag == der::SEQUENCE)?.whole;
    let read = x509_cert::Certificate::from_der(whole).ok()?;
    let parts = read.tbs_certificate();
    let seconds =
        |time: &x509_cert::time::Time| Instant::from_seconds(time.to_unix_duration().as_secs().try_into().ok()?);
    Some(Certificate {
        issuer: attribute(parts.issuer(), COMMON_NAME).unwrap_or_default(),
        environment: environment(parts.issuer()),
        holder: holder(parts.subject()),
        serial: parts.serial_number().as_bytes().iter().map(|byte| format!("{byte:02X}")).collect(),
        usage: usage(parts),
        not_before: seconds(&parts.validity().not_before)?,
        not_after: seconds(&parts.validity().not_after)?,
        spki: spki::canonical(public(whole)?),
        len: whole.len(),
    })
}

/// The public half as it stands in a certificate: the library would write it anew.
fn public(whole: &[u8]) -> Option<&[u8]> {
    let mut parts = der::Der::new(whole).enter(der::SEQUENCE)?.enter(der::SEQUENCE)?;
    if parts.peek() == Some(der::context(0)) {
        parts.value()?;
    }
    // Its number, the algorithm of its signature, issuer, validity and subject.
    for _ in 0..5 {
        parts.value()?;
    }
    Some(parts.value()?.whole)
}

/// The text of an attribute of a name.
fn attribute(name: &Name, wanted: &str) -> Option<String> {
    let found = name.iter().find(|attribute| attribute.oid.to_string() == wanted)?;
    Some(String::from_utf8_lossy(found.value.value()).into_owned())
}

/// The system whose authority issued it.
fn environment(issuer: &Name) -> Option<Environment> {
    let organisation = attribute(issuer, ORGANISATION)?;
    if !organisation.starts_with("Ministerstwo Finans") {
        return None;
    }
    match attribute(issuer, COMMON_NAME)?.strip_suffix("CCK KSeF")?.trim() {
        "" => Some(Environment::Production),
        "TEST" => Some(Environment::Test),
        "DEMO" => Some(Environment::Demo),
        _ => None,
    }
}

fn holder(subject: &Name) -> Holder {
    let company = attribute(subject, ORGANISATION_IDENTIFIER);
    if let Some(nip) = company.as_deref().and_then(|text| text.strip_prefix("VATPL-")).filter(|nip| is_nip(nip)) {
        return Holder::Company(nip.to_owned());
    }
    let person = attribute(subject, SERIAL_NUMBER).unwrap_or_default();
    if let Some(nip) = person.strip_prefix("TINPL-").filter(|nip| is_nip(nip)) {
        return Holder::Taxpayer(nip.to_owned());
    }
    match person.strip_prefix("PNOPL-") {
        Some(pesel) if pesel.len() == 11 && pesel.bytes().all(|byte| byte.is_ascii_digit()) => {
            Holder::Person(format!("*********{}", &pesel[9..]))
        }
        _ => Holder::Other,
    }
}

fn is_nip(text: &str) -> bool {
    nip_is_valid(text.as_bytes())
}

fn usage(parts: &x509_cert::TbsCertificate) -> Option<Use> {
    let (_, usage) = parts.get_extension::<KeyUsage>().ok()??;
    match (usage.digital_signature(), usage.non_repudiation()) {
        (true, _) => Some(Use::Authentication),
        (_, true) => Some(Use::Offline),
        _ => None,
    }
}
