//! Exports of Bitwarden in JSON.
//!
//! Holds: recognising and reading them; of one that is encrypted, what to do. Must not know: its tables.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{List, fault, span};
use super::{Item, MOST, push};

/// What is said of an export that only Bitwarden can read.
const ENCRYPTED: &str = "is an encrypted export, which only Bitwarden opens: export the vault again as .json, \
                         import that, and delete the file at once";

#[derive(Deserialize)]
struct Export<'t> {
    encrypted: bool,
    #[serde(borrow, default)]
    items: Option<&'t RawValue>,
    #[serde(borrow, default)]
    folders: Option<&'t RawValue>,
    #[serde(borrow, default)]
    collections: Option<&'t RawValue>,
}

#[derive(Deserialize)]
struct Folder {
    id: Option<String>,
    name: Option<String>,
}

/// What is asked of an item.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Told {
    name: Option<String>,
    folder_id: Option<String>,
    collection_ids: List<String, 100>,
}

/// Whether a text is such an export.
pub(super) fn recognises(text: &str) -> bool {
    serde_json::from_str::<Export<'_>>(text).is_ok_and(|export| export.encrypted || export.items.is_some())
}

/// The items of an export.
pub(super) fn items(text: &str) -> Result<Vec<Item>, String> {
    let export: Export<'_> = serde_json::from_str(text).map_err(|error| fault(&error))?;
    if export.encrypted {
        return Err(ENCRYPTED.to_owned());
    }
    let mut folders = HashMap::new();
    for list in [export.folders, export.collections].into_iter().flatten() {
        // Without their names the items are still worth reading.
        let list: List<Folder, MOST> = serde_json::from_str(list.get()).unwrap_or_default();
        folders.extend(list.0.into_iter().filter_map(|folder| Some((folder.id?, folder.name?))));
    }
    let list = export.items.ok_or("holds no items")?;
    let list: List<&RawValue, MOST> = serde_json::from_str(list.get())
        .map_err(|_| format!("holds no list of items, or more than {MOST}; import them in parts"))?;
    let mut items = Vec::new();
    for item in list.0 {
        let Some(span) = span(text, item) else { continue };
        let told: Told = serde_json::from_str(item.get()).unwrap_or_default();
        let folder = told.folder_id.iter().chain(&told.collection_ids.0).find_map(|id| folders.get(id));
        push(&mut items, span, told.name.as_deref(), folder.map(String::as_str))?;
    }
    Ok(items)
}
