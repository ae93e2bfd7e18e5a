//! What sources say, put together with what is known.
//!
//! Holds: what becomes of claims. Nothing that is known is overwritten without saying so: a claim that says otherwise is
//! a conflict, unless the user said that the source is right. `meant` knows which credential a claim is about,
//! `verdict` which of two values holds. Must not know: what sources look like, or how credentials are kept.

mod meant;
mod verdict;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::several::parts;
use super::store::{Draft, Handle, InventoryError};
use super::{Claim, Credential, Entity, Field, System, Value, Voice};
use crate::base::{Fingerprint, Instant};
use crate::codec::fold_name as fold;

use meant::{Meant, Namesakes, handles, has_number, meant, other_number};
pub(super) use verdict::is_same_day;
use verdict::{Verdict, verdict};

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
pub enum Conflict {
    /// It says otherwise of a credential.
    Value {
        /// Where it stands in the source.
        place: String,
        /// The credential, by its number.
        number: u64,
        /// What it is about.
        field: Field,
        /// What is known, and is kept; empty where it has the number of another sort.
        known: String,
        /// What the source says; nothing where it says that there is nothing.
        claimed: Option<String>,
    },
    /// It could be about several.
    Unclear {
        /// Where it stands in the source.
        place: String,
        /// The credentials, by their numbers.
        numbers: Vec<u64>,
    },
}

/// What a source says, being put into an inventory.
pub struct Merge<'d> {
    draft: &'d mut Draft,
    at: Instant,
    /// Whether the source is right where it says otherwise.
    replace: bool,
    namesakes: Namesakes,
    /// The tax numbers of companies by their names.
    companies: HashMap<String, BTreeSet<String>>,
    /// What this source has said already, which it does not replace itself.
    said: HashSet<(u64, Field)>,
    /// Companies of which a credential is of another environment than was known.
    moved: BTreeSet<String>,
    tally: Tally,
}

impl<'d> Merge<'d> {
    /// Begins to put claims into a draft.
    pub fn new(draft: &'d mut Draft, at: Instant, replace: bool) -> Result<Self, InventoryError> {
        let mut namesakes = Namesakes::default();
        for credential in draft.credentials() {
            namesakes.add(&credential?);
        }
        let mut companies: HashMap<String, BTreeSet<String>> = HashMap::new();
        for entity in draft.entities() {
            let Entity { nip, name, .. } = entity?;
            if let Some(name) = name {
                companies.entry(fold(&name)).or_default().insert(nip);
            }
        }
        let (said, moved, tally) = (HashSet::new(), BTreeSet::new(), Tally::default());
        Ok(Self { draft, at, replace, namesakes, companies, said, moved, tally })
    }

    /// Puts in all that a source says, and tells what came of it.
    pub fn take(mut self, mut claims: Vec<Claim>) -> Result<Tally, InventoryError> {
        for claim in claims.iter().filter(|claim| claim.voice != Voice::Search) {
            if let (Some(nip), Some(name)) = (claim.fields.get(&Field::Nip), claim.fields.get(&Field::Entity)) {
                self.companies.entry(fold(name)).or_default().insert(nip.clone());
            }
        }
        gather(&mut claims);
        claims.into_iter().try_for_each(|claim| self.one(claim))?;
        self.end()
    }

    /// Changes one credential, as somebody says it of it: a text, or nothing where a field is to be emptied.
    pub fn amend(
        mut self,
        number: u64,
        fields: &BTreeMap<Field, Option<String>>,
        prints: Option<&BTreeSet<Fingerprint>>,
    ) -> Result<Tally, InventoryError> {
        let mut credential = self.draft.credential(number)?.ok_or(InventoryError::Unknown(number))?;
        let before = credential.clone();
        let place = "typed";
        // What is emptied makes room for the rest.
        let (filled, emptied): (Vec<_>, Vec<_>) = fields.iter().partition(|(_, text)| text.is_some());
        for (field, text) in emptied.into_iter().chain(filled) {
            let old = credential.get(*field).map(str::to_owned);
            match (old, text) {
                (None, None) => {}
                (Some(_), _) if self.replace => {
                    let value = |text: &String| Value { text: text.clone(), voice: Voice::Person, since: self.at };
                    let new = text.as_ref().filter(|text| credential.get(*field) != Some(text)).map(value);
                    if new.is_some() || text.is_none() {
                        credential.fields.remove(field);
                        credential.fields.extend(new.map(|new| (*field, new)));
                    }
                }
                (Some(known), None) => {
                    let (place, claimed) = (place.to_owned(), None);
                    self.tally.conflicts.push(Conflict::Value { place, number, field: *field, known, claimed });
                }
                (_, Some(text)) => self.settle(&mut credential, *field, text, Voice::Person, place),
            }
        }
        if let Some(prints) = prints {
            if prints.is_empty() && self.replace {
                credential.prints.clear();
            }
            credential.prints.extend(prints);
            credential.loose.extend(prints);
        }
        credential.mend_ties();
        if credential == before {
            self.tally.same = 1;
        } else {
            self.tally.changed = 1;
            let said = credential.fields.iter().map(|(field, value)| (*field, value.text.clone())).collect();
            self.draft.put(credential)?;
            let said = Claim { fields: said, ..Claim::new(place, Voice::Person) };
            self.company(number, &said, None)?;
        }
        self.end()
    }

    /// Puts one claim in.
    fn one(&mut self, mut claim: Claim) -> Result<(), InventoryError> {
        self.complete(&mut claim);
        let meant = meant(&claim, self.draft, &self.namesakes)?;
        // The name of a company is kept with its tax number, once.
        let company = if claim.fields.contains_key(&Field::Nip) { claim.fields.remove(&Field::Entity) } else { None };
        let (targets, others) = match meant {
            Meant::New => (vec![Credential::default()], Vec::new()),
            Meant::These(these) => (these, Vec::new()),
            Meant::Join(into, others) => (vec![*into], others),
            Meant::Unclear(numbers) => {
                self.tally.conflicts.push(Conflict::Unclear { place: claim.place, numbers });
                return Ok(());
            }
        };
        let (mut is_new, mut is_changed) = (false, false);
        for before in targets {
            let mut credential = before.clone();
            if let Some(field) = other_number(&credential, &claim) {
                // What a credential is known by is never given to another one.
                self.contradict(&credential, field, &claim.place, claim.fields.get(&field).map_or("", String::as_str));
                continue;
            }
            for other in &others {
                self.draft.remove(other.number)?;
                for (field, value) in &other.fields {
                    self.settle(&mut credential, *field, &value.text, value.voice, &claim.place);
                }
                credential.prints.extend(&other.prints);
                credential.loose.extend(&other.prints);
            }
            for (field, text) in &claim.fields {
                self.settle(&mut credential, *field, text, claim.voice, &claim.place);
            }
            for (field, text) in claim.hints.iter().filter(|(field, _)| before.get(**field).is_none()) {
                self.settle(&mut credential, *field, text, claim.voice, &claim.place);
            }
            if credential.get(Field::Nip).is_some() {
                // It is known with the company now.
                credential.fields.remove(&Field::Entity);
            }
            tie(&mut credential, &before, &claim);
            is_new |= before.number == 0;
            is_changed |= !others.is_empty() || credential != before;
            let number = if credential == before { before.number } else { self.keep(credential)? };
            self.said.extend(claim.fields.keys().map(|field| (number, *field)));
            self.company(number, &claim, company.clone())?;
        }
        match (is_new, is_changed) {
            (true, _) => self.tally.added += 1,
            (_, true) => self.tally.changed += 1,
            _ => self.tally.same += 1,
        }
        Ok(())
    }

    fn keep(&mut self, mut credential: Credential) -> Result<u64, InventoryError> {
        credential.number = self.draft.put(credential.clone())?;
        self.namesakes.add(&credential);
        Ok(credential.number)
    }

    /// What came of it all. A company is where its credentials are.
    fn end(self) -> Result<Tally, InventoryError> {
        for nip in self.moved {
            let (Some(mut entity), Some(all)) = (self.draft.entity(&nip)?, self.draft.of_nip(&nip, u64::MAX)?) else {
                continue;
            };
            let used: HashSet<&str> = all.iter().filter_map(|one| one.get(Field::Environment)).collect();
            entity.environments.retain(|environment| used.contains(&**environment));
            self.draft.put_entity(&entity)?;
        }
        Ok(self.tally)
    }

    /// What a claim leaves out and the inventory knows: the tax number of a company that is named.
    fn complete(&self, claim: &mut Claim) {
        let (None, Some(name)) = (claim.fields.get(&Field::Nip), claim.fields.get(&Field::Entity)) else { return };
        let known = self.companies.get(&fold(name)).filter(|known| known.len() == 1);
        if let Some(nip) = known.and_then(|known| known.first()) {
            claim.fields.insert(Field::Nip, nip.clone());
        }
    }

    fn contradict(&mut self, credential: &Credential, field: Field, place: &str, claimed: &str) {
        let known = credential.get(field).unwrap_or_default().to_owned();
        let (place, number, claimed) = (place.to_owned(), credential.number, Some(claimed.to_owned()));
        self.tally.conflicts.push(Conflict::Value { place, number, field, known, claimed });
    }

    fn settle(&mut self, credential: &mut Credential, field: Field, text: &str, voice: Voice, place: &str) {
        let new = || Value { text: text.to_owned(), voice, since: self.at };
        let other = match field {
            Field::Reference => Some(Field::Serial),
            Field::Serial => Some(Field::Reference),
            _ => None,
        };
        let Some(old) = credential.fields.get_mut(&field) else {
            if other.is_some_and(|other| credential.get(other).is_some()) {
                // A token and a certificate are two: what ends one must not end the other.
                self.contradict(credential, field, place, text);
            } else {
                credential.fields.insert(field, new());
            }
            return;
        };
        let replace = self.replace && !self.said.contains(&(credential.number, field));
        let by_hand = replace && matches!(field, Field::System | Field::Home | Field::Reviewed | Field::LastUsed);
        let before = old.text.clone();
        match verdict(field, old, text, voice) {
            _ if by_hand && old.text != text => *old = new(),
            Verdict::Keep => {}
            Verdict::Take => *old = new(),
            Verdict::Join(text) => *old = Value { text, ..new() },
            Verdict::Conflict if replace && !matches!(field, Field::Reference | Field::Serial) => *old = new(),
            Verdict::Conflict => self.contradict(credential, field, place, text),
        }
        let is_moved = field == Field::Environment && credential.get(field) != Some(&before);
        self.moved.extend(credential.get(Field::Nip).filter(|_| is_moved).map(str::to_owned));
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
                    let (place, known, field) = (claim.place.clone(), known.clone(), Field::Entity);
                    let claimed = Some(name);
                    self.tally.conflicts.push(Conflict::Value { place, number, field, known, claimed });
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
        for name in get(Field::System).map(|text| parts(Field::System, text)).unwrap_or_default() {
            if self.draft.system(name)?.is_none() {
                self.draft.put_system(&System { name: name.to_owned(), ..System::default() })?;
            }
        }
        Ok(())
    }
}

/// Takes the fingerprints of a claim over. Those that only somebody put beside a number prove nothing of it.
fn tie(credential: &mut Credential, before: &Credential, claim: &Claim) {
    let was_numbered = has_number(before);
    credential.prints.extend(&claim.prints);
    for print in &credential.prints {
        if claim.tied && claim.prints.contains(print) {
            credential.loose.remove(print);
        } else if !was_numbered || !before.prints.contains(print) {
            credential.loose.insert(*print);
        }
    }
    credential.mend_ties();
}

/// Several claims of one credential, such as the rows of its systems, say together what each of them says.
fn gather(claims: &mut [Claim]) {
    let mut first: HashMap<Handle, usize> = HashMap::new();
    let mut said: HashMap<(usize, Field), Vec<String>> = HashMap::new();
    let mut roots = Vec::with_capacity(claims.len());
    for (at, claim) in claims.iter().enumerate() {
        let handles = handles(claim);
        let root = handles.iter().find_map(|handle| first.get(handle)).copied().unwrap_or(at);
        for handle in handles {
            first.entry(handle).or_insert(root);
        }
        for field in [Field::System, Field::Home] {
            let all = said.entry((root, field)).or_default();
            for part in claim.fields.get(&field).map(|text| parts(field, text)).unwrap_or_default() {
                if !all.iter().any(|known| fold(known) == fold(part)) {
                    all.push(part.to_owned());
                }
            }
        }
        roots.push(root);
    }
    for (claim, root) in claims.iter_mut().zip(roots) {
        for field in [Field::System, Field::Home] {
            let all = said.get(&(root, field)).filter(|all| all.len() > 1);
            if let (Some(text), Some(all)) = (claim.fields.get_mut(&field), all) {
                *text = all.join("; ");
            }
        }
    }
}
