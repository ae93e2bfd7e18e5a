//! Hundreds of damaged copies of each format, and the neighbours that they must not cost anything.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ksefleaks::{Fingerprint, Limits, Reason, Sampler};

use crate::made::{SAMPLES, env};
use crate::mutate::mutate;
use crate::repository::token;
use crate::run::scan;

/// Damaged copies of each format, and how many of them stand in a folder.
const COPIES: usize = 500;
const FORMATS: usize = 6;

/// What a file and what it expands to may take here.
const BLOB: u64 = 2 << 20;
const EXPANDED: u64 = 4 << 20;

/// What damage may be told as. That a parser failed in itself is never among it.
const REASONS: [Reason; 7] = [
    Reason::Malformed,
    Reason::Unsupported,
    Reason::Encrypted,
    Reason::TooLarge,
    Reason::TooDeep,
    Reason::Ratio,
    Reason::TooMany,
];

#[test]
fn five_hundred_damaged_copies_of_each_format_bring_nothing_down() {
    let sound: Vec<Vec<u8>> = (800..).zip(&SAMPLES).map(|(number, sample)| (sample.make)(&token(number))).collect();
    let mut sampler = Sampler::new(801);
    for (first, samples) in (0..).step_by(FORMATS).zip(SAMPLES.chunks(FORMATS)) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut size = 0;
        for (index, sample) in (first..).zip(samples) {
            for copy in 0..COPIES {
                let other = &sound[(index * 7 + copy) % sound.len()];
                let damaged = mutate(&mut sampler, &sound[index], other);
                size += damaged.len() as u64;
                write(folder.path(), &format!("{index}/{copy}-{}", sample.name), &damaged);
            }
        }
        // It comes last, and its bytes are whole.
        let neighbour = token(790);
        write(folder.path(), "z/neighbour.env", env(&neighbour).as_bytes());
        let neighbour_size = env(&neighbour).len() as u64;
        let limits = Limits { max_blob: BLOB, max_expanded: EXPANDED, max_members: 10_000, ..Limits::default() };
        let outcome = scan(&[folder.path()], 2, limits);
        let names: Vec<&str> = samples.iter().map(|sample| sample.name).collect();
        assert_eq!(outcome.summary.files, (samples.len() * COPIES) as u64 + 1, "{names:?}");
        assert!(!outcome.summary.interrupted);
        let strange = outcome.notices.iter().find(|notice| !REASONS.contains(&notice.reason));
        assert_eq!(strange.map(|notice| (notice.reason, &notice.origin, &notice.text)), None, "{names:?}");
        let print = Fingerprint::of_public(neighbour.as_bytes());
        let found = outcome.findings.iter().find(|finding| finding.secret.sha256.as_ref() == Some(&print));
        assert_eq!(found.map(|finding| finding.count), Some(1), "{names:?}");
        // Work is bounded by what there is: nothing is opened over and over.
        assert_eq!(outcome.summary.bytes, size + neighbour_size, "each is read once: {names:?}");
        let most = (samples.len() * COPIES * 20) as u64;
        assert!(outcome.summary.members < most, "{names:?}: {} members", outcome.summary.members);
        // Damage is mostly small: many copies still show what was in them.
        let known: BTreeSet<_> = (800..).take(SAMPLES.len()).map(print_of).collect();
        let seen =
            outcome.findings.iter().filter(|finding| finding.secret.sha256.is_some_and(|print| known.contains(&print)));
        let places: u64 = seen.map(|finding| finding.count).sum();
        assert!(places > 200, "{names:?}: {places}");
    }
}

fn print_of(number: u64) -> Fingerprint {
    Fingerprint::of_public(token(number).as_bytes())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("it stands in a folder")).expect("it can be made");
    fs::write(path, bytes).expect("it can be written");
}
