//! `ksefleaks inventory add` and `remove`.
//!
//! Holds: what is typed, made what is kept. Must not know: how it is kept.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{anyhow, bail};
use ksefleaks::{
    Claim, Conflict, Entity, FIELDS, Field, Fingerprint, Merge, System, Voice, fold_name, holds_credential, read_value,
};

use super::{by, open, print};
use crate::args::{AddArgs, Common, RemoveArgs, Thing};
use crate::exit::Exit;
use crate::message;

/// What of a credential is no field: its fingerprint.
const SHA256: &str = "sha256";

/// And its number in the inventory.
const NUMBER: &str = "number";

/// Adds what was typed, or says that all of it was known.
pub(super) fn add(args: &AddArgs) -> anyhow::Result<Exit> {
    for (index, (name, _)) in args.fields.iter().enumerate() {
        let is_twice = args.fields[..index].iter().any(|(other, _)| other == name);
        if is_twice && name != SHA256 {
            bail!("{} is said twice", message::shown(name));
        }
    }
    match args.what {
        Thing::Credential => credential(args),
        Thing::Entity => entity(args),
        Thing::System => system(args),
    }
}

fn credential(args: &AddArgs) -> anyhow::Result<Exit> {
    refuse_credentials(args)?;
    let Typed { number, fields, prints } = typed(args)?;
    let inventory = open(&args.common)?;
    let mut draft = inventory.write(by(&args.common, "add"))?;
    let merge = Merge::new(&mut draft, args.common.now(), args.replace)?;
    let tally = match number {
        Some(number) => merge.amend(number, &fields, prints.as_ref()),
        None => merge.take(vec![claim(fields, prints)?]),
    };
    let tally = tally?;
    draft.commit()?;
    for conflict in &tally.conflicts {
        message::tell(&super::import::told(conflict));
    }
    if tally.conflicts.iter().any(|conflict| matches!(conflict, Conflict::Value { .. })) {
        message::tell("what contradicts the inventory was left as it is; --replace takes what was typed for right");
    }
    let said = match (tally.added, tally.changed) {
        (1.., _) => "added\n",
        (_, 1..) => "changed\n",
        _ => "nothing changed\n",
    };
    print(said)?;
    Ok(if tally.conflicts.is_empty() { Exit::Clean } else { Exit::Incomplete })
}

/// What was typed of a credential.
struct Typed {
    /// Which one it is, where it is there already.
    number: Option<u64>,
    /// Its fields; nothing where one is to be emptied.
    fields: BTreeMap<Field, Option<String>>,
    /// Its fingerprints; none where they are to be taken away.
    prints: Option<BTreeSet<Fingerprint>>,
}

fn typed(args: &AddArgs) -> anyhow::Result<Typed> {
    let mut typed = Typed { number: None, fields: BTreeMap::new(), prints: None };
    for (name, text) in &args.fields {
        if name == NUMBER {
            let number = text.parse().map_err(|_| anyhow!("{NUMBER} is one that «ksefleaks inventory list» shows"))?;
            typed.number = Some(number);
        } else if name == SHA256 {
            let prints = typed.prints.get_or_insert_default();
            if !text.is_empty() {
                prints.insert(text.parse().map_err(|()| anyhow!("{SHA256} takes 64 hexadecimal digits"))?);
            }
        } else {
            let known = || FIELDS.iter().map(|(_, name, _)| *name).chain([SHA256, NUMBER]);
            let field: Field = name.parse().map_err(|()| unknown(name, known()))?;
            let value = read_value(field, text).map_err(|why| anyhow!("{field} {why}"))?;
            typed.fields.insert(field, value);
        }
    }
    Ok(typed)
}

/// What was typed, as a claim.
fn claim(fields: BTreeMap<Field, Option<String>>, prints: Option<BTreeSet<Fingerprint>>) -> anyhow::Result<Claim> {
    let filled = |(field, text): (Field, Option<String>)| {
        let empty = || anyhow!("{field} is empty; to empty a field of a credential that is there, say {NUMBER}=… too");
        text.map(|text| (field, text)).ok_or_else(empty)
    };
    let fields = fields.into_iter().map(filled).collect::<anyhow::Result<BTreeMap<_, _>>>()?;
    let prints = prints.unwrap_or_default();
    let known = |all: &[Field]| all.iter().any(|field| fields.contains_key(field));
    if fields.contains_key(&Field::Reference) && fields.contains_key(&Field::Serial) {
        bail!(
            "a token has a reference, a certificate a serial number: they are two credentials; add one, then the other"
        );
    }
    let named = known(&[Field::Nip, Field::Entity]) && known(&[Field::Name, Field::Description, Field::System]);
    if prints.is_empty() && !known(&[Field::Reference, Field::Serial]) && !named {
        bail!("say by what it is known: {NUMBER}, reference, serial or {SHA256}; or nip and a name or a system");
    }
    Ok(Claim { prints, fields, ..Claim::new("typed", Voice::Person) })
}

/// A credential that was typed where a name belongs is not kept.
fn refuse_credentials(args: &AddArgs) -> anyhow::Result<()> {
    let rules = crate::config::load(None)?.rules;
    let typed: Vec<&str> =
        args.fields.iter().filter(|(name, _)| name != SHA256).map(|(_, text)| text.as_str()).collect();
    if holds_credential(&rules, &typed.join("\n"), args.common.now())? {
        bail!(
            "what was typed holds a credential; none is kept here. Whoever sees your screen or your history has it: revoke it"
        );
    }
    Ok(())
}

fn entity(args: &AddArgs) -> anyhow::Result<Exit> {
    refuse_credentials(args)?;
    let Some(nip) = value(args, Field::Nip)? else { bail!("a company is known by its nip: nip=…") };
    let inventory = open(&args.common)?;
    let mut draft = inventory.write(by(&args.common, "add"))?;
    let known = draft.entity(&nip)?;
    if let Some(name) = known.as_ref().and_then(|known| known.name.as_ref()).filter(|_| !args.replace)
        && value(args, Field::Name)?.is_some_and(|new| fold_name(&new) != fold_name(name))
    {
        bail!("that company has another name in the inventory; --replace gives it this one");
    }
    let mut entity = known.unwrap_or_else(|| Entity { nip, ..Entity::default() });
    for (name, _) in &args.fields {
        match name.as_str() {
            "nip" => {}
            "name" => entity.name = value(args, Field::Name)?,
            "environment" => entity.environments.extend(value(args, Field::Environment)?),
            _ => return Err(unknown(name, ["nip", "name", "environment"].into_iter())),
        }
    }
    draft.put_entity(&entity)?;
    draft.commit()?;
    print("done\n").map(|()| Exit::Clean)
}

fn system(args: &AddArgs) -> anyhow::Result<Exit> {
    refuse_credentials(args)?;
    let Some(name) = value(args, Field::Name)? else { bail!("a program is known by its name: name=…") };
    let inventory = open(&args.common)?;
    let mut draft = inventory.write(by(&args.common, "add"))?;
    let known = draft.system(&name)?;
    let mut system = known.unwrap_or_else(|| System { name, ..System::default() });
    for (name, text) in &args.fields {
        match name.as_str() {
            "name" => {}
            "environment" => system.environment = value(args, Field::Environment)?,
            "needs" => {
                let needs = read_value(Field::Scope, text).map_err(|why| anyhow!("needs {why}"))?;
                system.needs = needs.map(|needs| needs.split(',').map(str::to_owned).collect());
            }
            _ => return Err(unknown(name, ["name", "environment", "needs"].into_iter())),
        }
    }
    draft.put_system(&system)?;
    draft.commit()?;
    print("done\n").map(|()| Exit::Clean)
}

/// What was typed for a field.
fn value(args: &AddArgs, field: Field) -> anyhow::Result<Option<String>> {
    let text = args.fields.iter().find(|(name, _)| name == field.name()).map(|(_, text)| text);
    let value = text.map(|text| read_value(field, text).map_err(|why| anyhow!("{field} {why}"))).transpose()?;
    Ok(value.flatten())
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> anyhow::Error {
    let known: Vec<&str> = known.collect();
    anyhow!("«{}» is no field of it; there are {}", message::shown(name), known.join(", "))
}

/// Removes what was named: all of it, or nothing where something of it is not there.
pub(super) fn remove(args: &RemoveArgs) -> anyhow::Result<Exit> {
    let common: &Common = &args.common;
    let inventory = open(common)?;
    let mut draft = inventory.write(by(common, "remove"))?;
    let mut left = 0;
    for which in &args.which {
        let was_there = match args.what {
            Thing::Credential => {
                let number: u64 = which.parse().map_err(|_| {
                    anyhow!("a credential is removed by its number, as «ksefleaks inventory list» shows it")
                })?;
                draft.remove(number)
            }
            Thing::Entity => {
                let nip = read_value(Field::Nip, which).map_err(|why| anyhow!("nip {why}"))?;
                let nip = nip.unwrap_or_default();
                left += draft.of_nip(&nip, u64::MAX)?.unwrap_or_default().len();
                draft.remove_entity(&nip)
            }
            Thing::System => {
                let names: Vec<String> = draft.systems().filter_map(Result::ok).map(|system| system.name).collect();
                let name = names.into_iter().find(|name| fold_name(name) == fold_name(which));
                let name = name.as_deref().unwrap_or(which);
                for credential in draft.credentials() {
                    left += usize::from(credential?.is_used_by(name));
                }
                draft.remove_system(name)
            }
        };
        if !was_there? {
            bail!("«{}» is not in the inventory; nothing was removed", message::shown(which));
        }
    }
    draft.commit()?;
    if left > 0 {
        let credentials = message::count(left, "credential of it stays", "credentials of it stay");
        message::tell(&format!("{credentials} in the inventory, and counts; remove what nobody needs"));
    }
    print(&format!("removed {}\n", args.which.len())).map(|()| Exit::Clean)
}
