//! The `export.data` in the 1pux files of 1Password.
//!
//! Holds: recognising and reading it. Must not know: the archive that it lies in, or tables of 1Password.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::document::{List, fault, span};
use super::{Item, MOST, push};

/// Accounts of an export, and vaults of an account.
const VAULTS: usize = 1000;

#[derive(Deserialize)]
struct Export<'t> {
    #[serde(borrow)]
    accounts: List<Account<'t>, VAULTS>,
}

#[derive(Deserialize)]
struct Account<'t> {
    #[serde(borrow)]
    vaults: List<Vault<'t>, VAULTS>,
}

#[derive(Deserialize)]
struct Vault<'t> {
    #[serde(default)]
    attrs: Option<Attributes>,
    #[serde(borrow, default)]
    items: List<&'t RawValue, MOST>,
}

#[derive(Deserialize)]
struct Attributes {
    #[serde(default)]
    name: Option<String>,
}

/// What is asked of an item, which may be wrapped once more.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    item: Option<Inner>,
    overview: Option<Overview>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Inner {
    overview: Option<Overview>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Overview {
    title: Option<String>,
}

/// Whether a text is such an export. One that is damaged is known by its name and how it begins.
pub(super) fn recognises(name: &str, text: &str) -> bool {
    match serde_json::from_str::<Export<'_>>(text) {
        Ok(export) => !export.accounts.0.is_empty(),
        Err(_) => name.rsplit(['/', '\\']).next() == Some("export.data") && text.contains("\"accounts\""),
    }
}

/// The items of an export.
pub(super) fn items(text: &str) -> Result<Vec<Item>, String> {
    let export: Export<'_> = serde_json::from_str(text).map_err(|error| fault(&error))?;
    let mut items = Vec::new();
    for vault in export.accounts.0.into_iter().flat_map(|account| account.vaults.0) {
        let folder = vault.attrs.and_then(|attributes| attributes.name);
        for item in vault.items.0 {
            let Some(span) = span(text, item) else { continue };
            let told: Told = serde_json::from_str(item.get()).unwrap_or_default();
            let overview = told.item.map_or(told.overview, |inner| inner.overview);
            let title = overview.and_then(|overview| overview.title);
            push(&mut items, span, title.as_deref(), folder.as_deref())?;
        }
    }
    Ok(items)
}
