//! `ksefleaks inventory audit`.
//!
//! Holds: what is audited besides the inventory, how remarks are told, and how it ends. Must not know: the rules.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, anyhow};
use ksefleaks::{AuditBooks, Convention, Leak, Remark, Severity, audit, earlier, escape_json, escape_terminal, leak};
use serde_json::json;

use super::{list, open, print};
use crate::args::{AuditArgs, Least, ListFormat};
use crate::exit::Exit;
use crate::files;

/// Checks the inventory.
pub(super) fn run(args: &AuditArgs) -> anyhow::Result<Exit> {
    if let Some(pattern) = &args.convention {
        Convention::parse(pattern).map_err(|error| anyhow!("--convention: {error}"))?;
    }
    let leaks = leaks(&args.findings)?;
    let left = args.left.as_deref().map(|path| files::read(path, "--left")).transpose()?.unwrap_or_default();
    let left: Vec<String> = left
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let inventory = open(&args.common)?;
    let told = |error| anyhow!("{error}");
    let reading = inventory.read().map_err(told)?;
    let credentials = list::all(&reading)?;
    let entities = reading.entities().collect::<Result<Vec<_>, _>>().map_err(told)?;
    let systems = reading.systems().collect::<Result<Vec<_>, _>>().map_err(told)?;
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
        ListFormat::Text => text(&remarks, credentials.len()),
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

fn leaks(paths: &[impl AsRef<Path>]) -> anyhow::Result<Vec<Leak>> {
    let mut leaks = Vec::new();
    for path in paths {
        let path = path.as_ref();
        let text = files::read_findings(path)?;
        let outcome =
            earlier(&text).map_err(|error| anyhow!("{error}")).with_context(|| format!("«{}»", path.display()))?;
        leaks.extend(outcome.findings.iter().map(leak));
    }
    Ok(leaks)
}

fn text(remarks: &[Remark], credentials: usize) -> String {
    let mut text = String::new();
    for remark in remarks {
        let _ = writeln!(
            text,
            "{}: {} ({})",
            crate::rules::word(remark.severity),
            escape_terminal(&remark.about),
            remark.rule
        );
        let _ = writeln!(text, "  {}", escape_terminal(&remark.text));
        let _ = writeln!(text, "  why     {}", remark.reason);
        let _ = writeln!(text, "  remedy  {}\n", escape_terminal(&remark.remedy));
    }
    let _ = writeln!(text, "{} remarks on {credentials} credentials.", remarks.len());
    text
}

fn document(remarks: &[Remark]) -> anyhow::Result<String> {
    let text = serde_json::to_string_pretty(&json!({ "schema": 1, "remarks": remarks }));
    Ok(escape_json(&text.map_err(|_| anyhow!("the remarks cannot be written as JSON"))?) + "\n")
}
