//! A sink for tests and for the targets in `fuzz/`, which writes down what it is handed, and a rack for formats.
//!
//! Holds: `record`, which opens one thing, and `torture`, which opens many damaged ones. Must not know: any format.

#![allow(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

#[cfg(feature = "fuzzing")]
use std::cell::Cell;
use std::io::Read;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

use super::{Content, Flow, Format, Member, Open, Probe, Sink, Work};
#[cfg(feature = "fuzzing")]
use crate::base::Ahead;
use crate::base::{Budget, Limits, Mail, Packed, Places, Reason, Secret, Trouble};

/// A member that was handed over.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) name: Option<String>,
    pub(super) bytes: Vec<u8>,
    pub(super) places: Places,
    pub(super) made: bool,
    pub(super) echo: bool,
    pub(super) words: Vec<String>,
    pub(super) mail: Option<Arc<Mail>>,
}

impl Taken {
    /// The bytes as text.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// All that came of something.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    pub(super) members: Vec<Taken>,
    /// What was told, and of which member.
    pub(super) troubles: Vec<(Option<String>, Trouble)>,
}

impl Recorded {
    /// The member of that name.
    pub(super) fn named(&self, name: &str) -> &Taken {
        let member = self.members.iter().find(|member| member.name.as_deref() == Some(name));
        member.unwrap_or_else(|| panic!("no member {name} among {:?}", self.names()))
    }

    /// The names of all members that have one.
    pub(super) fn names(&self) -> Vec<&str> {
        self.members.iter().filter_map(|member| member.name.as_deref()).collect()
    }
}

struct Recorder {
    recorded: Recorded,
    budget: Budget,
    passwords: Vec<Secret>,
    size: u64,
}

impl Recorder {
    fn new(size: u64, limits: &Limits, passwords: &[&str]) -> Self {
        let passwords = passwords.iter().map(|word| Secret::new(word.as_bytes().to_vec())).collect();
        let budget = Budget::new(limits);
        budget.feed(size);
        Self { recorded: Recorded::default(), budget, passwords, size }
    }

    /// What came of it, and what the format itself could not do.
    fn close(mut self, result: Result<(), Trouble>) -> Recorded {
        if let Err(trouble) = result {
            self.recorded.troubles.push((None, trouble));
        }
        self.recorded
    }
}

impl Sink for Recorder {
    fn take(&mut self, member: Member<'_>, content: Content<'_>) -> Flow {
        if !self.budget.take_member() {
            return Break(());
        }
        let mut bytes = Vec::new();
        match content {
            Content::Held(held) => bytes.extend_from_slice(held),
            Content::Owned(owned) => {
                bytes.extend_from_slice(&owned);
                if let Err(trouble) = self.budget.spend(owned.len() as u64) {
                    self.tell(member.name, member.what, trouble);
                }
            }
            Content::Read(source, packed) => {
                let packed = Packed::Known(packed.unwrap_or(self.size));
                let mut chunk = vec![0; 5000];
                let mut metered = self.budget.metered(source, packed);
                let trouble = loop {
                    match metered.read(&mut chunk) {
                        Ok(0) => break None,
                        Ok(count) => bytes.extend_from_slice(&chunk[..count]),
                        Err(error) if Trouble::was_told(&error) => break None,
                        Err(error) => break Some(Trouble::of(&error)),
                    }
                };
                if let Some(trouble) = trouble {
                    self.tell(member.name, member.what, trouble);
                }
            }
        }
        self.recorded.members.push(Taken {
            name: member.name.map(str::to_owned),
            bytes,
            places: member.places,
            made: member.made,
            echo: member.echo,
            words: member.words,
            mail: member.mail.map(|mail| mail()),
        });
        Continue(())
    }

    fn tell(&mut self, member: Option<&str>, _what: &str, trouble: Trouble) {
        self.recorded.troubles.push((member.map(str::to_owned), trouble));
    }

    fn part_is_still(&self, _part: &[u8], _cut_before: bool, _cut_behind: bool) -> bool {
        false
    }

    fn quiet(&mut self, members: u64) -> Flow {
        if (0..members).all(|_| self.budget.take_member()) { Continue(()) } else { Break(()) }
    }

    fn spend(&mut self, bytes: u64) -> Result<(), Trouble> {
        self.budget.spend(bytes)
    }

    fn left(&self) -> u64 {
        self.budget.left()
    }

    fn hold(&mut self, bytes: u64) -> Result<(), Trouble> {
        let limit = self.budget.limits().max_blob;
        assert!(bytes <= limit * 2 || !self.budget.hold(bytes), "asks for {bytes} bytes");
        if bytes > limit || !self.budget.hold(bytes) {
            return Err(Trouble::limit(Reason::TooLarge, "--max-blob", "exceeds --max-blob"));
        }
        Ok(())
    }

    fn release(&mut self, bytes: u64) {
        self.budget.release(bytes);
    }

    fn limits(&self) -> &Limits {
        self.budget.limits()
    }

    fn passwords(&self) -> &[Secret] {
        &self.passwords
    }

    fn share(&mut self, parts: usize, work: Work<'_>) -> Flow {
        (0..parts).for_each(|part| work(part, self));
        Continue(())
    }
}

/// Opens something that is of the format, and says what came of it. What the format itself could not do is among
/// the troubles, without a name.
pub(super) fn record(format: &Format, bytes: &[u8], limits: &Limits) -> Recorded {
    record_with(format, bytes, limits, &[])
}

/// The same with passwords.
pub(super) fn record_with(format: &Format, bytes: &[u8], limits: &Limits, passwords: &[&str]) -> Recorded {
    let mut recorder = Recorder::new(bytes.len() as u64, limits, passwords);
    let result = match format.open {
        Open::Stream(open) => open(&mut &*bytes, &mut recorder),
        Open::Random(open) | Open::Either(open, _) => open(&bytes, &mut recorder),
        Open::Whole(open) => open(bytes, &mut recorder),
        Open::Objects => panic!("it is not opened here"),
    };
    recorder.close(result)
}

/// All bytes that came out of something, one behind the other, and why there were no more.
#[cfg(test)]
pub(super) fn content(format: &Format, bytes: &[u8], limits: &Limits) -> (Vec<u8>, Vec<Reason>) {
    let Recorded { members, troubles } = record(format, bytes, limits);
    let content = members.into_iter().flat_map(|member| member.bytes).collect();
    (content, troubles.into_iter().map(|(_, trouble)| trouble.reason).collect())
}

/// Whether bytes are of the format, by themselves or by a name.
pub(super) fn recognises(format: &Format, bytes: &[u8], name: &str) -> bool {
    let head = &bytes[..bytes.len().min(super::BEGINNING)];
    let tail = &bytes[bytes.len().saturating_sub(super::ENDING)..];
    (format.recognises)(&Probe { head, tail, name })
}

/// Opens bytes as the format of that name, in each way that it is read, and holds what comes of it against the ceilings.
/// What passes as a stream is opened a second time in steps, which must make no difference.
#[cfg(feature = "fuzzing")]
pub fn endure(format: &str, bytes: &[u8]) {
    let format = super::FORMATS.into_iter().find(|known| known.name == format).expect("a format of the registry");
    if let Open::Either(_, open) = format.open {
        endure_one(&Format { open: Open::Stream(open), ..format }, bytes);
    }
    endure_one(&format, bytes);
}

#[cfg(feature = "fuzzing")]
fn endure_one(format: &Format, bytes: &[u8]) {
    let limits = Limits { max_blob: 4 << 20, max_expanded: 16 << 20, max_members: 20_000, ..Limits::default() };
    let passwords = ["VelvetSweatshop", "password"];
    let recorded = record_with(format, bytes, &limits, &passwords);
    let total: usize = recorded.members.iter().map(|member| member.bytes.len()).sum();
    assert!(total <= 64 << 20, "{total} bytes came out of {}", bytes.len());
    if let Open::Stream(open) = format.open {
        let (mut steps, taken) = (Steps(bytes), Cell::new(0));
        let mut recorder = Recorder::new(bytes.len() as u64, &limits, &passwords);
        let result = open(&mut Ahead::new(Vec::new(), &mut steps, &taken), &mut recorder);
        let stepped = recorder.close(result);
        assert_eq!(stepped.troubles, recorded.troubles, "steps make a difference");
        assert_eq!(stepped.names(), recorded.names(), "steps make a difference");
        assert_eq!(stepped.members.len(), recorded.members.len(), "steps make a difference");
        // Some decoders lose what they made in the step in which they meet damage.
        let lost = if recorded.troubles.is_empty() { 0 } else { super::frames::STEP };
        for (one, other) in stepped.members.iter().zip(&recorded.members) {
            let (one, other) = (&one.bytes, &other.bytes);
            let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
            assert!(long.starts_with(short), "steps make a difference");
            assert!(long.len() <= short.len() + lost, "steps lose {} bytes", long.len() - short.len());
        }
    }
}

/// Gives so much at a time that whoever looks ahead gets little more than what is promised.
#[cfg(feature = "fuzzing")]
struct Steps<'a>(&'a [u8]);

#[cfg(feature = "fuzzing")]
impl Read for Steps<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = out.len().min(1009);
        self.0.read(&mut out[..count])
    }
}

/// Opens many damaged copies of a sound sample: cut off, with bits turned, with runs of 0xFF, 0x00 and of other parts
/// of itself. None may panic, hold more than its budget allows, or hand over more than that.
pub(super) fn torture(format: &Format, sample: &[u8]) {
    let limits = Limits { max_blob: 4 << 20, max_expanded: 16 << 20, max_members: 20_000, ..Limits::default() };
    let sound = record(format, sample, &limits);
    assert!(!sound.members.is_empty(), "the sample is opened: {:?}", sound.troubles);
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = |most: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % most.max(1) as u64) as usize
    };
    for round in 0..600 {
        let mut bytes = sample.to_vec();
        match round % 4 {
            0 => bytes.truncate(below(bytes.len())),
            1 => (0..=round % 7).for_each(|_| {
                let at = below(bytes.len());
                bytes[at] ^= 1 << below(8);
            }),
            2 => {
                let (at, fill) = (below(bytes.len()), if round % 8 == 2 { 0xFF } else { 0 });
                let end = bytes.len().min(at + 1 + below(12));
                bytes[at..end].fill(fill);
            }
            _ => {
                let (from, to) = (below(bytes.len()), below(bytes.len()));
                let piece: Vec<u8> = bytes[from..].iter().take(1 + below(64)).copied().collect();
                let end = bytes.len().min(to + piece.len());
                bytes.splice(to..end, piece);
            }
        }
        let recorded = record(format, &bytes, &limits);
        let total: usize = recorded.members.iter().map(|member| member.bytes.len()).sum();
        assert!(total <= 64 << 20, "round {round}: {total} bytes came out of {}", bytes.len());
    }
}
