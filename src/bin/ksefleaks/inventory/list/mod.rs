//! `ksefleaks inventory list`.
//!
//! Holds: what is shown of what an inventory holds, of which, in which order. Must not know: how it is kept.

use anyhow::{anyhow, bail};
use ksefleaks::{
    Credential, FIELDS, Field, Form, Instant, Inventory, Records, Value, escape_json, fold_name, read_value,
};
use serde_json::{Map, Value as Json, json};

use super::table::table;
use super::{open, print};
use crate::args::{ListArgs, ListFormat, Listed};
use crate::exit::Exit;
use crate::message::shown;
use crate::output::columns;

/// Columns in the order of their worth, as many as fit.
const WORTH: [Field; 10] = [
    Field::Entity,
    Field::Name,
    Field::Environment,
    Field::Status,
    Field::ValidTo,
    Field::System,
    Field::Owner,
    Field::Reference,
    Field::Nip,
    Field::Serial,
];

/// Characters that a column is given at the least before there is one more.
const ROOM: usize = 12;

/// Lists what was asked for.
pub(super) fn run(args: &ListArgs) -> anyhow::Result<Exit> {
    let inventory = open(&args.common)?;
    if args.what != Listed::Credentials && (!args.filter.is_empty() || args.sort.is_some() || !args.columns.is_empty())
    {
        bail!("--where, --sort and --columns are for credentials");
    }
    match args.what {
        Listed::Credentials => credentials(args, &inventory),
        Listed::Entities => entities(args, &inventory),
        Listed::Systems => systems(args, &inventory),
        Listed::History => history(args, &inventory),
    }?;
    Ok(Exit::Clean)
}

/// The credentials of an inventory, each with the name of its company.
pub(super) fn all(reading: &Records) -> anyhow::Result<Vec<Credential>> {
    let told = |error| anyhow!("{error}");
    let mut all = Vec::new();
    for credential in reading.credentials() {
        let mut credential = credential.map_err(told)?;
        let entity = credential.get(Field::Nip).map(|nip| reading.entity(nip)).transpose().map_err(told)?.flatten();
        if let Some(name) = entity.and_then(|entity| entity.name) {
            // What a company is called does not say that its credential is written down.
            let (voice, since) = (ksefleaks::Voice::Search, Instant::now());
            credential.fields.entry(Field::Entity).or_insert(Value { text: name, voice, since });
        }
        all.push(credential);
    }
    Ok(all)
}

fn credentials(args: &ListArgs, inventory: &Inventory) -> anyhow::Result<()> {
    let filters = args.filter.iter().map(|text| Filter::read(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut all = all(&*inventory.read().map_err(|error| anyhow!("{error}"))?)?;
    // What nobody has named is called as KSeF has it.
    for credential in &mut all {
        if let Some(description) = credential.fields.get(&Field::Description).cloned() {
            credential.fields.entry(Field::Name).or_insert(description);
        }
    }
    all.retain(|credential| filters.iter().all(|filter| filter.takes(credential)));
    if let Some(sort) = &args.sort {
        let (name, down) = sort.strip_prefix('-').map_or((sort.as_str(), false), |name| (name, true));
        let field = field(name)?;
        // What is not known comes last, whichever way.
        let key = |credential: &Credential| credential.get(field).map(fold_name);
        all.sort_by(|one, other| match (key(one), key(other)) {
            (Some(one), Some(other)) => {
                if down {
                    other.cmp(&one)
                } else {
                    one.cmp(&other)
                }
            }
            (one, other) => one.is_none().cmp(&other.is_none()),
        });
    }
    if args.format == ListFormat::Json {
        return json_lines("credentials", &all.iter().map(document).collect::<Vec<_>>());
    }
    let columns = if args.columns.is_empty() { fitting(&all) } else { args.columns.clone() };
    let headings: Vec<&str> = ["no"].into_iter().chain(columns.iter().map(|field| field.name())).collect();
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|credential| {
            let cells = columns.iter().map(|field| cell(credential, *field));
            [credential.number.to_string()].into_iter().chain(cells).collect()
        })
        .collect();
    show(&headings, &rows)
}

/// The columns that there is room for and something in.
fn fitting(all: &[Credential]) -> Vec<Field> {
    let filled = WORTH.into_iter().filter(|field| all.iter().any(|credential| credential.get(*field).is_some()));
    let mut columns: Vec<Field> = filled.take((columns() / ROOM).max(2)).collect();
    columns.sort_by_key(|column| FIELDS.iter().position(|(field, ..)| field == column));
    columns
}

/// A value as people read it.
pub(super) fn cell(credential: &Credential, field: Field) -> String {
    let text = credential.get(field).unwrap_or_default();
    match field.form() {
        Form::Instant => text.split_once('T').map_or(text, |(day, _)| day).to_owned(),
        _ => text.to_owned(),
    }
}

/// A credential as JSON tells it.
pub(super) fn document(credential: &Credential) -> Json {
    let mut map = Map::new();
    map.insert("number".to_owned(), json!(credential.number));
    map.insert("sha256".to_owned(), json!(credential.prints));
    for (field, ..) in FIELDS {
        map.insert(field.name().to_owned(), json!(credential.get(*field)));
    }
    Json::Object(map)
}

/// Writes one document.
fn json_lines(name: &str, values: &[Json]) -> anyhow::Result<()> {
    let document = json!({ "schema": 1, name: values });
    let text = serde_json::to_string_pretty(&document).map_err(|_| anyhow!("the list cannot be written as JSON"))?;
    print(&(escape_json(&text) + "\n"))
}

fn show(headings: &[&str], rows: &[Vec<String>]) -> anyhow::Result<()> {
    if rows.is_empty() {
        return print("nothing in the inventory is like that\n");
    }
    print(&table(headings, rows, columns()))
}

fn entities(args: &ListArgs, inventory: &Inventory) -> anyhow::Result<()> {
    let told = |error| anyhow!("{error}");
    let reading = inventory.read().map_err(told)?;
    let all = reading.entities().collect::<Result<Vec<_>, _>>().map_err(told)?;
    if args.format == ListFormat::Json {
        return json_lines("entities", &all.iter().map(|entity| json!(entity)).collect::<Vec<_>>());
    }
    let rows: Vec<_> = all
        .into_iter()
        .map(|entity| {
            let environments = entity.environments.into_iter().collect::<Vec<_>>().join(", ");
            vec![entity.nip, entity.name.unwrap_or_default(), environments]
        })
        .collect();
    show(&["nip", "name", "environments"], &rows)
}

fn systems(args: &ListArgs, inventory: &Inventory) -> anyhow::Result<()> {
    let told = |error| anyhow!("{error}");
    let reading = inventory.read().map_err(told)?;
    let all = reading.systems().collect::<Result<Vec<_>, _>>().map_err(told)?;
    if args.format == ListFormat::Json {
        return json_lines("systems", &all.iter().map(|system| json!(system)).collect::<Vec<_>>());
    }
    let rows: Vec<_> = all
        .into_iter()
        .map(|system| {
            let needs = system.needs.map(|needs| needs.into_iter().collect::<Vec<_>>().join(", "));
            vec![system.name, system.environment.unwrap_or_default(), needs.unwrap_or_default()]
        })
        .collect();
    show(&["name", "environment", "needs"], &rows)
}

fn history(args: &ListArgs, inventory: &Inventory) -> anyhow::Result<()> {
    let told = |error| anyhow!("{error}");
    let reading = inventory.read().map_err(told)?;
    let all = reading.history(None).collect::<Result<Vec<_>, _>>().map_err(told)?;
    if args.format == ListFormat::Json {
        return json_lines("history", &all.iter().map(|change| json!(change)).collect::<Vec<_>>());
    }
    let rows: Vec<_> = all
        .into_iter()
        .map(|change| {
            let said = match (change.before, change.after) {
                (None, Some(after)) => after,
                (Some(before), None) => format!("{before} → (nothing)"),
                (Some(before), Some(after)) => format!("{before} → {after}"),
                (None, None) => String::new(),
            };
            vec![change.at.to_string(), change.who, change.source, change.what, change.field.unwrap_or_default(), said]
        })
        .collect();
    show(&["when", "who", "from", "what", "field", "change"], &rows)
}

fn field(name: &str) -> anyhow::Result<Field> {
    name.parse().map_err(|()| {
        let known: Vec<&str> = FIELDS.iter().map(|(_, name, _)| *name).collect();
        anyhow!("«{}» is no field; the fields are {}", shown(name), known.join(", "))
    })
}

/// Which credentials are wanted.
struct Filter {
    field: Field,
    sign: char,
    text: String,
}

impl Filter {
    fn read(text: &str) -> anyhow::Result<Self> {
        let wrong = || anyhow!("--where takes FIELD=TEXT, FIELD<DAY or FIELD>DAY");
        let at = text.find(['=', '<', '>']).ok_or_else(wrong)?;
        let sign = text[at..].chars().next().ok_or_else(wrong)?;
        let (field, text) = (field(&text[..at])?, text[at + 1..].trim());
        let text = match (sign, field.form()) {
            ('=', _) => fold_name(text),
            (_, Form::Instant) => {
                read_value(field, text).map_err(|why| anyhow!("--where {field}: {why}"))?.ok_or_else(wrong)?
            }
            _ => bail!("--where {field}: < and > are for days"),
        };
        Ok(Self { field, sign, text })
    }

    fn takes(&self, credential: &Credential) -> bool {
        let own = credential.get(self.field);
        match self.sign {
            '=' if self.text.is_empty() => own.is_none(),
            '=' => own.is_some_and(|own| fold_name(own).contains(&self.text)),
            sign => own.is_some_and(|own| if sign == '<' { own < &*self.text } else { own > &*self.text }),
        }
    }
}
