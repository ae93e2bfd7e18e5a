//! `ksefleaks inventory list`.
//!
//! Holds: what is shown of what an inventory holds, of which, in which order. Must not know: how it is kept.

mod listing;

use anyhow::{anyhow, bail};
use ksefleaks::{Credential, FIELDS, Field, Instant, InventoryError, Records, Value, escape_json};
use serde_json::{Map, Value as Json, json};

use self::listing::{Column, Compared, Listing, Row};
use super::table::table;
use super::{open, print};
use crate::args::{ListArgs, ListFormat, Listed};
use crate::exit::Exit;
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
    let (name, mut listing) = {
        // Not longer than needed: whoever pages through a list must not keep others from changing the inventory.
        let reading = open(&args.common)?.read()?;
        match args.what {
            Listed::Credentials => ("credentials", credentials(&reading)?),
            Listed::Entities => ("entities", entities(&reading)?),
            Listed::Systems => ("systems", systems(&reading)?),
            Listed::History => ("history", history(&reading)?),
        }
    };
    listing.narrow(&args.filter)?;
    if let Some(by) = &args.sort {
        listing.sort(by)?;
    }
    let mut places = args.columns.iter().map(|name| listing.column(name)).collect::<anyhow::Result<Vec<_>>>()?;
    if args.format == ListFormat::Json {
        if !places.is_empty() {
            bail!("--columns are those of a table; JSON tells all");
        }
        print(&document(name, listing)?)?;
        return Ok(Exit::Clean);
    }
    if listing.rows.is_empty() {
        print("nothing in the inventory is like that\n")?;
        return Ok(Exit::Clean);
    }
    if args.what == Listed::Credentials {
        // Whatever is shown of a credential, its number is.
        places.retain(|place| *place != 0);
        places = [vec![0], if places.is_empty() { fitting(&listing) } else { places }].concat();
    } else if places.is_empty() {
        places = (0..listing.columns.len()).collect();
    }
    let headings: Vec<&str> = places.iter().map(|place| listing.columns[*place].name).collect();
    let cells = |row: &Row| places.iter().map(|at| listing.columns[*at].show(row.cells[*at].as_deref())).collect();
    print(&table(&headings, &listing.rows.iter().map(cells).collect::<Vec<_>>(), columns()))?;
    Ok(Exit::Clean)
}

/// The credentials of an inventory, each with the name of its company.
pub(super) fn all(reading: &Records) -> anyhow::Result<Vec<Credential>> {
    let mut all = Vec::new();
    for credential in reading.credentials() {
        let mut credential = credential?;
        let entity = credential.get(Field::Nip).map(|nip| reading.entity(nip)).transpose()?.flatten();
        if let Some(name) = entity.and_then(|entity| entity.name) {
            // What a company is called does not say that its credential is written down.
            let (voice, since) = (ksefleaks::Voice::Search, Instant::now());
            credential.fields.entry(Field::Entity).or_insert(Value { text: name, voice, since });
        }
        all.push(credential);
    }
    Ok(all)
}

/// All credentials, the columns of which are all fields behind their number.
fn credentials(reading: &Records) -> anyhow::Result<Listing> {
    let mut all = all(reading)?;
    // What nobody has named is called as KSeF has it.
    for credential in &mut all {
        if let Some(description) = credential.fields.get(&Field::Description).cloned() {
            credential.fields.entry(Field::Name).or_insert(description);
        }
    }
    let number = Column { name: "no", compared: Compared::Number };
    let columns = [number].into_iter().chain(FIELDS.iter().map(|(field, ..)| Column::from(*field))).collect();
    let row = |credential: &Credential| {
        let fields = FIELDS.iter().map(|(field, ..)| credential.get(*field).map(str::to_owned));
        let cells = [Some(credential.number.to_string())].into_iter().chain(fields).collect();
        Row { cells, document: whole(credential) }
    };
    Ok(Listing { columns, rows: all.iter().map(row).collect() })
}

/// The columns of credentials that there is room for and something in.
fn fitting(listing: &Listing) -> Vec<usize> {
    let filled = |place: &usize| listing.rows.iter().any(|row| row.cells[*place].is_some());
    let worth = WORTH.into_iter().filter_map(|field| listing.column(field.name()).ok());
    let mut places: Vec<usize> = worth.filter(filled).take((columns() / ROOM).max(2)).collect();
    places.sort_unstable();
    places
}

fn entities(reading: &Records) -> Result<Listing, InventoryError> {
    let columns = words(["nip", "name", "environments"]);
    let rows = reading.entities().map(|entity| {
        let entity = entity?;
        let document = json!(entity);
        let environments = entity.environments.into_iter().collect::<Vec<_>>().join(", ");
        let environments = Some(environments).filter(|all| !all.is_empty());
        Ok(Row { cells: vec![Some(entity.nip), entity.name, environments], document })
    });
    Ok(Listing { columns, rows: rows.collect::<Result<_, _>>()? })
}

fn systems(reading: &Records) -> Result<Listing, InventoryError> {
    let columns = words(["name", "environment", "needs"]);
    let rows = reading.systems().map(|system| {
        let system = system?;
        let document = json!(system);
        let needs = system.needs.map(|needs| needs.into_iter().collect::<Vec<_>>().join(", "));
        Ok(Row { cells: vec![Some(system.name), system.environment, needs], document })
    });
    Ok(Listing { columns, rows: rows.collect::<Result<_, _>>()? })
}

fn history(reading: &Records) -> Result<Listing, InventoryError> {
    let mut columns = words(["when", "who", "from", "what", "field", "change"]);
    columns[0].compared = Compared::Instant;
    columns[3].compared = Compared::Beginning;
    let rows = reading.history(None).map(|change| {
        let change = change?;
        let document = json!(change);
        let said = match (change.before, change.after) {
            (before, None) => before.map(|before| format!("{before} → (nothing)")),
            (None, after) => after,
            (Some(before), Some(after)) if before == after => Some(format!("{after} (confirmed)")),
            (Some(before), Some(after)) => Some(format!("{before} → {after}")),
        };
        let told = [change.at.to_string(), change.who, change.source, change.what].map(Some);
        Ok(Row { cells: told.into_iter().chain([change.field, said]).collect(), document })
    });
    Ok(Listing { columns, rows: rows.collect::<Result<_, _>>()? })
}

fn words<const N: usize>(names: [&'static str; N]) -> Vec<Column> {
    names.map(|name| Column { name, compared: Compared::Words }).into()
}

/// A credential as JSON tells it.
pub(super) fn whole(credential: &Credential) -> Json {
    let mut map = Map::new();
    map.insert("number".to_owned(), json!(credential.number));
    map.insert("sha256".to_owned(), json!(credential.prints));
    for (field, ..) in FIELDS {
        map.insert(field.name().to_owned(), json!(credential.get(*field)));
    }
    Json::Object(map)
}

/// All that is listed, as one document.
fn document(name: &str, listing: Listing) -> anyhow::Result<String> {
    let all: Vec<Json> = listing.rows.into_iter().map(|row| row.document).collect();
    let document = json!({ "schema": 1, name: all });
    let text = serde_json::to_string_pretty(&document).map_err(|_| anyhow!("the list cannot be written as JSON"))?;
    Ok(escape_json(&text) + "\n")
}
