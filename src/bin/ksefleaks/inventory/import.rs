//! `ksefleaks inventory import`.
//!
//! Holds: what is shown and asked before anything is kept, and what is said afterwards. Must not know: what files look
//! like.

use std::io::{self, IsTerminal, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, anyhow, bail};
use ksefleaks::{
    Conflict, ImportError, ImportFile, ImportKind, Imported, Limits, Merge, Secret, Tally, escape_terminal, import,
};
use zeroize::Zeroizing;

use super::{by, open};
use crate::args::ImportArgs;
use crate::exit::Exit;
use crate::message::count;
use crate::{config, files, message, plan, watch};

/// A file of more is no table that an office keeps.
const LARGEST: u64 = 256 << 20;

/// What the lock of a store of passwords may cost: `KeePass` asks for 64 MiB, careful people for more.
const ROUNDS: u64 = 1 << 30;
const MEMORY: u64 = 1 << 30;

/// So much of what is told for each row or conflict is listed.
const LISTED: usize = 50;

/// Whether what was read is being kept just now: all of it or nothing, and nobody can say which before it is done.
static KEEPS: AtomicBool = AtomicBool::new(false);

fn interrupted() -> &'static str {
    if KEEPS.load(Ordering::Acquire) {
        "interrupted while it was being kept; «ksefleaks inventory list history» says whether all of it was, or nothing"
    } else {
        "interrupted; nothing was kept"
    }
}

/// Shows what a file says, and keeps it if the user says so.
pub(super) fn run(args: &ImportArgs) -> anyhow::Result<Exit> {
    let inventory = open(&args.common)?;
    let name = args.path.display().to_string();
    let imported = read(args, &name)?;
    watch::say_if_interrupted(interrupted)?;
    show(&imported);
    if imported.claims.is_empty() {
        message::tell("nothing of it can be kept");
        let is_clean = imported.rejected.is_empty() && is_whole(&imported);
        return Ok(if is_clean { Exit::Clean } else { Exit::Incomplete });
    }
    if !agreed(args, &imported)? {
        message::tell("nothing was kept");
        return Ok(Exit::Failed);
    }
    let source = format!("import {}", args.path.file_name().unwrap_or(args.path.as_os_str()).to_string_lossy());
    let mut draft = inventory.write(by(&args.common, &source))?;
    let merge = Merge::new(&mut draft, args.common.now(), args.replace)?;
    let tally = merge.take(imported.claims.clone())?;
    KEEPS.store(true, Ordering::Release);
    draft.commit()?;
    summary(&tally, &imported, args.replace)?;
    let all = imported.rejected.is_empty() && imported.remarks.is_empty() && imported.whole && is_whole(&imported);
    let complete = tally.conflicts.is_empty() && all;
    Ok(if complete { Exit::Clean } else { Exit::Incomplete })
}

/// What the file says. What is locked is tried once more with a password that is asked for.
fn read(args: &ImportArgs, name: &str) -> anyhow::Result<Imported> {
    let about = || format!("«{name}»");
    let rules = config::load(None)?.rules;
    let bytes = Zeroizing::new(files::bytes(&args.path, LARGEST).with_context(about)?);
    let mut passwords = plan::passwords(&args.password_file)?;
    let mut asked = false;
    loop {
        let file = ImportFile {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
            kind: args.kind,
            environment: args.environment.clone(),
            map: args.map.clone(),
            passwords: std::mem::take(&mut passwords),
        };
        // The file was named by whoever runs this: what its lock costs is spent.
        let limits = Limits { max_rounds: ROUNDS, max_kdf_memory: MEMORY, ..Limits::default() };
        match import(file, &rules, &limits, args.common.now()) {
            Err(ImportError::Locked) if !asked && io::stdin().is_terminal() => {
                asked = true;
                let typed = rpassword::prompt_password(format!("password of {} (not shown): ", escape_terminal(name)));
                let typed = typed.map_err(|error| anyhow!("the terminal cannot be read: {}", files::why(&error)))?;
                passwords.push(Secret::new(typed.into_bytes()));
            }
            read => return read.with_context(about),
        }
    }
}

/// Shows what was made of a file, before anything of it is kept.
fn show(imported: &Imported) {
    let kind = imported.kind.map_or("", ImportKind::name);
    let mut lines = vec![format!("read as {kind}: {}", count(imported.claims.len(), "credential", "credentials"))];
    for table in &imported.tables {
        lines.push(table.name.as_ref().map_or_else(|| "columns:".to_owned(), |name| format!("columns of {name}:")));
        for (heading, takes) in &table.columns {
            lines.push(format!(
                "  {} → {}",
                message::shown(heading),
                takes.as_deref().filter(|takes| *takes != "ignore").unwrap_or("(passed over)")
            ));
        }
    }
    if imported.passed > 0 {
        let entries = if imported.passed == 1 { "entry holds" } else { "entries hold" };
        lines.push(format!(
            "{} {entries} no credential of KSeF and {} passed over",
            imported.passed,
            if imported.passed == 1 { "was" } else { "were" }
        ));
    }
    for rejected in imported.rejected.iter().take(LISTED) {
        lines.push(format!("not read: {}: {}", rejected.place, rejected.why));
    }
    for remark in imported.remarks.iter().take(LISTED) {
        lines.push(format!("note: {}: {}", remark.place, remark.why));
    }
    if imported.remarks.len() > LISTED {
        lines.push(format!("and {}", count(imported.remarks.len() - LISTED, "more note", "more notes")));
    }
    if imported.rejected.len() > LISTED {
        lines.push(format!("and {} more that were not read", imported.rejected.len() - LISTED));
    }
    for notice in imported.notices.iter().take(LISTED) {
        let members = notice.origin.inner.join(", ");
        let within = if members.is_empty() { String::new() } else { format!("{members}: ") };
        lines.push(format!("not opened: {within}{}", notice.text));
    }
    if !imported.whole {
        lines.push("pages of the listing are missing: ask KSeF for them too, and import them".to_owned());
    }
    if imported.secrets > 0 {
        let stand = if imported.secrets == 1 { "secret stands" } else { "secrets stand" };
        lines.push(format!(
            "{} {stand} in this file; none is kept. Whoever has the file has them: move them into a vault, \
             replace them in KSeF, then destroy the file and its copies (mails, backups, versions)",
            imported.secrets
        ));
    }
    message::show(&lines);
}

/// Whether all of the file was opened and read.
fn is_whole(imported: &Imported) -> bool {
    !imported.notices.iter().any(|notice| notice.incomplete)
}

/// Whether the user wants it kept.
fn agreed(args: &ImportArgs, imported: &Imported) -> anyhow::Result<bool> {
    let asks_about_table = !imported.tables.is_empty() && !args.yes;
    let asks_about_rows = !imported.rejected.is_empty() && !args.keep_good;
    if asks_about_rows && !ask("keep the good rows without the others?", "--keep-good")? {
        return Ok(false);
    }
    Ok(!asks_about_table || ask("keep what was read, with the columns as they are shown?", "--yes")?)
}

fn ask(question: &str, option: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("{question} There is nobody to ask: say so with {option}");
    }
    write!(io::stderr(), "ksefleaks: {question} [y/N] ").map_err(|error| anyhow!(files::why(&error)))?;
    let mut answer = String::new();
    io::stdin()
        .read_line(&mut answer)
        .map_err(|error| anyhow!("the terminal cannot be read: {}", files::why(&error)))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "t" | "tak"))
}

fn summary(tally: &Tally, imported: &Imported, replace: bool) -> anyhow::Result<()> {
    let mut lines: Vec<String> = tally.conflicts.iter().take(LISTED).map(told).collect();
    if tally.conflicts.len() > LISTED {
        lines.push(format!("and {}", count(tally.conflicts.len() - LISTED, "more conflict", "more conflicts")));
    }
    if !replace && tally.conflicts.iter().any(|conflict| matches!(conflict, Conflict::Value { .. })) {
        lines.push("conflicts were left as they are; --replace takes the file for right".to_owned());
    }
    message::show(&lines);
    super::print(&format!(
        "{} added, {} changed, {} known already, {}, {} not read\n",
        tally.added,
        tally.changed,
        tally.same,
        count(tally.conflicts.len(), "conflict", "conflicts"),
        imported.rejected.len()
    ))
}

/// One conflict as a line.
pub(super) fn told(conflict: &Conflict) -> String {
    match conflict {
        Conflict::Value { place, number, field, known, claimed: Some(claimed) } if known.is_empty() => format!(
            "conflict: {place}: credential {number} cannot have the {field} number «{claimed}» beside the one it has: a \
             token has a reference, a certificate a serial number, and they are two credentials"
        ),
        Conflict::Value { place, number, field, known, claimed } => {
            let claimed = claimed.as_ref().map_or_else(|| "empty".to_owned(), |claimed| format!("«{claimed}»"));
            format!("conflict: {place}: {field} of credential {number} is «{known}», not {claimed}")
        }
        Conflict::Unclear { place, numbers } => {
            let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
            format!(
                "conflict: {place}: could be any of the credentials {}: say there which, by its reference or serial number; \
                 or, where two of them are one, remove one with «ksefleaks inventory remove credential N»",
                numbers.join(", ")
            )
        }
    }
}
