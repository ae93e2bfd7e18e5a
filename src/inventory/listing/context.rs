//! Whether a listing has all its pages.
//!
//! Holds: whose each page is, and whether it says that another follows. KSeF lists what one context has at a time, so
//! the last page of one client says nothing of another's, in whatever order they lie. Must not know: what entries mean.

use std::collections::{BTreeSet, HashMap};

/// The contexts of pages.
#[derive(Default)]
pub(super) struct Contexts {
    numbers: HashMap<String, usize>,
    /// For each number one that stands for it: contexts that share a page are one.
    heads: Vec<usize>,
    /// A context of each page that says whose it is, and whether another follows.
    pages: Vec<(usize, bool)>,
    /// Of the pages that do not, for they are empty: whether one says that another follows, and one that none does.
    blank: [bool; 2],
    /// That of the page at hand.
    here: Option<usize>,
}

impl Contexts {
    /// Begins a page.
    pub(super) fn begin(&mut self) {
        self.here = None;
    }

    /// Takes the context of an entry of it.
    pub(super) fn meet(&mut self, context: String) {
        let next = self.heads.len();
        let number = *self.numbers.entry(context).or_insert(next);
        if number == next {
            self.heads.push(next);
        }
        let number = self.head(number);
        let here = self.here.map_or(number, |here| self.head(here));
        if let Some(head) = self.heads.get_mut(number) {
            *head = here;
        }
        self.here = Some(here);
    }

    /// Ends the page, which says whether another follows.
    pub(super) fn end(&mut self, more: bool) {
        match self.here.take() {
            Some(context) => self.pages.push((context, more)),
            None if more => self.blank[0] = true,
            None => self.blank[1] = true,
        }
    }

    /// Whether no page is known to be missing.
    pub(super) fn are_whole(&mut self) -> bool {
        let (mut open, mut closed) = (BTreeSet::new(), BTreeSet::new());
        for (context, more) in std::mem::take(&mut self.pages) {
            let head = self.head(context);
            if more {
                open.insert(head)
            } else {
                closed.insert(head)
            };
        }
        let [more, last] = self.blank;
        if open.union(&closed).count() < 2 {
            // There is only one whose an empty page can be.
            return last || !closed.is_empty() || open.is_empty() && !more;
        }
        !more && open.is_subset(&closed)
    }

    /// The one that stands for a context. The way to it is halved as it is gone.
    fn head(&mut self, mut number: usize) -> usize {
        while let Some(above) = self.heads.get(number).copied().filter(|above| *above != number) {
            let next = self.heads.get(above).copied().unwrap_or(above);
            if let Some(head) = self.heads.get_mut(number) {
                *head = next;
            }
            number = next;
        }
        number
    }
}
