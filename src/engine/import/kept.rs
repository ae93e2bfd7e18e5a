//! What a run has read, held for somebody who reads it too.
//!
//! Holds: the texts and sheets of one file that is imported, wiped when they are let go of. Must not know: what is made
//! of them.

use std::io::{self, Read};
use std::sync::PoisonError;

use zeroize::Zeroizing;

use crate::base::{Budget, Places, Reason, Trouble};
use crate::engine::search::Here;
use crate::engine::worker::Worker;

/// Bytes of all that is held. The table of an office has some hundred kilobytes.
const LARGEST: usize = 256 << 20;

/// Bytes that are read at once.
const STEP: usize = 64 << 10;

/// One text.
pub(super) struct Leaf {
    /// The members of containers in which it stands.
    pub(super) inner: Vec<String>,
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) places: Places,
    /// Whether it only repeats what stands in others, or explains it: what is said of cells, and their formulas.
    pub(super) aside: bool,
}

/// All that was read of a file.
#[derive(Default)]
pub(in crate::engine) struct Kept {
    pub(super) leaves: Vec<Leaf>,
    size: usize,
    /// Whether there was more than is held.
    pub(super) full: bool,
}

impl Worker<'_> {
    /// Holds what is searched, where it is wanted.
    pub(in crate::engine) fn keep(&self, bytes: &[u8], here: &Here<'_>) {
        let Some(kept) = &self.session.kept else { return };
        // What was encoded in a text stands there already.
        if here.within.is_some() {
            return;
        }
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.size = kept.size.saturating_add(bytes.len());
        if kept.size > LARGEST {
            kept.full = true;
            return;
        }
        let (inner, places) = (here.origin.inner.to_vec(), here.places.clone());
        let aside = here.after.is_some();
        kept.leaves.push(Leaf { inner, bytes: Zeroizing::new(bytes.to_vec()), places, aside });
    }

    /// Looks at a stream as a whole, so that it is held as one.
    pub(in crate::engine) fn look_through_kept(
        &self,
        source: &mut dyn Read,
        made: bool,
        here: &Here<'_>,
        budget: &Budget,
    ) {
        let limit = self.session.plan.limits.max_blob;
        let mut bytes = Zeroizing::new(Vec::new());
        let mut buffer = Zeroizing::new(vec![0; STEP]);
        loop {
            match source.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) if (bytes.len() + count) as u64 > limit => {
                    let text = format!("is larger than --max-blob {limit}; what follows was not read");
                    let trouble = Trouble::limit(Reason::TooLarge, "--max-blob", text);
                    self.notice(trouble.notice(here.origin.clone(), here.what, ""));
                    break;
                }
                Ok(count) => bytes.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.notice(Trouble::of(&error).notice(here.origin.clone(), here.what, ""));
                    break;
                }
            }
        }
        if made {
            self.keep(&bytes, here);
            self.search(&bytes, here, budget);
        } else {
            self.look_at(&bytes, here, budget);
        }
    }
}
