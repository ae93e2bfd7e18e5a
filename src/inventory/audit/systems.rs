//! Rules about systems: one credential for each, no more than it needs, in one place.
//!
//! Must not know: the other rules. A new one is a function here and a line in the registry.

use std::collections::BTreeSet;

use crate::base::Severity;
use crate::inventory::Field;

use super::Said;
use super::desk::{Desk, Entry, Sort};
use super::words::{fold, list, said, words};

/// Permissions that no program needs for its invoices.
const POWERS: [&str; 3] = ["CredentialsManage", "EnforcementOperations", "SubunitManage"];

/// Permissions that tell of invoices.
const INVOICES: [&str; 2] = ["InvoiceRead", "InvoiceWrite"];

/// What a certificate is for, which is no permission.
const TYPES: [&str; 2] = ["Authentication", "Offline"];

/// Beginnings of words in the names of programs that issue invoices, folded.
const INVOICING: &[&str] = &[
    "comarch",
    "enova",
    "erp",
    "faktur",
    "fk",
    "ifirma",
    "infakt",
    "insert",
    "invoic",
    "ksieg",
    "nexo",
    "optima",
    "sage",
    "sap",
    "streamsoft",
    "subiekt",
    "symfonia",
    "wapro",
    "wfirma",
];

pub(super) fn several_systems(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let systems = &desk.kin(entry).filter(|kin| kin.systems.len() > 1)?.systems;
    let names = list(systems.values().copied());
    Some(Said::new(format!("{} systems use it: {names}.", systems.len())))
}

pub(super) fn no_own_credential(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    if !desk.is_shared(entry) {
        return None;
    }
    let bare: Vec<&str> =
        entry.systems.iter().filter(|system| desk.is_provided(entry, system) == Some(false)).copied().collect();
    let bare = once_each(&bare);
    let has = match bare.len() {
        0 => return None,
        1 => "has no credential of its own",
        _ => "have no credentials of their own",
    };
    let nip = entry.said(Field::Nip).unwrap_or_default();
    let room = entry.said(Field::Environment).map(|environment| format!(", {environment}")).unwrap_or_default();
    let names = list(bare);
    Some(Said::new(format!("For NIP {nip}{room}, {names} {has}, only this one, which several systems use.")))
}

/// The names, each as it was written first.
fn once_each<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    names.iter().filter(|name| seen.insert(fold(name))).copied().collect()
}

pub(super) fn several_places(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let homes = entry.said(Field::Home).map(places).unwrap_or_default();
    if homes.len() > 1 {
        let names = list(homes.iter().copied());
        return Some(Said::new(format!("Its home names {} places: {names}.", homes.len())));
    }
    let found = desk.kin(entry)?.leak.as_ref()?.places.len();
    (found > 1).then(|| Said::new(format!("A scan found it in {found} places.")))
}

/// The places that a text names, each once. A slash parts none: it stands in paths.
fn places(text: &str) -> Vec<&str> {
    let parts = text.split([',', ';', '+', '&', '|', '\n']);
    let parts = parts.flat_map(|part| part.split(" i ")).flat_map(|part| part.split(" oraz "));
    let parts: Vec<&str> = parts.flat_map(|part| part.split(" and ")).filter_map(said).collect();
    once_each(&parts)
}

pub(super) fn too_broad(desk: &Desk<'_>, entry: &Entry<'_>) -> Option<Said> {
    let scope: BTreeSet<&str> = entry.said(Field::Scope)?.split(',').filter_map(said).collect();
    let Some(needs) = needs(desk, entry) else { return too_powerful(entry, &scope) };
    let needed = |one: &str| needs.iter().any(|needs| needs.contains(one));
    // Where nobody said which type of certificate a system needs, its permissions tell nothing of that.
    let typed = TYPES.iter().any(|one| needed(one));
    let beyond = scope.into_iter().filter(|one| !needed(one) && (typed || !TYPES.contains(one)));
    let beyond = list(beyond.collect::<Vec<_>>());
    let systems = list(entry.systems.iter().copied());
    (!beyond.is_empty()).then(|| Said::new(format!("Its scope has {beyond}, which {systems} does not need.")))
}

/// What each of its systems needs; nothing where nobody said it of one of them.
fn needs<'a>(desk: &Desk<'a>, entry: &Entry<'a>) -> Option<Vec<&'a BTreeSet<String>>> {
    let needs = entry.systems.iter().map(|system| desk.system(system)?.needs.as_ref());
    needs.collect::<Option<Vec<_>>>().filter(|needs| !needs.is_empty())
}

/// Where nobody said what the system needs: it issues invoices, and may do what invoices never need.
fn too_powerful(entry: &Entry<'_>, scope: &BTreeSet<&str>) -> Option<Said> {
    let by_scope = scope.iter().any(|one| INVOICES.contains(one));
    let by_name = || entry.systems.iter().any(|system| is_invoicing(system));
    if entry.sort != Sort::Token || !(by_scope || by_name()) {
        return None;
    }
    let powers = list(scope.iter().filter(|one| POWERS.contains(one)).copied().collect::<Vec<_>>());
    (!powers.is_empty()).then(|| {
        Said::new(format!("Its scope has {powers}, which programs for invoices do not need.")).at(Severity::Low)
    })
}

fn is_invoicing(system: &str) -> bool {
    words(system).iter().any(|word| INVOICING.iter().any(|start| word.starts_with(start)))
}
