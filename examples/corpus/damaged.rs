//! Containers that are cut off, bent and grown together: one of each format in each way.
//!
//! Holds: the ways. Must not know: any format; the tests make sound ones.

use super::document::{Document, sampler};
use super::made::SAMPLES;

/// Bytes of the longest; what is longer is cut off.
const LONGEST: usize = 4_000;

/// A cut, a bent and a grafted one of each.
pub(crate) fn documents() -> Vec<Document> {
    let token = sampler("damaged").token();
    // Compound files tell when they were made, and so differ each time.
    let samples: Vec<_> = SAMPLES.iter().filter(|sample| sample.name != "package.doc").collect();
    let sound: Vec<Vec<u8>> = samples.iter().map(|sample| (sample.make)(&token)).collect();
    let mut documents = Vec::new();
    for (index, sample) in samples.iter().enumerate() {
        let (one, other) = (&sound[index], &sound[(index + 11) % sound.len()]);
        let mut sampler = sampler(sample.name);
        let mut below = |most: usize| usize::try_from(sampler.below(most.max(1) as u64)).unwrap_or_default();
        let cut = one[..one.len() / 3 + below(one.len() / 2)].to_vec();
        let mut bent = one.clone();
        for _ in 0..6 {
            let at = below(bent.len().min(LONGEST));
            bent[at] ^= 1 << below(8);
        }
        let grafted = [&one[..one.len().min(LONGEST) / 2], &other[other.len() / 3..]].concat();
        for (way, mut bytes) in [("cut", cut), ("bent", bent), ("grafted", grafted)] {
            bytes.truncate(LONGEST);
            documents.push(Document::of(&format!("hostile/{way}/{}", sample.name), bytes));
        }
    }
    documents
}
