//! Files from which the inventory learns: opened and searched as any other, their secrets taken out, the rest handed on.
//!
//! Holds: which kind a file is of, and what becomes of each. `kept` holds what was read, `met` what was found in it,
//! `rows` makes tables of it. Must not know: how an inventory keeps anything. A new kind is an arm here and a reader in
//! `inventory`.

mod kept;
mod met;
mod rows;

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex};

use super::{Plan, PlanError, Session, scrub};
use crate::base::{Fingerprint, Instant, Limits, Notice, Secret};
use crate::detect::Detector;
use crate::inventory::{
    Claim, Field, Form, Listing, ListingKind, Rejected, SafeKind, TablePlan, TableTaken, TableUse, Voice,
    divide_tables, guess_table, map_table, read_certificates, read_tokens, read_value, recognise_listing,
    recognise_safe, safe_items, table_claims,
};
use crate::report::{EarlierError, earlier};
use crate::rules::RuleSet;
use crate::source::Held;

pub(super) use kept::Kept;
use kept::Leaf;
use met::Findings;
pub(super) use met::is_listed;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// What KSeF answered to `GET /tokens`.
    KsefTokens,
    /// What KSeF answered to `POST /certificates/query`.
    KsefCertificates,
    /// A spreadsheet, or a table as text.
    Table,
    /// An export of Bitwarden.
    Bitwarden,
    /// An export of 1Password.
    OnePassword,
    /// An export of `KeePass`, or its database.
    KeePass,
    /// Certificates, and keys with them.
    Certificate,
    /// Findings of an earlier run.
    Findings,
}

/// Every kind with its name on the command line.
pub const IMPORT_KINDS: &[(ImportKind, &str)] = &[
    (ImportKind::KsefTokens, "ksef-tokens"),
    (ImportKind::KsefCertificates, "ksef-certificates"),
    (ImportKind::Table, "table"),
    (ImportKind::Bitwarden, "bitwarden"),
    (ImportKind::OnePassword, "1password"),
    (ImportKind::KeePass, "keepass"),
    (ImportKind::Certificate, "certificate"),
    (ImportKind::Findings, "findings"),
];

impl ImportKind {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        IMPORT_KINDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

impl FromStr for ImportKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        IMPORT_KINDS.iter().find(|(_, name)| *name == text).map(|(kind, _)| *kind).ok_or(())
    }
}

/// A file to learn from.
pub struct ImportFile {
    /// Its name, which is told.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// What it is, where the user says so.
    pub kind: Option<ImportKind>,
    /// `production`, `demo` or `test`, where the user says so.
    pub environment: Option<String>,
    /// Columns of a table and what they hold, as the user says.
    pub map: Vec<(String, TableUse)>,
    /// What is tried on what is locked.
    pub passwords: Vec<Secret>,
}

/// What a file says, without its secrets.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// What it is.
    pub kind: Option<ImportKind>,
    /// What it says of credentials.
    pub claims: Vec<Claim>,
    /// What of it could not be read.
    pub rejected: Vec<Rejected>,
    /// The tables in it: how each is called, and what was made of its columns.
    pub tables: Vec<ImportedTable>,
    /// Secrets that were met in it and not kept.
    pub secrets: u64,
    /// Entries of a store of passwords that hold nothing of KSeF.
    pub passed: u64,
    /// Whether a listing has all of its pages.
    pub whole: bool,
    /// What of it was kept only in part, or may be meant otherwise.
    pub remarks: Vec<Rejected>,
    /// What could not be opened or read.
    pub notices: Vec<Notice>,
    /// Credentials that were not kept, of which that is told.
    told: HashSet<Fingerprint>,
}

/// A table that was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedTable {
    /// How it is called; nothing of a file that is one table.
    pub name: Option<String>,
    /// Its columns, by their headings, and what each was taken for: the name of a field, `secret`, or nothing.
    pub columns: Vec<(String, Option<String>)>,
}

/// A file from which nothing can be learned.
#[derive(Debug)]
pub enum ImportError {
    /// It cannot be searched.
    Plan(PlanError),
    /// It is none of the kinds that are known.
    Unknown,
    /// It is locked, and nothing that was given opens it.
    Locked,
    /// More than is held at once.
    TooLarge,
    /// It is not what it was said, or seems, to be: why.
    Other(ImportKind, String),
    /// Columns are said of what has none.
    NoColumns,
    /// A listing of KSeF does not say in which environment it was asked for.
    NoEnvironment,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(error) => error.fmt(f),
            Self::Unknown => {
                let names: Vec<&str> = IMPORT_KINDS.iter().map(|(_, name)| *name).collect();
                write!(f, "is none of the kinds that are known; say which with --kind: {}", names.join(", "))
            }
            Self::Locked => write!(f, "is locked, and no password that was given opens it; see --password-file"),
            Self::TooLarge => write!(f, "holds more than an import takes at once; split it"),
            Self::Other(kind, why) => write!(f, "{} {why}", kind.name()),
            Self::NoColumns => write!(f, "is no table, which alone has columns for --map"),
            Self::NoEnvironment => {
                write!(f, "does not say of which environment it is; say it with --environment production, demo or test")
            }
        }
    }
}

impl std::error::Error for ImportError {}

/// Reads a file to learn from.
pub fn import(file: ImportFile, rules: &RuleSet, limits: &Limits, now: Instant) -> Result<Imported, ImportError> {
    let ImportFile { name, bytes, kind, environment, map, passwords } = file;
    let detector =
        Arc::new(Detector::new(rules.clone(), now).map_err(|error| ImportError::Plan(PlanError::Rule(error)))?);
    let held = Held { name: name.clone(), bytes: rows::as_utf8(bytes), words: vec!["ksef".to_owned()] };
    // A row of a table is a place, and there may be many.
    let limits = Limits { max_locations: usize::MAX, ..limits.clone() };
    let plan = Plan { limits, passwords, ..super::explain::plan(rules, now, held) };
    let mut session = Session::with(plan, Arc::clone(&detector));
    session.kept = Some(Mutex::default());
    session.run();
    let outcome = session.outcome();
    let Some(kept) = session.kept.take().and_then(|kept| kept.into_inner().ok()) else {
        return Err(ImportError::Unknown);
    };
    if kept.full {
        return Err(ImportError::TooLarge);
    }
    let reading = Reading {
        name: &name,
        environment: environment.as_deref(),
        leaves: &kept.leaves,
        findings: Findings::new(&outcome),
        detector: &detector,
        session: &session,
    };
    let Some(kind) = kind.or_else(|| reading.recognise()) else {
        let is_locked = outcome.notices.iter().any(|notice| notice.reason == crate::base::Reason::Encrypted);
        return Err(if is_locked { ImportError::Locked } else { ImportError::Unknown });
    };
    if !map.is_empty() && kind != ImportKind::Table {
        return Err(ImportError::NoColumns);
    }
    let mut imported = reading.read(kind, &map)?;
    for claim in &mut imported.claims {
        clean(claim, &detector);
        claim.tied |= claim.voice != Voice::Search && reading.findings.tie(claim);
    }
    imported.rejected.extend(reading.untaken(&imported));
    imported.kind = Some(kind);
    imported.secrets = reading.findings.secrets();
    imported.notices = outcome.notices;
    Ok(imported)
}

/// Takes out of a claim what is no value of its field: wherever it was read, what holds a secret or a PESEL is no name.
fn clean(claim: &mut Claim, detector: &Detector) {
    let mut is_value = |field: &Field, text: &mut String| {
        let is_clean = field.form() != Form::Words || scrub::text(detector, text).is_none();
        match read_value(*field, text) {
            Ok(Some(read)) if is_clean => {
                *text = read;
                true
            }
            _ => false,
        }
    };
    claim.fields.retain(&mut is_value);
    claim.hints.retain(is_value);
}

/// A file that was opened and searched.
struct Reading<'a> {
    name: &'a str,
    environment: Option<&'a str>,
    leaves: &'a [Leaf],
    findings: Findings,
    detector: &'a Detector,
    session: &'a Session,
}

impl Reading<'_> {
    /// The texts in it.
    fn texts(&self) -> impl Iterator<Item = (&Leaf, &str)> {
        self.leaves.iter().filter_map(|leaf| Some((leaf, std::str::from_utf8(&leaf.bytes).ok()?)))
    }

    /// What was met and is in no claim: it is told, so that nothing is lost in silence.
    fn untaken(&self, imported: &Imported) -> Vec<Rejected> {
        let taken = imported.claims.iter().flat_map(|claim| &claim.prints).chain(&imported.told);
        let taken: HashSet<Fingerprint> = taken.copied().collect();
        let lost = self.findings.placed().filter(|(_, met)| !met.prints.iter().any(|print| taken.contains(print)));
        lost.map(|(place, _)| Rejected { place, why: "a credential stands there that was not kept".to_owned() })
            .collect()
    }

    fn recognise(&self) -> Option<ImportKind> {
        for (leaf, text) in self.texts() {
            let name = leaf.inner.last().map_or(self.name, String::as_str);
            if let Some(kind) = recognise_listing(text) {
                return Some(match kind {
                    ListingKind::Tokens => ImportKind::KsefTokens,
                    ListingKind::Certificates => ImportKind::KsefCertificates,
                });
            }
            if let Some(kind) = recognise_safe(name, text) {
                return Some(store_of(kind));
            }
        }
        if self.texts().any(|(_, text)| rows::may_be_findings(text) && earlier(text).is_ok()) {
            return Some(ImportKind::Findings);
        }
        if !self.session.vault().certificates().is_empty() && !self.leaves.iter().any(rows::is_sheet) {
            return Some(ImportKind::Certificate);
        }
        let is_table = rows::tables(self.leaves, &self.findings, self.detector)
            .iter()
            .any(|table| guess_table(&table.rows).is_some());
        is_table.then_some(ImportKind::Table)
    }

    fn read(&self, kind: ImportKind, map: &[(String, TableUse)]) -> Result<Imported, ImportError> {
        match kind {
            ImportKind::KsefTokens => self.listing(kind, read_tokens),
            ImportKind::KsefCertificates => self.listing(kind, read_certificates),
            ImportKind::Table => self.table(map),
            ImportKind::Bitwarden | ImportKind::OnePassword | ImportKind::KeePass => self.store(kind),
            ImportKind::Certificate => Ok(self.certificates()),
            ImportKind::Findings => self.earlier(),
        }
    }

    fn listing(
        &self,
        kind: ImportKind,
        read: fn(&str, Option<&str>) -> Result<Listing, String>,
    ) -> Result<Imported, ImportError> {
        let environment = self.environment.ok_or(ImportError::NoEnvironment)?;
        // Pages may stand in one file or in several of an archive.
        let pages: Vec<&str> = self.texts().map(|(_, text)| text.trim_start_matches('\u{feff}')).collect();
        let listing = read(&pages.join("\n"), Some(environment)).map_err(|why| ImportError::Other(kind, why))?;
        let Listing { claims, rejected, whole } = listing;
        let imported = Imported { claims, rejected, whole, ..Imported::default() };
        Ok(imported)
    }

    fn table(&self, map: &[(String, TableUse)]) -> Result<Imported, ImportError> {
        let other = |why: String| ImportError::Other(ImportKind::Table, why);
        let mut imported = Imported { whole: true, ..Imported::default() };
        let mut told: Vec<Option<String>> = vec![None; map.len()];
        let tables = rows::tables(self.leaves, &self.findings, self.detector);
        // A sheet may hold several tables, each with headings of its own.
        let parts =
            tables.iter().flat_map(|found| divide_tables(&found.rows).into_iter().map(move |rows| (found, rows)));
        let mut plans: Vec<_> = parts.map(|(found, rows)| (found, rows, guess_table(rows))).collect();
        if !map.is_empty() && plans.iter().all(|(.., plan)| plan.is_none()) {
            // Headings that say nothing may be said by the user.
            plans.iter_mut().for_each(|(_, rows, plan)| *plan = TablePlan::unread(rows));
        }
        for (found, rows, plan) in plans {
            let Some(mut plan) = plan else {
                imported.rejected.extend(rows::without_headings(found, rows));
                continue;
            };
            // A column may stand in one sheet of several; one that stands in none is told.
            for (wish, told) in map.iter().zip(&mut told) {
                match map_table(plan.clone(), std::slice::from_ref(wish)) {
                    Ok(mapped) => (plan, *told) = (mapped, Some(String::new())),
                    Err(why) => *told = told.take().or(Some(why)),
                }
            }
            let TableTaken { claims, rejected, remarks, unkept } = table_claims(&plan, rows);
            let columns =
                plan.columns.iter().map(|column| (column.heading.clone(), column.takes.map(|takes| takes.to_string())));
            imported.tables.push(ImportedTable { name: found.name.clone(), columns: columns.collect() });
            imported.claims.extend(claims.into_iter().map(|claim| self.placed(claim)));
            imported.rejected.extend(rejected);
            imported.remarks.extend(remarks);
            imported.told.extend(unkept);
        }
        for found in tables.iter().filter(|_| !imported.tables.is_empty()) {
            imported.rejected.extend(found.broken.iter().cloned());
            imported.told.extend(found.lost.iter().copied());
        }
        if let Some(why) = told.into_iter().flatten().find(|why| !why.is_empty()) {
            return Err(other(why));
        }
        if imported.tables.is_empty() {
            let why = "has no headings that are understood: see docs/inventory.md, or say them with --map COLUMN=FIELD";
            return Err(other(why.to_owned()));
        }
        Ok(imported)
    }

    /// A claim of which the user said in which environment all of its source is.
    fn placed(&self, mut claim: Claim) -> Claim {
        if let Some(environment) = self.environment {
            claim.fields.entry(Field::Environment).or_insert_with(|| environment.to_owned());
        }
        claim
    }

    fn store(&self, kind: ImportKind) -> Result<Imported, ImportError> {
        let mut imported = Imported { whole: true, ..Imported::default() };
        let mut read = false;
        for (leaf, text) in self.texts() {
            let name = leaf.inner.last().map_or(self.name, String::as_str);
            let Some(found) = recognise_safe(name, text).filter(|found| store_of(*found) == kind) else { continue };
            read = true;
            let items = safe_items(found, text).map_err(|why| ImportError::Other(kind, why))?;
            for item in items {
                let met: Vec<_> = self.findings.within(&leaf.inner, &item.span).collect();
                imported.passed += u64::from(met.is_empty());
                let clean = |field: Field, text: Option<&String>| {
                    let text = scrub::text(self.detector, text?).or_else(|| text.cloned())?;
                    read_value(field, &text).ok().flatten()
                };
                for met in met {
                    let mut fields = met.fields.clone();
                    let folder = clean(Field::Home, item.folder.as_ref());
                    let home =
                        folder.map_or_else(|| kind.name().to_owned(), |folder| format!("{folder} in {}", kind.name()));
                    fields.insert(Field::Home, home.replace(';', ","));
                    // Titles are made for people; whoever has named the credential has another name for it.
                    let title = clean(Field::Name, item.title.as_ref());
                    let hints = title.map(|title| (Field::Name, title)).into_iter().collect();
                    let prints = met.prints.clone();
                    let claim = Claim { prints, fields, hints, ..Claim::new(&item.place, Voice::Person) };
                    imported.claims.push(self.placed(claim));
                }
            }
        }
        if read { Ok(imported) } else { Err(ImportError::Other(kind, "export was not recognised in it".to_owned())) }
    }

    fn certificates(&self) -> Imported {
        let mut imported = Imported { whole: true, ..Imported::default() };
        let vault = self.session.vault();
        for (number, (print, all)) in vault.certificates().iter().enumerate() {
            for facts in all {
                let place = format!("certificate {}", number + 1);
                if facts.environment.is_none() {
                    let why = "was not issued by KSeF".to_owned();
                    imported.rejected.push(Rejected { place, why });
                    continue;
                }
                let (fields, prints) = (met::certified(facts), [*print].into());
                imported.claims.push(Claim { prints, fields, tied: true, ..Claim::new(&place, Voice::Itself) });
            }
        }
        drop(vault);
        for (number, met) in self.findings.keys().enumerate() {
            let place = format!("key {}", number + 1);
            let (prints, fields) = (met.prints.clone(), met.fields.clone());
            imported.claims.push(self.placed(Claim { prints, fields, ..Claim::new(&place, Voice::Itself) }));
        }
        imported
    }

    fn earlier(&self) -> Result<Imported, ImportError> {
        let mut imported = Imported { whole: true, ..Imported::default() };
        for (_, text) in self.texts() {
            let told = |error: EarlierError| ImportError::Other(ImportKind::Findings, error.to_string());
            let outcome = earlier(text).map_err(told)?;
            for (number, met) in Findings::new(&outcome).listed().enumerate() {
                let (prints, fields) = (met.prints.clone(), met.fields.clone());
                let place = format!("finding {}", number + 1);
                imported.claims.push(self.placed(Claim { prints, fields, ..Claim::new(&place, Voice::Search) }));
            }
        }
        Ok(imported)
    }
}

/// The program that a store of passwords comes from.
fn store_of(kind: SafeKind) -> ImportKind {
    match kind {
        SafeKind::BitwardenJson | SafeKind::BitwardenTable => ImportKind::Bitwarden,
        SafeKind::OnePasswordTable | SafeKind::OnePux => ImportKind::OnePassword,
        SafeKind::KeepassXml | SafeKind::KeepassTable => ImportKind::KeePass,
    }
}
