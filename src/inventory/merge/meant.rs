//! Which credential a claim is about.
//!
//! Holds: by what a claim is known to be about a credential of the inventory. Fingerprints and numbers come first; by a
//! name is known only what has none of them. Must not know: what becomes of the claim.

use std::collections::HashMap;

use super::verdict::{Verdict, instant, is_final, is_same_day, verdict};
use crate::codec::fold_name as fold;
use crate::inventory::store::{Handle, InventoryError, Records};
use crate::inventory::{Claim, Credential, Field, Voice};

/// Credentials of one name that are looked at.
const NAMESAKES: usize = 64;

/// What KSeF calls a credential by.
const NUMBERS: [Field; 2] = [Field::Reference, Field::Serial];

/// By what people know a credential: the company, and the name or the program.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Label {
    company: String,
    name: String,
}

/// What a claim is about.
#[derive(Debug)]
pub(super) enum Meant {
    /// A credential that is not there yet.
    New,
    /// One that is there; of a key that has several certificates, each of them.
    These(Vec<Credential>),
    /// One that is there twice: once under its number, and as what was known without one.
    Join(Box<Credential>, Vec<Credential>),
    /// Several could be meant.
    Unclear(Vec<u64>),
}

/// Credentials by the names that people give them.
#[derive(Debug, Default)]
pub(super) struct Namesakes(HashMap<Label, Vec<u64>>);

impl Namesakes {
    pub(super) fn add(&mut self, credential: &Credential) {
        for label in labels(|field| credential.get(field)) {
            let numbers = self.0.entry(label).or_default();
            if !numbers.contains(&credential.number) {
                numbers.push(credential.number);
            }
        }
    }
}

/// The handles of a claim.
pub(super) fn handles(claim: &Claim) -> Vec<Handle> {
    let get = |field| claim.fields.get(&field).cloned();
    let mut handles: Vec<Handle> = claim.prints.iter().map(|print| Handle::Print(*print)).collect();
    handles.extend(get(Field::Reference).map(Handle::Reference));
    handles.extend(get(Field::Serial).map(Handle::Serial));
    handles
}

/// Whether it has a number of KSeF's.
pub(super) fn has_number(credential: &Credential) -> bool {
    NUMBERS.iter().any(|field| credential.get(*field).is_some())
}

/// The field in which a claim has another number than a credential.
pub(super) fn other_number(credential: &Credential, claim: &Claim) -> Option<Field> {
    let differs = |field: &&Field| {
        claim.fields.get(*field).is_some_and(|claimed| credential.get(**field).is_some_and(|own| own != claimed))
    };
    NUMBERS.iter().find(differs).copied()
}

/// What a claim is about.
pub(super) fn meant(claim: &Claim, records: &Records, names: &Namesakes) -> Result<Meant, InventoryError> {
    let found = records.with(&handles(claim))?;
    if found.is_empty() {
        return namesake(claim, records, names);
    }
    let numbers: Vec<u64> = found.iter().map(|credential| credential.number).collect();
    let unclear = || Ok(Meant::Unclear(numbers));
    let (mut numbered, mut bare): (Vec<Credential>, Vec<Credential>) = found.into_iter().partition(has_number);
    let claimed = NUMBERS.iter().find_map(|field| claim.fields.get(field).map(|text| (*field, text)));
    let Some((field, number)) = claimed else {
        return match (numbered.len(), bare.len()) {
            (0, 1) => Ok(Meant::These(bare)),
            // A key that has several certificates.
            (1.., 0) if numbered.len() == 1 || numbered.iter().all(|one| one.get(Field::Serial).is_some()) => {
                Ok(Meant::These(numbered))
            }
            // Several fingerprints of one thing, such as those of a key and of its sealed form.
            (0, _) if claim.voice != Voice::Search => Ok(Meant::Join(Box::new(bare.remove(0)), bare)),
            (1, _) if claim.voice != Voice::Search => Ok(Meant::Join(Box::new(numbered.remove(0)), bare)),
            _ => unclear(),
        };
    };
    let own = numbered.iter().position(|credential| credential.get(field).is_some_and(|own| own == number));
    let own = own.map(|at| numbered.swap_remove(at));
    // Certificates of one key are different credentials; one secret under two reference numbers is a mistake.
    if field == Field::Serial {
        numbered.retain(|credential| credential.get(Field::Serial).is_none());
    }
    match (own, numbered.len(), bare.len()) {
        (Some(own), 0, 0) => Ok(Meant::These(vec![own])),
        (Some(own), 0, _) if claim.tied => Ok(Meant::Join(Box::new(own), bare)),
        (None, 0, 0) => Ok(Meant::New),
        (None, 0, 1) => Ok(Meant::These(bare)),
        (None, 0, _) if claim.tied => Ok(Meant::Join(Box::new(bare.remove(0)), bare)),
        (None, 1, 0) => Ok(Meant::These(numbered)),
        _ => unclear(),
    }
}

/// What a claim is about that is known by no fingerprint and no number of the inventory.
fn namesake(claim: &Claim, records: &Records, names: &Namesakes) -> Result<Meant, InventoryError> {
    let mut numbers: Vec<u64> = Vec::new();
    for label in labels(|field| claim.fields.get(&field).map(String::as_str)) {
        numbers.extend(names.0.get(&label).into_iter().flatten().take(NAMESAKES));
    }
    numbers.sort_unstable();
    numbers.dedup();
    let mut fitting = Vec::new();
    for number in numbers {
        fitting.extend(records.credential(number)?.filter(|known| fits(known, claim)));
    }
    if fitting.len() > 1 {
        // What was imported before says nothing new of the one that it was joined to.
        if let Some(same) = fitting.iter().position(|known| says_nothing_new(known, claim)) {
            return Ok(Meant::These(vec![fitting.swap_remove(same)]));
        }
        // People write down what they use.
        let is_over = |known: &Credential| known.get(Field::Status).is_some_and(is_final);
        if fitting.iter().filter(|known| !is_over(known)).count() == 1 {
            fitting.retain(|known| !is_over(known));
        }
    }
    Ok(match fitting.len() {
        0 => Meant::New,
        1 => Meant::These(fitting),
        _ => Meant::Unclear(fitting.iter().map(|known| known.number).collect()),
    })
}

fn says_nothing_new(known: &Credential, claim: &Claim) -> bool {
    claim.fields.iter().filter(|(field, _)| **field != Field::Entity).all(|(field, text)| {
        let old = known.fields.get(field);
        old.is_some_and(|old| matches!(verdict(*field, old, text, claim.voice), Verdict::Keep))
    })
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
    let is_known = !known.prints.is_empty() || has_number(known);
    let is_claimed = !claim.prints.is_empty() || NUMBERS.iter().any(|field| claim.fields.contains_key(field));
    let strangers = is_known && is_claimed;
    same_sort && !strangers && [Field::Nip, Field::Environment, Field::Issued].into_iter().all(alike)
}

/// The names under which people know a credential. Of a company its tax number is known, or its name, or both.
fn labels<'a>(get: impl Fn(Field) -> Option<&'a str>) -> Vec<Label> {
    let names = [Field::Name, Field::Description].into_iter().filter_map(&get).map(fold);
    let mut names: Vec<String> = names.collect();
    if names.is_empty() {
        names.extend(get(Field::System).map(|system| format!("\n{}", fold(system))));
    }
    names.dedup();
    let companies = [get(Field::Nip).map(str::to_owned), get(Field::Entity).map(fold)];
    let companies = companies.into_iter().flatten();
    companies
        .flat_map(|company| names.iter().map(move |name| Label { company: company.clone(), name: name.clone() }))
        .collect()
}
