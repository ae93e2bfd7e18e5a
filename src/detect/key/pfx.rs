//! PKCS#12: `.p12` and `.pfx`.
//!
//! Holds: the reading of a store, the check of its seal, and the opening of its bags. By hand, over `codec::der`: the
//! crate for it stands on pre-releases, takes no BER, and opens without asking what that costs. Must not know: armour.

use super::cipher::Password;
use super::derive::{self, Effort, Failure, Purpose};
use super::protection::{self, Hash, Kdf, Scheme};
use super::{Contents, Form, Found, Key, Sealed, objects, pkcs};
use crate::codec::der::{Der, OBJECT, OCTET_STRING, SEQUENCE, Value, context, octets_of};

/// How deep bags may hold bags.
const DEEPEST: u32 = 4;

/// Bags that are looked at.
const MOST_BAGS: usize = 4096;

/// The bags of a store, those that are sealed as they stand.
#[derive(Default)]
struct Bags {
    keys: Vec<Key>,
    shrouded: Vec<(Scheme, Vec<u8>)>,
    certificates: Vec<Vec<u8>>,
    safes: Vec<(Scheme, Vec<u8>)>,
    count: usize,
}

/// The seal of a store.
struct Seal {
    kdf: Kdf,
    hash: Hash,
    salt: Vec<u8>,
    digest: Vec<u8>,
    is_second: bool,
    length: usize,
}

/// A store: what is sealed by the seal, and the seal.
struct Store {
    content: Vec<u8>,
    seal: Option<Result<Seal, Failure>>,
}

impl Store {
    fn read(body: &[u8]) -> Option<Self> {
        let mut parts = Der::new(body);
        pkcs::version(&mut parts)?;
        let mut info = parts.enter(SEQUENCE)?;
        if info.take(OBJECT)? != objects::PKCS7_DATA {
            return None;
        }
        let content = info.enter(context(0))?.octets()?.into_owned();
        let seal = if parts.is_done() { None } else { Some(Seal::read(&mut parts.enter(SEQUENCE)?)?) };
        parts.is_done().then_some(Self { content, seal })
    }

    fn bags(&self) -> Option<Bags> {
        let mut bags = Bags::default();
        let mut infos = Der::new(&self.content).enter(SEQUENCE)?;
        while !infos.is_done() {
            let mut info = infos.enter(SEQUENCE)?;
            let object = info.take(OBJECT)?;
            let mut inner = info.enter(context(0))?;
            if object == objects::PKCS7_DATA {
                bags.read(&inner.octets()?, DEEPEST)?;
            } else if object == objects::PKCS7_ENCRYPTED {
                bags.safes.push(encrypted(&mut inner)?);
            }
        }
        Some(bags)
    }
}

fn encrypted(inner: &mut Der<'_>) -> Option<(Scheme, Vec<u8>)> {
    let mut data = inner.enter(SEQUENCE)?;
    data.small()?;
    let mut info = data.enter(SEQUENCE)?;
    info.take(OBJECT)?;
    let scheme = Scheme::read(&mut info.enter(SEQUENCE)?)?;
    Some((scheme, octets_of(info.value()?, 0x80)?.into_owned()))
}

impl Bags {
    fn read(&mut self, contents: &[u8], deeper: u32) -> Option<()> {
        let mut bags = Der::new(contents).enter(SEQUENCE)?;
        while !bags.is_done() {
            self.count += 1;
            if self.count > MOST_BAGS {
                return None;
            }
            let mut bag = bags.enter(SEQUENCE)?;
            let object = bag.take(OBJECT)?;
            let value = bag.take(context(0))?;
            match object.strip_prefix(objects::PKCS12_BAG) {
                Some([1]) => self.keys.push(pkcs::pkcs8(value)?),
                Some([2]) => self.shrouded.push(pkcs::sealed_parts(value)?),
                Some([3]) => self.certificates.extend(certificate(value)),
                Some([6]) if deeper > 0 => self.read(value, deeper - 1)?,
                _ => {}
            }
        }
        Some(())
    }
}

fn certificate(value: &[u8]) -> Option<Vec<u8>> {
    let mut bag = Der::new(value).enter(SEQUENCE)?;
    if bag.take(OBJECT)? != objects::X509_CERTIFICATE {
        return None;
    }
    Some(bag.enter(context(0))?.octets()?.into_owned())
}

impl Seal {
    fn read(parts: &mut Der<'_>) -> Option<Result<Self, Failure>> {
        let mut info = parts.enter(SEQUENCE)?;
        let mut algorithm = info.enter(SEQUENCE)?;
        let digest = info.take(OCTET_STRING)?.to_vec();
        let salt = parts.octets()?.into_owned();
        let rounds = if parts.is_done() { 1 } else { parts.small().filter(|rounds| *rounds > 0)? };
        if { algorithm }.take(OBJECT)?.strip_prefix(objects::PKCS5) == Some(&[14]) {
            return Self::second(algorithm, digest);
        }
        let Some(hash) = protection::digest(&mut algorithm) else { return Some(Err(Failure::Unknown)) };
        let (kdf, length) = (Kdf::Pkcs12 { hash, rounds }, hash.len());
        Some(Ok(Self { kdf, hash, salt, digest, is_second: false, length }))
    }

    /// PBMAC1, which names its own derivation.
    fn second(mut algorithm: Der<'_>, digest: Vec<u8>) -> Option<Result<Self, Failure>> {
        algorithm.take(OBJECT)?;
        let mut parameters = algorithm.enter(SEQUENCE)?;
        let mut derivation = parameters.enter(SEQUENCE)?;
        // It must say how long its key is.
        let mut own = derivation;
        own.take(OBJECT)?;
        let mut own = own.enter(SEQUENCE)?;
        own.octets()?;
        own.small()?;
        let length = own.small().filter(|length| (1..=256).contains(length))? as usize;
        let (kdf, salt) = protection::derivation(&mut derivation)?;
        let Some(hash) = protection::digest(&mut parameters.enter(SEQUENCE)?) else {
            return Some(Err(Failure::Unknown));
        };
        Some(Ok(Self { kdf, hash, salt, digest, is_second: true, length }))
    }

    /// Whether it was set with a password.
    fn fits(&self, content: &[u8], password: &Password, effort: &mut Effort) -> Result<bool, Failure> {
        effort.pay(&self.kdf, self.length)?;
        let key = match self.kdf {
            Kdf::Pkcs12 { hash, rounds } if !self.is_second => {
                derive::pkcs12(hash, Purpose::Seal, &password.wide, &self.salt, rounds, self.length)
            }
            Kdf::Pbkdf2 { hash, rounds } => derive::pbkdf2(hash, &password.plain, &self.salt, rounds, self.length)?,
            _ => return Err(Failure::Unknown),
        };
        let seal = self.hash.seal(&key, content).ok_or(Failure::Unknown)?;
        Ok(seal[..] == self.digest[..])
    }
}

/// Reads a store: open, if no password keeps its keys; nothing, if it has none.
pub(super) fn read(value: Value<'_>) -> Option<Found> {
    let bags = Store::read(value.body)?.bags()?;
    if !bags.keys.is_empty() {
        let contents = Contents { keys: bags.keys, certificates: bags.certificates, left: 0 };
        return Some(Found::open(Form::Pfx, value.whole.len(), contents));
    }
    let (scheme, data) = bags.shrouded.first().or(bags.safes.first())?;
    let mut sealed = Sealed::new(Form::Pfx, scheme.protection(data.len()), value.whole);
    if let ([_], [certificate]) = (&bags.shrouded[..], &bags.certificates[..]) {
        // The only one beside the only key is its own.
        sealed.spki.extend(super::Certificate::read(certificate).map(|certificate| certificate.spki));
    }
    sealed.certificates = bags.certificates;
    Some(Found::sealed(value.whole.len(), sealed))
}

/// Opens a store: its seal is asked first, since it tells a wrong password for sure.
pub(super) fn open(bytes: &[u8], password: &mut Password, effort: &mut Effort) -> Result<Contents, Failure> {
    let body = Der::new(bytes).take(SEQUENCE).ok_or(Failure::Unknown)?;
    let store = Store::read(body).ok_or(Failure::Unknown)?;
    match &store.seal {
        Some(Ok(seal)) if !seal.fits(&store.content, password, effort)? => {
            // No password at all and an empty one are not the same; programs write both.
            password.wide.clear();
            if !password.plain.is_empty() || !seal.fits(&store.content, password, effort)? {
                return Err(Failure::Wrong);
            }
        }
        Some(Err(failure)) => return Err(*failure),
        _ => {}
    }
    let mut bags = store.bags().ok_or(Failure::Unknown)?;
    for (scheme, data) in std::mem::take(&mut bags.safes) {
        let plain = scheme.open(password, &data, effort)?;
        bags.read(&plain, DEEPEST).ok_or(Failure::Wrong)?;
    }
    let (mut keys, mut left) = (bags.keys, 0);
    for (scheme, data) in bags.shrouded {
        // What is sealed by itself may have a password of its own, or be broken; the others are what they are.
        match scheme.open(password, &data, effort).map(|plain| pkcs::pkcs8(&plain)) {
            Ok(Some(key)) => keys.push(key),
            Ok(None) | Err(Failure::Wrong | Failure::Unknown) => left += 1,
            Err(failure) => return Err(failure),
        }
    }
    if keys.is_empty() && left > 0 {
        return Err(Failure::Wrong);
    }
    Ok(Contents { keys, certificates: bags.certificates, left })
}
