//! The arguments of `ksefleaks inventory` and `ksefleaks status`.
//!
//! Holds: the commands on an inventory, and which one is meant. Must not know: what they do.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use ksefleaks::{FIELDS, IMPORT_KINDS, ImportKind, Instant, TableUse};

use super::search::{Looks, format_names, instant};
use crate::exit::FailOn;

/// Which inventory.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct InventoryFile {
    /// The inventory of credentials [default: the one in the user's data directory]
    #[arg(long, value_name = "FILE", help_heading = "Inventory")]
    pub(crate) inventory: Option<PathBuf>,
    /// The key that it is sealed with [default: the one in the user's data directory]
    #[arg(long, value_name = "FILE", help_heading = "Inventory")]
    pub(crate) inventory_key: Option<PathBuf>,
}

/// Which inventory a search asks, and how.
#[derive(Args, Clone, Debug)]
pub(crate) struct InventoryAsked {
    #[command(flatten)]
    pub(crate) file: InventoryFile,
    /// How many days before its end a credential is expiring
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(..=36_500), help_heading = "Inventory")]
    pub(crate) expiring: u32,
}

/// Keeps the inventory: which credentials there are, whose they are, whether they are live
///
/// No secret ever enters it: of what is imported it keeps fingerprints, references and serial numbers.
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_long_help = "\
Examples:
  ksefleaks inventory init
  ksefleaks inventory import klienci.xlsx
  ksefleaks inventory import tokens.json --environment production      what GET /tokens answered
  ksefleaks inventory list --where owner=Nowak --sort valid-to
  ksefleaks inventory audit --findings leaks.jsonl
  ksefleaks scan /srv/share --inventory office.inventory")]
pub(crate) struct InventoryArgs {
    #[command(subcommand)]
    pub(crate) command: InventoryCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InventoryCommand {
    /// Makes an empty inventory
    Init(InventoryFile),
    Import(ImportArgs),
    Add(AddArgs),
    List(ListArgs),
    Audit(AuditArgs),
    Export(ExportArgs),
    Remove(RemoveArgs),
}

/// Learns from a file: a table, a listing of KSeF, a store of passwords, certificates, findings
///
/// What is in it is shown before anything is kept, and secrets are not kept at all. To import the same again changes
/// nothing; where the file says otherwise than the inventory, that is listed and left as it is.
#[derive(Args, Debug)]
pub(crate) struct ImportArgs {
    /// The file; «-» is standard input
    #[arg(value_name = "FILE")]
    pub(crate) path: PathBuf,
    /// What it is [default: recognised]
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    pub(crate) kind: Option<ImportKind>,
    /// Of which environment its credentials are, where it does not say
    #[arg(long, value_name = "ENVIRONMENT", value_parser = ["production", "demo", "test"])]
    pub(crate) environment: Option<String>,
    /// What a column of a table holds: its heading, letter or number, and a field, «secret» or «ignore»; repeatable
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = column)]
    pub(crate) map: Vec<(String, TableUse)>,
    /// Keep what was read without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// Keep the good rows where others cannot be read, without asking
    #[arg(long)]
    pub(crate) keep_good: bool,
    /// Take the file for right where it says otherwise than the inventory
    #[arg(long)]
    pub(crate) replace: bool,
    /// Passwords to try on what is locked, one a line; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Adds or changes a credential, a company or a program
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  ksefleaks inventory add credential nip=5265877635 name=ABC-PL-Comarch-PROD-2026 system=Comarch owner='Anna Nowak'
  ksefleaks inventory add credential reference=20251010-EC-1DCE3E3000-12ECB5B36E-45 owner='Jan Kowalski' --replace
  ksefleaks inventory add entity nip=5265877635 name='ABC Sp. z o.o.'
  ksefleaks inventory add system name=Comarch environment=production needs=InvoiceRead,InvoiceWrite")]
pub(crate) struct AddArgs {
    /// What is added
    #[arg(value_name = "WHAT")]
    pub(crate) what: Thing,
    /// What is known of it
    #[arg(value_name = "FIELD=VALUE", required = true, value_parser = pair)]
    pub(crate) fields: Vec<(String, String)>,
    /// Take this for right where the inventory says otherwise
    #[arg(long)]
    pub(crate) replace: bool,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What an inventory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Thing {
    /// a token, a certificate, a key
    Credential,
    /// a company that is ours, or a client's
    Entity,
    /// a program that uses credentials
    System,
}

/// Removes a credential by its number, a company by its NIP, a program by its name
#[derive(Args, Debug)]
pub(crate) struct RemoveArgs {
    /// What is removed
    #[arg(value_name = "WHAT")]
    pub(crate) what: Thing,
    /// Its number, NIP or name
    #[arg(value_name = "WHICH", required = true)]
    pub(crate) which: Vec<String>,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Lists credentials, companies, programs or changes
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// What is listed
    #[arg(value_name = "WHAT", default_value = "credentials")]
    pub(crate) what: Listed,
    /// Only those of which a field holds a text, or is not filled («owner=»); «valid-to<2027-01-01» and «>» for days and numbers; repeatable
    #[arg(long = "where", value_name = "FIELD=TEXT")]
    pub(crate) filter: Vec<String>,
    /// By which field they are sorted; «-FIELD» the other way round
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    pub(crate) sort: Option<String>,
    /// Which fields are shown [default: those that fit]
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// How
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listed {
    /// tokens, certificates, keys
    Credentials,
    /// companies
    Entities,
    /// programs
    Systems,
    /// every change: when, by whom, from what
    History,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// a table that fits the terminal
    Text,
    /// one document
    Json,
}

/// Writes the inventory as a table or a document
#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// How
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    pub(crate) format: ExportFormat,
    /// Where to; needed for xlsx [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// a table as text
    Csv,
    /// one document with companies, programs and changes too
    Json,
    /// a workbook
    Xlsx,
}

/// Checks what guides and auditors ask of those who keep credentials
#[derive(Args, Debug)]
pub(crate) struct AuditArgs {
    /// Findings of a search, as --format json or jsonl wrote them; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) findings: Vec<PathBuf>,
    /// Names of people who left, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) left: Option<PathBuf>,
    /// How names are made, such as {entity}-{country}-{system}-{environment}-{year}
    #[arg(long, value_name = "PATTERN")]
    pub(crate) convention: Option<String>,
    /// How many days before its end a credential is expiring
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(..=36_500))]
    pub(crate) expiring: u32,
    /// From which severity on it ends with 1
    #[arg(long, value_name = "SEVERITY", default_value = "medium")]
    pub(crate) fail_on: Least,
    /// How
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ListFormat,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// A severity from which on something counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Least {
    Info,
    Low,
    Medium,
    High,
    Critical,
    /// nothing counts
    Never,
}

/// What every command on an inventory takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) file: InventoryFile,
    /// The clock, for repeatable runs: a day, or an instant such as 2026-11-21T10:00:00Z
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) now: Option<Instant>,
}

impl Common {
    /// The clock.
    pub(crate) fn now(&self) -> Instant {
        self.now.unwrap_or_else(Instant::now)
    }
}

/// Tells the standing of earlier findings against the inventory, and what to do first
#[derive(Args, Debug)]
pub(crate) struct StatusArgs {
    /// What --format json or jsonl wrote; «-» is standard input
    #[arg(value_name = "FINDINGS")]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) inventory: InventoryAsked,
    /// How to tell it; repeatable, the n-th goes to the n-th --output [default: text]
    #[arg(long, value_name = "FORMAT", value_parser = format_names(), help_heading = "Output")]
    pub(crate) format: Vec<String>,
    /// Where to write it, as a whole or not at all; one format left over goes to standard output
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Vec<PathBuf>,
    /// Which findings make it end with 1; none does that is proved expired, revoked or dead
    #[arg(long, value_name = "WHAT", default_value = "likely")]
    pub(crate) fail_on: FailOn,
    /// The clock, for repeatable runs: a day, or an instant such as 2026-11-21T10:00:00Z
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(crate) now: Option<Instant>,
    #[command(flatten)]
    pub(crate) looks: Looks,
}

fn kinds() -> impl TypedValueParser<Value = ImportKind> {
    let names: Vec<_> = IMPORT_KINDS.iter().map(|(_, name)| PossibleValue::new(*name)).collect();
    PossibleValuesParser::new(names).try_map(|name| name.parse::<ImportKind>().map_err(|()| "no kind"))
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as FIELD=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn column(text: &str) -> Result<(String, TableUse), String> {
    let (column, name) = text.rsplit_once('=').ok_or("write it as COLUMN=FIELD")?;
    let takes = name.parse().or_else(|()| name.parse().map(TableUse::Field)).map_err(|()| {
        let names: Vec<&str> = FIELDS.iter().map(|(_, name, _)| *name).collect();
        format!("the fields are {}, secret, ignore", names.join(", "))
    })?;
    Ok((column.to_owned(), takes))
}
