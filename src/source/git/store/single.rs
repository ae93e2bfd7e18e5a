//! Single objects, by their names.
//!
//! Holds: the look-up in packs and files, and the way from an entry through its bases. Must not
//! know: who asks.

use gix::objs::Kind;
use gix::oid;
use gix::zlib::Inflate;

use super::delta::Delta;
use super::pack::{Base, Damage, Entry};
use super::walk::LARGEST;
use super::{Store, loose};
use crate::source::Body;

/// No honest chain of deltas is longer: git allows 4,095.
const LONGEST_CHAIN: usize = 10_000;

/// How often an object outside of a pack may be the base of another one outside of a pack.
const DEEPEST: usize = 8;

impl Store {
    /// Whether there is an object of that name.
    pub(in crate::source::git) fn has(&self, id: &oid) -> bool {
        self.packs.iter().any(|pack| pack.index().lookup(id).is_some()) || self.loose_file(id).is_some()
    }

    /// Reads an object into `out`. Nothing where there is none.
    pub(in crate::source::git) fn find(&self, id: &oid, out: &mut Vec<u8>) -> Result<Option<Kind>, Damage> {
        self.find_within(id, out, DEEPEST)
    }

    fn find_within(&self, id: &oid, out: &mut Vec<u8>, depth: usize) -> Result<Option<Kind>, Damage> {
        let mut damage = None;
        for (number, pack) in self.packs.iter().enumerate() {
            let Some(place) = pack.index().lookup(id) else { continue };
            match self.read_within(number, pack.index().pack_offset_at_index(place), out, depth) {
                Ok(kind) => return Ok(Some(kind)),
                // Another pack may have a sound one.
                Err(error) => damage = Some(error),
            }
        }
        match self.loose_file(id) {
            Some(path) => loose::read(&path, LARGEST, out).map(Some),
            None => damage.map_or(Ok(None), Err),
        }
    }

    /// Reads an object that cannot be read from one pack, from any other or from a file.
    pub(super) fn find_beside(&self, pack: usize, id: &oid, out: &mut Vec<u8>) -> Option<Kind> {
        let others = self.packs.iter().enumerate().filter(|(number, _)| *number != pack);
        let found = others.filter_map(|(number, other)| Some((number, other.index().lookup(id)?, other)));
        for (number, place, other) in found {
            if let Ok(kind) = self.read_within(number, other.index().pack_offset_at_index(place), out, DEEPEST) {
                return Some(kind);
            }
        }
        loose::read(&self.loose_file(id)?, LARGEST, out).ok()
    }

    /// Reads the entry at an offset of a pack.
    pub(super) fn read_at(&self, pack: usize, offset: u64, out: &mut Vec<u8>) -> Result<Kind, Damage> {
        self.read_within(pack, offset, out, DEEPEST)
    }

    fn read_within(&self, number: usize, offset: u64, out: &mut Vec<u8>, depth: usize) -> Result<Kind, Damage> {
        let pack = &self.packs[number];
        let mut inflate = Inflate::default();
        let mut deltas: Vec<Entry> = Vec::new();
        let mut at = offset;
        let kind = loop {
            let (entry, base) = pack.base_of(at).ok_or(Damage::Broken)?;
            match base {
                Base::None => {
                    take(&entry, |out| pack.inflate(&entry, &mut inflate, out), out)?;
                    break entry.kind.ok_or(Damage::Broken)?;
                }
                Base::At(base) => at = base,
                Base::Outside(base) => {
                    let found = if depth == 0 { Ok(None) } else { self.find_within(&base, out, depth - 1) };
                    deltas.push(entry);
                    break found?.ok_or(Damage::NoBase)?;
                }
            }
            deltas.push(entry);
            if deltas.len() > LONGEST_CHAIN {
                return Err(Damage::Broken);
            }
        };
        let mut scratch = Vec::new();
        for entry in deltas.iter().rev() {
            take(entry, |out| pack.inflate(entry, &mut inflate, out), &mut scratch)?;
            let delta = Delta::read(&scratch).map_err(|_| Damage::Broken)?;
            if delta.base != out.len() as u64 {
                return Err(Damage::Broken);
            }
            if delta.size > LARGEST {
                return Err(Damage::TooLarge(delta.size));
            }
            let mut built = vec![0; delta.size as usize];
            delta.build(out, &mut built).map_err(|_| Damage::Broken)?;
            *out = built;
        }
        Ok(kind)
    }

    /// Reads an object and hands it on: whole, or as a stream where it is too large for that and no
    /// delta. False where there is none.
    pub(in crate::source::git) fn read(
        &self,
        id: &oid,
        out: &mut Vec<u8>,
        take: impl FnOnce(Kind, u64, Body<'_>),
    ) -> Result<bool, Damage> {
        let damage = match self.find(id, out) {
            Ok(Some(kind)) => {
                take(kind, out.len() as u64, Body::Whole(out));
                return Ok(true);
            }
            Ok(None) => return Ok(false),
            Err(damage) => damage,
        };
        if let Some(path) = self.loose_file(id) {
            let mut opened = loose::open(&path)?;
            take(opened.kind, opened.size, Body::Stream(&mut opened.stream));
            return if opened.stream.is_other_than(opened.size) { Err(Damage::Broken) } else { Ok(true) };
        }
        for pack in &self.packs {
            let Some(place) = pack.index().lookup(id) else { continue };
            if let Some((entry, Base::None)) = pack.base_of(pack.index().pack_offset_at_index(place))
                && let (Some(kind), Damage::TooLarge(_)) = (entry.kind, damage)
            {
                let mut stream = loose::Stream::of_pack(pack.packed(&entry));
                take(kind, entry.size, Body::Stream(&mut stream));
                return if stream.is_other_than(entry.size) { Err(Damage::Broken) } else { Ok(true) };
            }
        }
        Err(damage)
    }
}

fn take(
    entry: &Entry,
    inflate: impl FnOnce(&mut Vec<u8>) -> Result<usize, usize>,
    out: &mut Vec<u8>,
) -> Result<(), Damage> {
    if entry.size > LARGEST {
        return Err(Damage::TooLarge(entry.size));
    }
    let count = inflate(out).map_err(|_| Damage::Broken)?;
    out.truncate(count);
    Ok(())
}
