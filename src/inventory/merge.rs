//! What sources say, put together with what is known.
//!
//! Holds: by what a claim is known to be about a credential, which of two values holds, what is a conflict. Nothing that
//! is known is overwritten without saying so: a claim that says otherwise is a conflict, unless the user said that the
//! source is right. Must not know: what sources look like, or how credentials are kept.

use std::collections::{BTreeSet, HashMap};

use super::store::{Draft, Handle, InventoryError};
use super::{Claim, Credential, Entity, Field, Form, System, Value, Voice};
use crate::base::Instant;
use crate::codec::fold_name as fold;

/// Credentials of one name that are looked at.
const NAMESAKES: usize = 64;

/// What KSeF says last of a credential: it does not become live again.
const FINAL: [&str; 3] = ["Revoked", "Expired", "Failed"];

/// What came of claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Credentials that were not there.
    pub added: u64,
    /// Credentials of which something is known that was not, or that changed.
    pub changed: u64,
    /// Those of which all was known.
    pub same: u64,
    /// What was not taken, for something else is known.
    pub conflicts: Vec<Conflict>,
}

/// A claim that says otherwise than what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Where it stands in the source.
    pub place: String,
    /// The credential, by its number.
    pub number: u64,
    /// What it is about.
    pub field: Option<Field>,
    /// What is known, and is kept.
    pub known: String,
    /// What the source says.
    pub claimed: String,
}

/// What a source says, being put into an inventory.
pub struct Merge<'d> {
    draft: &'d mut Draft,
    at: Instant,
    /// Whether the source is right where it says otherwise.
    replace: bool,
    /// Credentials by the names that people give them.
    named: HashMap<Label, Vec<u64>>,
    /// The tax numbers of companies by their names.
    companies: HashMap<String, BTreeSet<String>>,
    tally: Tally,
}

/// By what people know a credential: the company, and the name or the program.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Label {
    company: String,
    name: String,
}

impl<'d> Merge<'d> {
    /// Begins to put claims into a draft.
    pub fn new(draft: &'d mut Draft, at: Instant, replace: bool) -> Result<Self, InventoryError> {
        let mut named: HashMap<Label, Vec<u64>> = HashMap::new();
        for credential in draft.credentials() {
            let credential = credential?;
            for label in labels(|field| credential.get(field)) {
                named.entry(label).or_default().push(credential.number);
            }
        }
        let mut companies: HashMap<String, BTreeSet<String>> = HashMap::new();
        for entity in draft.entities() {
            let Entity { nip, name, .. } = entity?;
            if let Some(name) = name {
                companies.entry(fold(&name)).or_default().insert(nip);
            }
        }
        Ok(Self { draft, at, replace, named, companies, tally: Tally::default() })
    }

    /// Puts one claim in.
    pub fn take(&mut self, mut claim: Claim) -> Result<(), InventoryError> {
        self.complete(&mut claim);
        // The name of a company is kept with its tax number, once.
        let company = if claim.fields.contains_key(&Field::Nip) { claim.fields.remove(&Field::Entity) } else { None };
        let known = self.known(&claim)?;
        let known = self.renewed(&mut claim, known)?;
        let number = match known[..] {
            [] => None,
            [number] => Some(number),
            [first, ..] => {
                let all: Vec<String> = known.iter().map(u64::to_string).collect();
                let claimed = format!("is credentials {} at once", all.join(" and "));
                let known = "different credentials".to_owned();
                self.tally.conflicts.push(Conflict { place: claim.place, number: first, field: None, known, claimed });
                return Ok(());
            }
        };
        let before = number.map(|number| self.draft.credential(number)).transpose()?.flatten();
        let mut credential = before.clone().unwrap_or_default();
        credential.prints.extend(&claim.prints);
        for (field, text) in &claim.fields {
            self.settle(&mut credential, *field, text, &claim);
        }
        match &before {
            Some(before) if *before == credential => self.tally.same += 1,
            Some(_) => self.tally.changed += 1,
            None => self.tally.added += 1,
        }
        let mut number = credential.number;
        if before.as_ref() != Some(&credential) {
            let labels = labels(|field| credential.get(field));
            number = self.draft.put(credential)?;
            for label in labels {
                let numbers = self.named.entry(label).or_default();
                if !numbers.contains(&number) {
                    numbers.push(number);
                }
            }
        }
        self.company(number, &claim, company)
    }

    /// What came of all claims.
    pub fn end(self) -> Tally {
        self.tally
    }

    /// What a claim leaves out and the inventory knows: the tax number of a company that is named.
    fn complete(&self, claim: &mut Claim) {
        let (None, Some(name)) = (claim.fields.get(&Field::Nip), claim.fields.get(&Field::Entity)) else { return };
        let known = self.companies.get(&fold(name)).filter(|known| known.len() == 1);
        if let Some(nip) = known.and_then(|known| known.first()) {
            claim.fields.insert(Field::Nip, nip.clone());
        }
    }

    /// The credentials that a claim is about.
    fn known(&self, claim: &Claim) -> Result<Vec<u64>, InventoryError> {
        let get = |field| claim.fields.get(&field).map(String::as_str);
        let mut handles: Vec<Handle> = claim.prints.iter().map(|print| Handle::Print(*print)).collect();
        handles.extend(get(Field::Reference).map(|reference| Handle::Reference(reference.to_owned())));
        handles.extend(get(Field::Serial).map(|serial| Handle::Serial(serial.to_owned())));
        let mut known = BTreeSet::new();
        for handle in &handles {
            known.extend(self.draft.find(handle)?);
        }
        if known.is_empty() {
            let namesakes = labels(get).into_iter().filter_map(|label| self.named.get(&label)).flatten();
            for number in namesakes.take(NAMESAKES) {
                let credential = self.draft.credential(*number)?;
                known.extend(credential.filter(|known| fits(known, claim)).map(|known| known.number));
            }
        }
        Ok(known.into_iter().collect())
    }

    /// A certificate that was renewed has another number and, often, the same key: it is another credential, and the key
    /// is that of the newer one.
    fn renewed(&mut self, claim: &mut Claim, known: Vec<u64>) -> Result<Vec<u64>, InventoryError> {
        let Some(serial) = claim.fields.get(&Field::Serial).cloned() else { return Ok(known) };
        if let Some(own) = self.draft.find(&Handle::Serial(serial.clone()))? {
            // What has the number is it, whatever else has the key.
            let mut prints = BTreeSet::new();
            for print in &claim.prints {
                let holder = self.draft.find(&Handle::Print(*print))?;
                prints.extend(holder.is_none_or(|holder| holder == own).then_some(*print));
            }
            claim.prints = prints;
            return Ok(vec![own]);
        }
        let mut same = Vec::new();
        for number in known {
            let Some(mut other) = self.draft.credential(number)? else { continue };
            if other.get(Field::Serial).is_none_or(|own| own == serial) {
                same.push(number);
                continue;
            }
            let ends = |text: Option<&str>| text.and_then(instant);
            let newer = ends(claim.fields.get(&Field::ValidTo).map(String::as_str)) > ends(other.get(Field::ValidTo));
            if newer {
                other.prints.retain(|print| !claim.prints.contains(print));
                self.draft.put(other)?;
            } else {
                claim.prints.retain(|print| !other.prints.contains(print));
            }
        }
        Ok(same)
    }

    fn settle(&mut self, credential: &mut Credential, field: Field, text: &str, claim: &Claim) {
        let new = || Value { text: text.to_owned(), voice: claim.voice, since: self.at };
        let Some(old) = credential.fields.get_mut(&field) else {
            credential.fields.insert(field, new());
            return;
        };
        let by_hand = self.replace && matches!(field, Field::System | Field::Home | Field::Reviewed | Field::LastUsed);
        match verdict(field, old, text, claim.voice) {
            _ if by_hand && old.text != text => *old = new(),
            Verdict::Keep => {}
            Verdict::Take => *old = new(),
            Verdict::Join(text) => *old = Value { text, ..new() },
            // What a credential is known by is never given to another one.
            Verdict::Conflict if self.replace && !matches!(field, Field::Reference | Field::Serial) => *old = new(),
            Verdict::Conflict => self.tally.conflicts.push(Conflict {
                place: claim.place.clone(),
                number: credential.number,
                field: Some(field),
                known: old.text.clone(),
                claimed: text.to_owned(),
            }),
        }
    }

    /// Learns which companies are ours and which programs there are: not from what was found somewhere.
    fn company(&mut self, number: u64, claim: &Claim, name: Option<String>) -> Result<(), InventoryError> {
        let get = |field| claim.fields.get(&field);
        if claim.voice == Voice::Search {
            return Ok(());
        }
        if let Some(nip) = get(Field::Nip) {
            let known = self.draft.entity(nip)?;
            let mut entity = known.clone().unwrap_or_else(|| Entity { nip: nip.clone(), ..Entity::default() });
            entity.environments.extend(get(Field::Environment).cloned());
            match (&entity.name, name) {
                (Some(known), Some(name)) if !self.replace && fold(known) != fold(&name) => {
                    let (place, known) = (claim.place.clone(), known.clone());
                    let field = Some(Field::Entity);
                    self.tally.conflicts.push(Conflict { place, number, field, known, claimed: name });
                }
                (Some(known), Some(name)) if fold(known) == fold(&name) => {}
                (_, name) => entity.name = name.or(entity.name),
            }
            if known.as_ref() != Some(&entity) {
                self.draft.put_entity(&entity)?;
                if let Some(name) = &entity.name {
                    self.companies.entry(fold(name)).or_default().insert(entity.nip);
                }
            }
        }
        let programs = get(Field::System).map(|text| parts(text)).unwrap_or_default();
        for name in programs {
            if self.draft.system(&name)?.is_none() {
                self.draft.put_system(&System { name, ..System::default() })?;
            }
        }
        Ok(())
    }
}

/// Which of two values holds.
enum Verdict {
    Keep,
    Take,
    /// Both.
    Join(String),
    Conflict,
}

fn verdict(field: Field, old: &Value, new: &str, voice: Voice) -> Verdict {
    // The same from somebody who knows better.
    let surer = || if voice > old.voice { Verdict::Take } else { Verdict::Keep };
    if old.text == new {
        return surer();
    }
    match (field, field.form()) {
        (Field::System | Field::Home, _) => {
            let mut all = parts(&old.text);
            let more = parts(new).into_iter().filter(|part| !all.iter().any(|known| fold(known) == fold(part)));
            let more: Vec<String> = more.collect();
            if more.is_empty() {
                return Verdict::Keep;
            }
            all.extend(more);
            Verdict::Join(all.join("; "))
        }
        (Field::Status, _) => match (voice, old.voice) {
            (Voice::Ksef, Voice::Ksef) if FINAL.contains(&&*old.text) && !FINAL.contains(&new) => Verdict::Conflict,
            (Voice::Ksef, _) => Verdict::Take,
            _ => Verdict::Conflict,
        },
        (Field::LastUsed | Field::Reviewed, _) => match (instant(new), instant(&old.text)) {
            (Some(new), Some(old)) if new > old => Verdict::Take,
            _ => Verdict::Keep,
        },
        // A key and its certificate are one credential.
        (Field::Sort, _) if old.text != "token" && new != "token" => {
            if new == "certificate" {
                Verdict::Take
            } else {
                Verdict::Keep
            }
        }
        // What KSeF and the credential itself say of its days, a person knows by hearsay.
        (Field::ValidTo | Field::ValidFrom | Field::Issued, _)
            if old.voice <= Voice::Person && voice > Voice::Person =>
        {
            Verdict::Take
        }
        (_, Form::Instant) => match (instant(new), instant(&old.text)) {
            (Some(new), Some(old)) if is_same_day(new, old) => surer(),
            _ => Verdict::Conflict,
        },
        (_, Form::Words) if fold(&old.text) == fold(new) => Verdict::Keep,
        _ => Verdict::Conflict,
    }
}

/// Whether a credential that has the name of a claim may be what the claim is about.
fn fits(known: &Credential, claim: &Claim) -> bool {
    let alike = |field: Field| match (known.get(field), claim.fields.get(&field)) {
        (Some(own), Some(claimed)) => match (instant(own), instant(claimed)) {
            (Some(own), Some(claimed)) => is_same_day(own, claimed),
            _ => own == claimed,
        },
        _ => true,
    };
    let sort = |text: Option<&str>| text.map(|sort| sort == "token");
    let sorts = (sort(known.get(Field::Sort)), sort(claim.fields.get(&Field::Sort).map(String::as_str)));
    let same_sort = !matches!(sorts, (Some(own), Some(claimed)) if own != claimed);
    // A name joins a row that somebody typed with what is known by itself. Two that are each known by themselves may be
    // an old credential and the new one, which are called alike: what KSeF says of one is not said of the other.
    let numbers = [Field::Reference, Field::Serial];
    let is_known = !known.prints.is_empty() || numbers.iter().any(|field| known.get(*field).is_some());
    let is_claimed = !claim.prints.is_empty() || numbers.iter().any(|field| claim.fields.contains_key(field));
    let strangers = is_known && is_claimed;
    same_sort
        && !strangers
        && [Field::Reference, Field::Serial, Field::Environment, Field::Issued].into_iter().all(alike)
}

/// The names under which people know a credential.
fn labels<'a>(get: impl Fn(Field) -> Option<&'a str>) -> Vec<Label> {
    let Some(company) = get(Field::Nip).map(str::to_owned).or_else(|| get(Field::Entity).map(fold)) else {
        return Vec::new();
    };
    let names = [Field::Name, Field::Description].into_iter().filter_map(&get).map(fold);
    let mut names: Vec<String> = names.collect();
    if names.is_empty() {
        names.extend(get(Field::System).map(|system| format!("\n{}", fold(system))));
    }
    names.dedup();
    names.into_iter().map(|name| Label { company: company.clone(), name }).collect()
}

fn instant(text: &str) -> Option<Instant> {
    text.parse().ok()
}

/// Whether two instants are so near that they mean the same: a day that a person wrote, and the moment that KSeF tells. A
/// day has no time zone, so there are two hours besides.
pub(super) fn is_same_day(one: Instant, other: Instant) -> bool {
    const SAME_DAY: i64 = 26 * 3600 * 1000;
    (one.millis() - other.millis()).abs() < SAME_DAY
}

/// The parts of a value that may have several.
pub(super) fn parts(text: &str) -> Vec<String> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
