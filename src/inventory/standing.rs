//! What the inventory says of a credential that was found.
//!
//! Holds: the rules by which a standing is set. Only what is known of the credential itself sets one (its fingerprint,
//! its reference, its serial number); a tax number and a date merely suggest whose it is. Must not know: how it was
//! found, or how that is told.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::merge::is_same_day;
use super::statute;
use super::store::{Handle, InventoryError, Records};
use super::{Credential, Entity, Field, Voice};
use crate::base::{Fingerprint, Instant, Standing, State};

/// Milliseconds of a day.
const DAY: i64 = 24 * 3600 * 1000;

/// From when on it is told that the law ends tokens.
const LAW_IS_NEAR: i64 = 90 * DAY;

/// Of a company with more credentials than these none is suggested, and nothing is concluded from the others.
const LOOKED_AT: u64 = 256;

/// Fingerprints of one key that are asked about.
const KIN: usize = 64;

/// What was found, as far as the inventory asks.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Every fingerprint by which it is known.
    pub prints: Vec<Fingerprint>,
    /// What KSeF calls a token.
    pub reference: Option<String>,
    /// What KSeF calls the certificates of a key that were met.
    pub serials: Vec<String>,
    /// The tax number of the company that it opens.
    pub nip: Option<String>,
    /// When it was issued.
    pub issued: Option<Instant>,
    /// Whether such a thing is written down in inventories at all.
    pub is_listed: bool,
    /// Whether it is a key, and no token.
    pub is_key: bool,
    /// Whether it is a key of which a certificate of KSeF was met that has ended.
    pub has_ended: bool,
}

/// When something is near its end.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Now.
    pub now: Instant,
    /// How many days before its end something is expiring.
    pub days: u32,
}

/// Why a certificate that has ended, or was revoked, does not end its key.
const RENEWED: &str =
    "another certificate of the same holder may be for the same key: import it (firma.crt), which ties it to its key";

/// Whether there are certificates of which neither a company nor a key is known.
#[derive(Default)]
struct Unowned {
    /// Such as are of a person.
    of_person: bool,
    /// Such as may be anybody's.
    of_any: bool,
}

/// What one credential of the inventory says of what was found.
struct Answer {
    standing: Standing,
    /// Whether it says that something is over that may be something else.
    is_doubted: bool,
}

impl Answer {
    /// Which of two is told: the one that is worse to be silent about, and has a reason.
    fn rank(&self) -> (u8, bool) {
        (rank(self.standing.state), self.standing.reason.is_some())
    }
}

/// An inventory that is asked about what was found.
pub struct Answers<'a> {
    books: &'a Records,
    clock: Clock,
    /// Looked for once, by whoever is the first to need it.
    unowned: OnceLock<Unowned>,
}

impl<'a> Answers<'a> {
    /// Of an inventory, as it is now.
    pub fn new(books: &'a Records, clock: Clock) -> Self {
        Self { books, clock, unowned: OnceLock::new() }
    }

    /// What the inventory says, if anything. Where several of its credentials could be meant, or what is known of one says
    /// otherwise than what was found, the one that opens most is told: silence must be proved.
    pub fn of(&self, asked: &Asked) -> Result<Option<Standing>, InventoryError> {
        let Self { books, .. } = *self;
        let mut handles: Vec<Handle> = asked.prints.iter().map(|print| Handle::Print(*print)).collect();
        handles.extend(asked.reference.clone().map(Handle::Reference));
        handles.extend(asked.serials.iter().cloned().map(Handle::Serial));
        let mut known = books.with(&handles)?;
        known.retain(Credential::is_listed);
        let asked = &self.with_kin(&mut known, asked)?;
        let mut best: Option<(&Credential, Answer)> = None;
        for credential in &known {
            let answer = self.answer(credential, &known, asked)?;
            if best.as_ref().is_none_or(|(_, other)| answer.rank() > other.rank()) {
                best = Some((credential, answer));
            }
        }
        if let Some((credential, Answer { standing, is_doubted, .. })) = best {
            let mut standing = named(books, credential, standing)?;
            if is_doubted {
                // What is done about it must not be done to another one.
                (standing.reference, standing.serial) = (None, None);
            }
            return Ok(Some(standing));
        }
        let renewed = || told(State::Unknown, format!("the certificate beside it has ended, but {RENEWED}"));
        let Some(nip) = &asked.nip else {
            let is_renewed = asked.has_ended && self.may_be_renewed(None)?;
            return Ok(is_renewed.then(renewed));
        };
        // An inventory in which there is no company says of none that it is not in it.
        if books.counts().entities == 0 {
            return Ok(None);
        }
        let entity = match books.entity(nip)? {
            Some(entity) => entity,
            // Whose credentials are written down is ours.
            None if is_of_ours(books, nip)? => Entity { nip: nip.clone(), ..Entity::default() },
            None => {
                let reason = format!("NIP {nip} is no company of the inventory");
                return Ok(Some(told(State::Foreign, reason)));
            }
        };
        let mut standing = if asked.has_ended && self.may_be_renewed(Some(nip))? {
            renewed()
        } else if asked.is_listed {
            let mut reason = format!("NIP {nip} is ours, but nobody wrote this one down");
            if let Some(name) = suggestion(books, asked, nip)? {
                reason.extend(["; perhaps it is «", &name, "», issued the same day"]);
            }
            told(State::Unlisted, reason)
        } else {
            Standing::unknown()
        };
        standing.entity = entity.name.or(Some(entity.nip));
        Ok(Some(standing))
    }

    /// Adds what is known of the same key under its other fingerprints, such as that of its locked form; what is asked, with
    /// those.
    fn with_kin(&self, known: &mut Vec<Credential>, asked: &Asked) -> Result<Asked, InventoryError> {
        let mut asked = asked.clone();
        while asked.is_key && asked.prints.len() <= KIN {
            let own = known.iter().flat_map(|one| one.prints.iter().filter(|print| !one.loose.contains(*print)));
            let more: BTreeSet<Fingerprint> = own.filter(|print| !asked.prints.contains(print)).copied().collect();
            if more.is_empty() {
                break;
            }
            let handles: Vec<Handle> = more.iter().copied().map(Handle::Print).collect();
            let mut found = self.books.with(&handles)?;
            found.retain(|one| one.is_listed() && known.iter().all(|other| other.number != one.number));
            known.append(&mut found);
            asked.prints.extend(more);
        }
        Ok(asked)
    }

    /// What one of the credentials that are known by what was found says of it.
    fn answer(&self, credential: &Credential, known: &[Credential], asked: &Asked) -> Result<Answer, InventoryError> {
        let said = listed(credential, self.clock);
        let doubt = if said.is_over() { self.doubt(credential, known, asked)? } else { None };
        let is_doubted = doubt.is_some();
        let mut standing = match doubt {
            Some(why) => told(State::Unknown, format!("{}, but {why}", said.reason.unwrap_or_default())),
            None => said,
        };
        let is_of_met = credential.get(Field::Serial).is_none_or(|own| asked.serials.iter().any(|met| met == own));
        if asked.has_ended && standing.state == State::Unknown && (is_doubted || is_of_met) {
            let (nip, met) = (credential.get(Field::Nip), asked.nip.as_deref());
            if !self.may_be_renewed(nip.or(met))? && !self.may_be_renewed(met)? {
                // The certificate beside it has ended, and nothing says that there is another: that is not said otherwise.
                standing.reason = None;
            }
        }
        Ok(Answer { standing, is_doubted })
    }

    /// Why what the inventory says to be over may not be what was found: an edited reference, a secret that somebody only put
    /// beside a number, a certificate that somebody made for the key of another one.
    fn doubt(
        &self,
        credential: &Credential,
        known: &[Credential],
        asked: &Asked,
    ) -> Result<Option<&'static str>, InventoryError> {
        if credential.get(Field::Reference).is_some() && credential.get(Field::Serial).is_some() {
            return Ok(Some("it has the number of a token and that of a certificate there, which are two credentials"));
        }
        let other = if asked.is_key { Field::Reference } else { Field::Serial };
        if credential.get(other).is_some() {
            return Ok(Some("as something else than what was found: a token is not a key or a certificate"));
        }
        let differs =
            |own: Option<&str>, found: Option<&String>| own.zip(found).is_some_and(|(own, found)| own != found);
        if differs(credential.get(Field::Reference), asked.reference.as_ref()) {
            return Ok(Some("under another reference number than the one that was found"));
        }
        if differs(credential.get(Field::Nip), asked.nip.as_ref()) {
            return Ok(Some("for another NIP than the one that was found"));
        }
        let mut prints = asked.prints.iter().filter(|print| credential.prints.contains(print)).peekable();
        let by_print = prints.peek().is_some();
        if !by_print && !credential.prints.is_empty() {
            return Ok(Some("it is known there with another secret than the one that was found"));
        }
        if by_print && asked.reference.is_none() && prints.all(|print| credential.loose.contains(print)) {
            return Ok(Some("only somebody's note says that this secret and that number belong together"));
        }
        let Some(serial) = credential.get(Field::Serial) else {
            // Without a reference nothing but a fingerprint ties a token to what KSeF lists.
            let is_tied = by_print || asked.reference.is_some();
            return Ok((!is_tied).then_some("nothing says that it is the one that was found"));
        };
        // The signature of a certificate is not checked, so its number alone proves nothing of a key.
        if !by_print {
            return Ok(Some(
                "only its serial number says so: import the certificate, which ties the number to the key",
            ));
        }
        let is_known = |found: &String| known.iter().any(|one| one.get(Field::Serial) == Some(found));
        if asked.serials.iter().any(|found| found != serial && !is_known(found)) {
            return Ok(Some("its key has another certificate too, which the inventory does not know"));
        }
        if self.may_be_renewed(credential.get(Field::Nip))? {
            return Ok(Some(RENEWED));
        }
        Ok(None)
    }

    /// Whether a certificate is there that may be for the same key and is not over: of the same company, or of none, and nobody
    /// knows its key. One key may be used in several environments.
    fn may_be_renewed(&self, nip: Option<&str>) -> Result<bool, InventoryError> {
        if let Some(nip) = nip {
            let Some(all) = self.books.of_nip(nip, LOOKED_AT)? else { return Ok(true) };
            if all.iter().any(|other| is_of_unknown_key(other, self.clock)) {
                return Ok(true);
            }
        }
        let Unowned { of_person, of_any } = *self.unowned()?;
        Ok(of_any || of_person && nip.is_none())
    }

    /// The certificates of which neither a company nor a key is known and that are not over.
    fn unowned(&self) -> Result<&Unowned, InventoryError> {
        if let Some(known) = self.unowned.get() {
            return Ok(known);
        }
        let mut found = Unowned::default();
        for credential in self.books.credentials() {
            let credential = credential?;
            if credential.get(Field::Nip).is_none() && is_of_unknown_key(&credential, self.clock) {
                // What KSeF lists without a company is that of a person.
                let by_ksef = credential.fields.get(&Field::Serial).is_some_and(|own| own.voice == Voice::Ksef);
                let sort = if by_ksef { &mut found.of_person } else { &mut found.of_any };
                *sort = true;
            }
        }
        Ok(self.unowned.get_or_init(|| found))
    }
}

/// Which of two states is told of one credential: the one that is worse to be silent about.
fn rank(state: State) -> u8 {
    match state {
        State::Live => 3,
        State::Expiring => 2,
        State::Unlisted | State::Foreign | State::Unknown => 1,
        State::Expired | State::Revoked | State::Dead => 0,
    }
}

/// Whether it is a certificate that is not over, of which only the number is known.
fn is_of_unknown_key(credential: &Credential, clock: Clock) -> bool {
    let is_candidate =
        credential.get(Field::Serial).is_some() && credential.prints.is_empty() && credential.is_listed();
    is_candidate && !listed(credential, clock).is_over()
}

/// Whether a credential of a company is written down.
fn is_of_ours(books: &Records, nip: &str) -> Result<bool, InventoryError> {
    Ok(books.of_nip(nip, LOOKED_AT)?.is_none_or(|all| all.iter().any(Credential::is_listed)))
}

fn told(state: State, reason: String) -> Standing {
    Standing { reason: Some(reason), ..Standing::new(state, "inventory", "") }
}

/// The state that a listed credential has, and why.
fn listed(credential: &Credential, clock: Clock) -> Standing {
    let status = credential.fields.get(&Field::Status);
    let said = match status {
        Some(value) if value.voice == Voice::Ksef => format!("KSeF lists it as {}", value.text),
        Some(value) => format!("the inventory says {}", value.text),
        None => "the inventory has it, with no status from KSeF".to_owned(),
    };
    let by_ksef = status.is_some_and(|status| status.voice == Voice::Ksef);
    match status.map(|value| &*value.text) {
        Some("Revoked") if by_ksef => return told(State::Revoked, said),
        Some("Expired") if by_ksef => return told(State::Expired, said),
        _ => {}
    }
    // What ends by itself has ended, whatever somebody wrote of it.
    if let Some(day) = ended(credential, clock) {
        return told(State::Expired, format!("it was valid until {day}"));
    }
    match status.map(|value| &*value.text) {
        Some("Revoked" | "Expired") => {
            return told(State::Unknown, format!("{said}, and KSeF has not confirmed it: import its listing"));
        }
        Some("Failed") => return told(State::Unknown, format!("{said}: it was not issued, as far as that holds")),
        Some("Blocked") => return told(State::Unknown, format!("{said}, which may be undone")),
        _ => {}
    }
    let is_token = is_token(credential);
    let end = credential.fields.get(&Field::ValidTo);
    let Some(last) = credential.instant(Field::ValidTo) else {
        return told(State::Live, said + &by_statute(is_token, clock));
    };
    let day = day(last);
    // Whoever writes a day means all of it.
    let is_day = end.is_some_and(|end| end.voice == Voice::Person && end.text.ends_with("T00:00:00Z"));
    let end = Instant::from_millis(last.millis() + if is_day { DAY } else { 0 }).unwrap_or(last);
    if end.millis() <= clock.now.millis() {
        let more = by_statute(is_token, clock);
        return told(
            State::Live,
            format!("{said}; its day in the inventory, {day}, has passed, which closes nothing{more}"),
        );
    }
    if end.millis() - clock.now.millis() <= i64::from(clock.days) * DAY {
        return told(State::Expiring, format!("{said}; valid until {day}{}", by_statute(is_token, clock)));
    }
    told(State::Live, said + &by_statute(is_token, clock))
}

fn is_token(credential: &Credential) -> bool {
    credential.get(Field::Sort).unwrap_or("token") == "token"
}

/// The day on which it has ended by itself: a token when KSeF says so, a certificate when it says so itself. A day that a
/// person wrote closes nothing.
fn ended(credential: &Credential, clock: Clock) -> Option<String> {
    let end = credential.fields.get(&Field::ValidTo)?;
    let closes = end.voice == Voice::Ksef || !is_token(credential) && end.voice == Voice::Itself;
    credential.instant(Field::ValidTo).filter(|last| closes && *last <= clock.now).map(day)
}

/// That tokens end by law, where that day is near. It may be moved, so it closes nothing by itself.
fn by_statute(is_token: bool, clock: Clock) -> String {
    match statute::tokens_end() {
        Some((end, law)) if is_token && end.millis() - clock.now.millis() <= LAW_IS_NEAR => {
            let last = Instant::from_millis(end.millis() - DAY).map(day).unwrap_or_default();
            format!("; by {law} tokens work until {last}, which may be moved")
        }
        _ => String::new(),
    }
}

fn day(instant: Instant) -> String {
    instant.to_string().chars().take(10).collect()
}

/// The standing of a listed credential, with whose it is.
fn named(books: &Records, credential: &Credential, standing: Standing) -> Result<Standing, InventoryError> {
    let entity = credential.get(Field::Nip).map(|nip| books.entity(nip)).transpose()?.flatten();
    let get = |field| credential.get(field).map(str::to_owned);
    Ok(Standing {
        entity: entity.and_then(|entity| entity.name).or_else(|| get(Field::Entity)).or_else(|| get(Field::Nip)),
        owner: get(Field::Owner),
        custodian: get(Field::Custodian),
        system: get(Field::System),
        name: get(Field::Name).or_else(|| get(Field::Description)),
        environment: get(Field::Environment),
        reference: get(Field::Reference),
        serial: get(Field::Serial),
        nip: get(Field::Nip),
        ..standing
    })
}

/// What was issued for the same company on the same day, and has no reference that would tell more.
fn suggestion(books: &Records, asked: &Asked, nip: &str) -> Result<Option<String>, InventoryError> {
    let Some(issued) = asked.issued else { return Ok(None) };
    let mut names = Vec::new();
    for credential in books.of_nip(nip, LOOKED_AT)?.unwrap_or_default() {
        let is_known = credential.get(Field::Reference).is_some() || !credential.prints.is_empty();
        let near = |own: Instant| is_same_day(own, issued);
        if !is_known && credential.instant(Field::Issued).is_some_and(near) {
            names.extend(credential.get(Field::Name).or(credential.get(Field::System)).map(str::to_owned));
        }
    }
    // Several of one day suggest nothing.
    Ok(if names.len() == 1 { names.pop() } else { None })
}
