//! Ceilings, and what one top-level blob may still spend of them.
//!
//! Holds: `Limits` (immutable, one a run), `Budget` (one a top-level blob, shared by all that is
//! found inside of it, so that nesting cannot multiply) and the only bounded reader.

use std::cell::Cell;
use std::io::{self, Read};

use super::{Reason, Trouble};

/// The ceilings of a run. Each is an option with the default given here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "they are the names of the options")]
pub struct Limits {
    /// `--max-blob`: bytes of what must be held whole, such as a compressed text inside a file.
    pub max_blob: u64,
    /// `--max-expanded`: bytes that one top-level blob may expand to, at the least; it may always
    /// expand to `max_ratio` times its own size.
    pub max_expanded: u64,
    /// `--max-ratio`: how many times its own size a compressed thing may have.
    pub max_ratio: u64,
    /// `--max-depth`: how deep containers are opened; 0 = nowhere.
    pub max_depth: u32,
    /// `--max-members`: members of containers in one top-level blob, at all depths.
    pub max_members: u64,
    /// `--max-hits`: credentials met in one top-level blob.
    pub max_hits: u64,
    /// `--max-findings`: different credentials in one run.
    pub max_findings: usize,
    /// `--max-rounds`: rounds of a digest that the passwords tried on one locked key may cost; all keys of a run
    /// together may cost twenty times as many.
    pub max_rounds: u64,
    /// `--max-kdf-memory`: bytes that one try of a password may need.
    pub max_kdf_memory: u64,
    /// `--max-locations`: places listed for one finding; all of them are counted.
    pub max_locations: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_blob: 32 << 20,
            max_expanded: 1 << 30,
            max_ratio: 1100,
            max_depth: 8,
            max_members: 2_000_000,
            max_hits: 1_000_000,
            max_findings: 100_000,
            max_rounds: 20_000_000,
            max_kdf_memory: 32 << 20,
            max_locations: 100,
        }
    }
}

/// What one top-level blob may still spend. Readers within readers spend of it at once, so it is changed through
/// shared references; it belongs to one thread.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    fed: Cell<u64>,
    expanded: Cell<u64>,
    allowance: Cell<u64>,
    hits: Cell<u64>,
    members: Cell<u64>,
    held: Cell<u64>,
}

impl Budget {
    /// The budget of a top-level blob. Its allowance grows with what is read of it: see `feed`.
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            fed: Cell::new(0),
            expanded: Cell::new(0),
            allowance: Cell::new(limits.max_expanded),
            hits: Cell::new(limits.max_hits),
            members: Cell::new(limits.max_members),
            held: Cell::new(0),
        }
    }

    /// What a thread may spend that does one of some parts of the work: all that is left, since it is not known which
    /// part needs it, and what is done must not depend on which part comes first. What was spent is paid with `pay`.
    #[must_use]
    pub fn purse(&self) -> Purse {
        Purse {
            allowance: self.allowance.get(),
            expanded: self.expanded.get(),
            hits: self.hits.get(),
            members: self.members.get(),
            held: self.held.get(),
        }
    }

    /// The budget of a part.
    pub fn of(limits: &Limits, purse: &Purse) -> Self {
        let part = Self::new(limits);
        part.allowance.set(purse.allowance);
        part.expanded.set(purse.expanded);
        part.hits.set(purse.hits);
        part.members.set(purse.members);
        part.held.set(purse.held);
        part
    }

    /// Pays for what a part spent of the purse that it was given.
    pub fn pay(&self, purse: &Purse, spent: &Self) {
        let more = spent.expanded.get().saturating_sub(purse.expanded);
        self.expanded.set(self.expanded.get().saturating_add(more));
        for (own, before, after) in
            [(&self.hits, purse.hits, spent.hits.get()), (&self.members, purse.members, spent.members.get())]
        {
            own.set(own.get().saturating_sub(before.saturating_sub(after)));
        }
    }

    /// The ceilings behind this budget.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Tells how large the top-level blob is, or how much of it was read: large inputs may expand
    /// to more than small ones.
    pub fn feed(&self, total: u64) {
        let grown = total.saturating_mul(16);
        self.allowance.set(self.allowance.get().max(grown));
    }

    /// Takes one hit from the purse; false when none is left.
    pub fn take_hit(&self) -> bool {
        take(&self.hits)
    }

    /// Takes one member from the purse; false when none is left.
    pub fn take_member(&self) -> bool {
        take(&self.members)
    }

    /// Spends bytes that came out of something, or work that is worth as much.
    pub fn spend(&self, bytes: u64) -> Result<(), Trouble> {
        self.expanded.set(self.expanded.get().saturating_add(bytes));
        let limit = self.allowance.get();
        if self.expanded.get() > limit {
            let text = format!("is among what exceeds --max-expanded {limit} for one file");
            return Err(Trouble::limit(Reason::TooLarge, "--max-expanded", text));
        }
        Ok(())
    }

    /// What may be spent yet.
    pub fn left(&self) -> u64 {
        self.allowance.get().saturating_sub(self.expanded.get())
    }

    /// Asks to hold bytes in memory until `release`; what is held inside of each other may be twice `--max-blob`.
    pub fn hold(&self, bytes: u64) -> bool {
        let held = self.held.get().saturating_add(bytes);
        let fits = held <= self.limits.max_blob.saturating_mul(2);
        if fits {
            self.held.set(held);
        }
        fits
    }

    /// Lets go of bytes that were held.
    pub fn release(&self, bytes: u64) {
        self.held.set(self.held.get().saturating_sub(bytes));
    }

    /// Reads once into `buffer`, from a top-level source: what is read costs nothing, and lets its
    /// content expand to more.
    pub fn read(&self, source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
        let count = read_once(source, buffer)?;
        self.fed.set(self.fed.get().saturating_add(count as u64));
        self.feed(self.fed.get());
        Ok(count)
    }

    /// A reader of what a decoder yields, which ends with the trouble that a ceiling makes. `packed` tells how many
    /// bytes it was made of until now.
    pub fn metered<'a>(&'a self, source: &'a mut dyn Read, packed: Packed<'a>) -> Metered<'a> {
        Metered { source, budget: self, packed, count: 0 }
    }
}

/// What one part of some work may spend.
#[derive(Clone, Copy, Debug)]
pub struct Purse {
    allowance: u64,
    expanded: u64,
    hits: u64,
    members: u64,
    held: u64,
}

fn take(purse: &Cell<u64>) -> bool {
    let left = purse.get();
    purse.set(left.saturating_sub(1));
    left > 0
}

/// Of how many bytes something was made.
#[derive(Clone, Copy, Debug)]
pub enum Packed<'a> {
    /// Of so many.
    Known(u64),
    /// Of as many as were taken from this source until now, less those before.
    Taken(&'a Cell<u64>, u64),
}

/// Reads what comes out of a container, and pays for it.
pub struct Metered<'a> {
    source: &'a mut dyn Read,
    budget: &'a Budget,
    packed: Packed<'a>,
    count: u64,
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = read_once(self.source, buffer)?;
        self.count = self.count.saturating_add(count as u64);
        self.budget.spend(count as u64)?;
        let packed = match self.packed {
            Packed::Known(packed) => packed,
            Packed::Taken(taken, before) => taken.get().saturating_sub(before),
        };
        let limit = self.budget.limits.max_ratio;
        if self.count > 1 << 20 && self.count / packed.max(1) > limit {
            let text = format!("expands more than --max-ratio {limit} times");
            return Err(Trouble::limit(Reason::Ratio, "--max-ratio", text).into());
        }
        Ok(count)
    }
}

/// One read that no signal breaks off.
fn read_once(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tight() -> Limits {
        Limits { max_blob: 3 << 20, max_expanded: 4 << 20, max_ratio: 10, ..Limits::default() }
    }

    /// Reads so many bytes through the meter; tells how many came and why no more did.
    fn expand(budget: &Budget, size: u64, packed: u64) -> (Option<Reason>, u64) {
        let mut source = io::repeat(b'x').take(size);
        let mut metered = budget.metered(&mut source, Packed::Known(packed));
        let (mut count, mut chunk) = (0, vec![0; 64 << 10]);
        loop {
            match metered.read(&mut chunk) {
                Ok(0) => return (None, count),
                Ok(more) => count += more as u64,
                Err(error) => return (Some(Trouble::of(&error).reason), count),
            }
        }
    }

    #[test]
    fn children_spend_one_purse() {
        let budget = Budget::new(&tight());
        assert_eq!(expand(&budget, 2 << 20, 2 << 20), (None, 2 << 20));
        assert_eq!(expand(&budget, 3 << 20, 3 << 20), (Some(Reason::TooLarge), 2 << 20));
    }

    #[test]
    fn a_large_input_has_a_larger_purse() {
        let budget = Budget::new(&tight());
        budget.feed(1 << 20);
        assert_eq!(expand(&budget, 3 << 20, 3 << 20).0, None);
        assert_eq!(expand(&budget, 3 << 20, 3 << 20).0, None);
    }

    #[test]
    fn a_bomb_is_known_by_its_ratio() {
        assert_eq!(expand(&Budget::new(&tight()), 2 << 20, 1000).0, Some(Reason::Ratio));
        let taken = Cell::new(1 << 20);
        let (budget, mut source) = (Budget::new(&tight()), io::repeat(b'x').take(3 << 20));
        let mut metered = budget.metered(&mut source, Packed::Taken(&taken, 0));
        assert!(io::copy(&mut metered, &mut io::sink()).is_ok());
    }

    #[test]
    fn hits_and_members_run_out() {
        let budget = Budget::new(&Limits { max_hits: 1, max_members: 0, ..Limits::default() });
        assert!(budget.take_hit());
        assert!(!budget.take_hit() && !budget.take_member());
    }

    #[test]
    fn what_is_held_is_bounded() {
        let budget = Budget::new(&tight());
        assert!(budget.hold(3 << 20) && budget.hold(3 << 20) && !budget.hold(1));
        budget.release(3 << 20);
        assert!(budget.hold(1));
    }

    #[test]
    fn parts_get_what_is_left_and_it_is_paid_for() {
        let budget = Budget::new(&tight());
        assert!(budget.spend(1 << 20).is_ok() && budget.hold(5 << 20));
        let purse = budget.purse();
        for _ in 0..2 {
            let part = Budget::of(&tight(), &purse);
            assert_eq!(part.left(), 3 << 20);
            assert!(part.spend(1 << 20).is_ok() && part.take_member() && !part.hold(2 << 20));
            budget.pay(&purse, &part);
        }
        assert_eq!(budget.left(), 1 << 20);
        assert_eq!(budget.members.get(), tight().max_members - 2);
    }
}
