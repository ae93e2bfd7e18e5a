//! What there is to go through in a store, each object once.
//!
//! Holds: the order of every pack, which of its objects an earlier pack has too, and the objects in files
//! of their own. Must not know: how objects are read.

use crate::base::share_out;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::PathBuf;
use std::sync::OnceLock;

use gix::ObjectId;

use super::Store;
use super::pack::Order;

/// All that is to be gone through.
pub(in crate::source::git) struct Survey<'s> {
    pub(super) store: &'s Store,
    /// What takes a while to find out, and is only needed to go through everything.
    orders: OnceLock<Vec<Order>>,
    /// For each pack the places in its index of what an earlier one has too, ascending.
    copies: Vec<Vec<u32>>,
    /// The objects that no pack has, and the files they are in.
    pub(super) loose: Vec<(ObjectId, PathBuf)>,
    /// What could not be listed: the folder, and why.
    pub(in crate::source::git) unread: Vec<(PathBuf, String)>,
}

impl<'s> Survey<'s> {
    /// Goes over the names of all objects.
    pub(in crate::source::git) fn new(store: &'s Store) -> Self {
        let mut unread = Vec::new();
        let loose = store.loose(&mut unread);
        Self { copies: copies(store), loose, orders: OnceLock::new(), store, unread }
    }

    /// The order of each pack, found by going over the heads of all its entries.
    pub(super) fn orders(&self) -> &[Order] {
        self.orders.get_or_init(|| {
            // There may be thousands of packs, and not as many threads to be had.
            let found: Vec<OnceLock<Order>> = self.store.packs.iter().map(|_| OnceLock::new()).collect();
            let jobs = std::thread::available_parallelism().map_or(1, usize::from);
            share_out(jobs, found.len(), &|packs| {
                for pack in packs {
                    found[pack].get_or_init(|| self.store.packs[pack].order());
                }
            });
            found.into_iter().map(|order| order.into_inner().unwrap_or_default()).collect()
        })
    }

    /// The store.
    pub(in crate::source::git) fn store(&self) -> &'s Store {
        self.store
    }

    /// Hands over the names of each index, and of the files, sorted.
    pub(in crate::source::git) fn each_index(&self, take: &mut dyn FnMut(&mut dyn Iterator<Item = ObjectId>)) {
        for pack in &self.store.packs {
            let index = pack.index();
            take(&mut (0..index.num_objects()).map(|place| index.oid_at_index(place)));
        }
        take(&mut self.loose.iter().map(|(name, _)| *name));
    }

    /// The digest by which objects are named.
    pub(in crate::source::git) fn hash(&self) -> gix::hash::Kind {
        self.store.hash
    }

    /// How many objects there are.
    pub(in crate::source::git) fn len(&self) -> u64 {
        let packed: u64 = (self.store.packs.iter().zip(&self.copies))
            .map(|(pack, copies)| u64::from(pack.index().num_objects()) - copies.len() as u64)
            .sum();
        packed + self.loose.len() as u64
    }

    /// The numbers of all objects are below this one.
    pub(in crate::source::git) fn numbers(&self) -> u32 {
        let packed: u32 = self.store.packs.iter().map(|pack| pack.index().num_objects()).sum();
        packed + self.loose.len() as u32
    }

    /// The number of an object: its place in the first index that has it, or among the files.
    pub(in crate::source::git) fn number(&self, id: &gix::oid) -> Option<u32> {
        let mut before = 0;
        for pack in &self.store.packs {
            if let Some(place) = pack.index().lookup(id) {
                return Some(before + place);
            }
            before += pack.index().num_objects();
        }
        let place = self.loose.binary_search_by(|(name, _)| name.as_ref().cmp(id)).ok()?;
        Some(before + place as u32)
    }

    /// The object of that number.
    pub(in crate::source::git) fn name(&self, number: u32) -> Option<ObjectId> {
        let mut rest = number;
        for pack in &self.store.packs {
            let count = pack.index().num_objects();
            if rest < count {
                return Some(pack.index().oid_at_index(rest));
            }
            rest -= count;
        }
        self.loose.get(rest as usize).map(|(name, _)| *name)
    }

    /// Whether an earlier pack has the entry too.
    pub(super) fn is_copy(&self, pack: usize, node: u32) -> bool {
        let copies = &self.copies[pack];
        !copies.is_empty() && copies.binary_search(&self.orders()[pack].place(node)).is_ok()
    }
}

/// Goes through all indexes side by side, which are sorted.
fn copies(store: &Store) -> Vec<Vec<u32>> {
    let mut copies = vec![Vec::new(); store.packs.len()];
    if store.packs.len() < 2 {
        return copies;
    }
    let name = |pack: usize, place: u32| {
        let index = store.packs[pack].index();
        (place < index.num_objects()).then(|| Reverse((index.oid_at_index(place), pack, place)))
    };
    let mut heads: BinaryHeap<_> = (0..store.packs.len()).filter_map(|pack| name(pack, 0)).collect();
    let mut last = None;
    while let Some(Reverse((id, pack, place))) = heads.pop() {
        if last == Some(id) {
            copies[pack].push(place);
        }
        last = Some(id);
        heads.extend(name(pack, place + 1));
    }
    copies
}
