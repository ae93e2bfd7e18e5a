//! What an inventory of 100,000 credentials adds to a search: the same directory searched with it and without it, in turn, warm page cache.
//!
//! The directory is `KSEFLEAKS_BENCH_TREE`, or one that is made: 20,000 files of text, each thousandth of them with a token that is listed.

#![expect(clippy::print_stdout, clippy::panic, reason = "a bench prints, and cannot go on without what it measures")]

mod pairs;

use std::fs;
use std::path::{Path, PathBuf};

use ksefleaks::{By, Credential, Field, Fingerprint, Instant, Inventory, InventoryKey, Sampler, Value, Voice};
use pairs::{Named, compare, words};

const ROUNDS: usize = 15;
const CREDENTIALS: u64 = 100_000;
const FILES: u64 = 20_000;

fn main() {
    let room = std::env::temp_dir().join(format!("ksefleaks-bench-{}", std::process::id()));
    let (inventory, key) = (room.join("inventory"), room.join("key"));
    fill(&inventory, &key).unwrap_or_else(|error| panic!("{error}"));
    let tree = std::env::var_os("KSEFLEAKS_BENCH_TREE").map_or_else(|| made(&room), PathBuf::from);
    let ours = env!("CARGO_BIN_EXE_ksefleaks");
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let without = words(&[ours, "scan", "-q", "--format", "jsonl", &text(&tree)]);
    let with = words(&["--inventory", &text(&inventory), "--inventory-key", &text(&key)]);
    let with = [without.clone(), with].concat();
    println!("{CREDENTIALS} credentials, directory {}", tree.display());
    let goals = "to reach: 1.02";
    compare(ROUNDS, &Named { name: "with", words: &with }, &Named { name: "without", words: &without }, goals);
    drop(fs::remove_dir_all(&room));
}

/// An inventory of an office that is larger than any.
fn fill(inventory: &Path, key: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let key = InventoryKey::load_or_make(key)?;
    let inventory = Inventory::create(inventory, &key)?;
    let since = Instant::now();
    let mut draft = inventory.write(By { who: "bench".to_owned(), source: "bench".to_owned(), at: since })?;
    for number in 0..CREDENTIALS {
        let token = Sampler::new(number).token();
        let mut credential = Credential::default();
        credential.prints.insert(Fingerprint::of_public(token.as_bytes()));
        for (field, text) in [
            (Field::Reference, token[..36].to_owned()),
            (Field::Nip, token[41..51].to_owned()),
            (Field::Status, "Active".to_owned()),
            (Field::Environment, "production".to_owned()),
            (Field::Name, format!("ABC-PL-Comarch-PROD-{number}")),
            (Field::Owner, "Anna Nowak".to_owned()),
        ] {
            credential.fields.insert(field, Value { text, voice: Voice::Ksef, since });
        }
        draft.put(credential)?;
    }
    draft.commit()?;
    Ok(())
}

/// A directory as offices have them.
fn made(room: &Path) -> PathBuf {
    let tree = room.join("tree");
    for number in 0..FILES {
        let folder = tree.join((number / 100).to_string());
        drop(fs::create_dir_all(&folder));
        let line = "Notatka ze spotkania z klientem; faktury za listopad zostaną wystawione w terminie.\n";
        let mut text = line.repeat(100);
        if number % 1000 == 0 {
            text.extend(["KSEF_TOKEN=", &Sampler::new(number).token(), "\n"]);
        }
        let path = folder.join(format!("{number}.txt"));
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    tree
}
