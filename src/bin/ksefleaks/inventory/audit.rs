//! `ksefleaks inventory audit`.
//!
//! Holds: what is audited besides the inventory, how remarks are told, and how it ends. Must not know: the rules.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, anyhow};
use ksefleaks::{
    AuditBooks, Books, Convention, Credential, Field, Instant, Leak, Remark, Severity, audit, earlier, escape_json,
    escape_terminal, leak, status,
};
use serde_json::json;

use super::place::Place;
use super::{list, open, print};
use crate::args::{AuditArgs, Least, ListFormat};
use crate::exit::Exit;
use crate::files;
use crate::message::count;
use crate::plan::threads;

/// Checks the inventory.
pub(super) fn run(args: &AuditArgs) -> anyhow::Result<Exit> {
    if let Some(pattern) = &args.convention {
        Convention::parse(pattern).map_err(|error| anyhow!("--convention: {error}"))?;
    }
    let left = args.left.as_deref().map(|path| files::read(path, "--left")).transpose()?.unwrap_or_default();
    let left: Vec<String> = left
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let name = Place::of(&args.common.file)?.path.display().to_string();
    let books = Books { inventory: open(&args.common)?, name, days: args.expiring };
    let leaks = leaks(&args.findings, &books, args.common.now())?;
    let reading = books.inventory.read()?;
    // What only a search has met nobody keeps; that it leaked is told of it by the search.
    let mut credentials = list::all(&reading)?;
    credentials.retain(Credential::is_listed);
    let entities = reading.entities().collect::<Result<Vec<_>, _>>()?;
    let systems = reading.systems().collect::<Result<Vec<_>, _>>()?;
    let remarks = audit(&AuditBooks {
        credentials: &credentials,
        entities: &entities,
        systems: &systems,
        leaks: &leaks,
        left: &left,
        now: args.common.now(),
        expiring_days: args.expiring,
        convention: args.convention.as_deref(),
    });
    print(&match args.format {
        ListFormat::Text => text(&remarks, &credentials),
        ListFormat::Json => document(&remarks)?,
    })?;
    let counts = remarks.iter().any(|remark| least(args.fail_on).is_some_and(|least| remark.severity >= least));
    Ok(if counts { Exit::Findings } else { Exit::Clean })
}

fn least(least: Least) -> Option<Severity> {
    Some(match least {
        Least::Info => Severity::Info,
        Least::Low => Severity::Low,
        Least::Medium => Severity::Medium,
        Least::High => Severity::High,
        Least::Critical => Severity::Critical,
        Least::Never => return None,
    })
}

/// What was found earlier, as the inventory stands today.
fn leaks(paths: &[impl AsRef<Path>], books: &Books, now: Instant) -> anyhow::Result<Vec<Leak>> {
    let mut leaks = Vec::new();
    for path in paths {
        let path = path.as_ref();
        let text = files::read_findings(path)?;
        let mut outcome =
            earlier(&text).map_err(|error| anyhow!("{error}")).with_context(|| format!("«{}»", path.display()))?;
        status(&mut outcome, books, now, threads(None));
        leaks.extend(outcome.findings.iter().map(leak));
    }
    Ok(leaks)
}

/// The remarks by what they have alike, so that what is demanded and why is told once.
fn text(remarks: &[Remark], credentials: &[Credential]) -> String {
    let mut text = String::new();
    let of_one_sort = |one: &Remark, other: &Remark| {
        (one.severity, one.rule, one.reason, &one.remedy) == (other.severity, other.rule, other.reason, &other.remedy)
    };
    for sort in remarks.chunk_by(of_one_sort) {
        let Some(first) = sort.first() else { continue };
        let times = if sort.len() > 1 { format!(" × {}", sort.len()) } else { String::new() };
        let _ = writeln!(text, "{}: {}{times}", crate::rules::word(first.severity), first.rule);
        let _ = writeln!(text, "  why     {}", first.reason);
        let _ = writeln!(text, "  remedy  {}", escape_terminal(&first.remedy));
        for remark in sort {
            let whose = whose(remark, credentials);
            let _ = writeln!(text, "  • {}{whose}: {}", escape_terminal(&remark.about), escape_terminal(&remark.text));
        }
        text.push('\n');
    }
    let (remarks, credentials) = (remarks.len(), credentials.len());
    let _ = writeln!(
        text,
        "{} on {}.",
        count(remarks, "remark", "remarks"),
        count(credentials, "credential", "credentials")
    );
    text
}

/// The company and the environment of what a remark is about.
fn whose(remark: &Remark, credentials: &[Credential]) -> String {
    let credential = credentials.iter().find(|credential| Some(credential.number) == remark.credential);
    let get =
        |field| credential.and_then(|credential| credential.get(field)).map(|text| escape_terminal(text).into_owned());
    let nip = get(Field::Nip).or_else(|| remark.nip.clone()).map(|nip| format!("NIP {nip}"));
    let parts: Vec<String> = [get(Field::Entity), nip, get(Field::Environment)].into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(", {}", parts.join(", ")) }
}

fn document(remarks: &[Remark]) -> anyhow::Result<String> {
    let text = serde_json::to_string_pretty(&json!({ "schema": 1, "remarks": remarks }));
    Ok(escape_json(&text.map_err(|_| anyhow!("the remarks cannot be written as JSON"))?) + "\n")
}
