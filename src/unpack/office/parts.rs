//! The parts of a document, and what they say of each other.
//!
//! Holds: `Parts`, which finds them by name and tells what is wrong with one; relations. Must not know: any family of
//! documents.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::ops::ControlFlow::{Break, Continue};

use super::told::{Dialect, Told};
use super::xml::{Event, Xml, decode};
use crate::base::{Places, Trouble};
use crate::unpack::package::{Package, Paid};
use crate::unpack::{Content, Flow, Member, Sink};

/// What parts are called in messages.
pub(super) const PART: &str = "part of a document";

/// Relations of one part that are followed. Those to other documents do not count.
const RELATIONS: usize = 20_000;

/// A part that is being read.
pub(super) type Part<'a> = Xml<Paid<Box<dyn Read + 'a>>>;

/// The parts of a document.
pub(super) struct Parts<'a> {
    package: &'a dyn Package,
    /// Names as they stand there, by what they are called elsewhere.
    names: HashMap<String, &'a str>,
    order: Vec<&'a str>,
    quiet: &'a HashSet<String>,
}

/// What a part says of another.
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of its type: `worksheet`.
    pub(super) kind: String,
    /// The name of the other part.
    pub(super) target: String,
}

impl<'a> Parts<'a> {
    /// The parts in a package.
    pub(super) fn of(package: &'a dyn Package, quiet: &'a HashSet<String>) -> Self {
        let mut order = package.names();
        let mut names = HashMap::with_capacity(order.len());
        // Of two of one name programs read the first; the other is searched as the archive has it.
        order.retain(|name| match names.entry(fold(name)) {
            Entry::Vacant(place) => {
                place.insert(*name);
                true
            }
            Entry::Occupied(_) => false,
        });
        Self { package, names, order, quiet }
    }

    /// Whether there is one of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(&fold(name))
    }

    /// Whether nothing in a part is worth a look.
    pub(super) fn is_quiet(&self, name: &str) -> bool {
        self.names.get(&fold(name)).is_some_and(|name| self.quiet.contains(*name))
    }

    /// The names of all, in lower case, and as they stand there.
    pub(super) fn all(&self) -> impl Iterator<Item = (String, &'a str)> {
        self.order.iter().map(|name| (fold(name), *name))
    }

    /// The content of a part.
    pub(super) fn open(&self, name: &str) -> Result<Box<dyn Read + 'a>, Trouble> {
        let name = self.names.get(&fold(name)).ok_or_else(|| Trouble::malformed("is not there"))?;
        self.package.open(name)
    }

    /// A part as XML; what stands in the way of that is told.
    pub(super) fn read(&self, name: &str, sink: &mut dyn Sink) -> Option<Part<'a>> {
        match self.open(name) {
            Ok(source) => Some(Xml::new(Paid::new(source, sink))),
            Err(trouble) => {
                sink.tell(Some(name), PART, trouble);
                None
            }
        }
    }

    /// Goes through a small part; what is wrong with it is told.
    pub(super) fn each(&self, name: &str, sink: &mut dyn Sink, mut visit: impl FnMut(&Event<'_>)) -> Flow {
        let Some(mut part) = self.read(name, sink) else { return Continue(()) };
        loop {
            match part.next() {
                Ok(Some(event)) => visit(&event),
                Ok(None) => break,
                Err(error) => {
                    sink.tell(Some(name), PART, Trouble::of(&error));
                    break;
                }
            }
        }
        settle(part.source(), name, sink)
    }

    /// Hands over the text of a part, line by line; then what was left out of it, where something was.
    pub(super) fn tell(&self, name: &str, member: Member<'_>, dialect: &mut dyn Dialect, sink: &mut dyn Sink) -> Flow {
        self.pass(name, member.clone(), dialect, false, sink)?;
        if dialect.again() { self.pass(name, member.echo(), dialect, true, sink) } else { Continue(()) }
    }

    fn pass(
        &self,
        name: &str,
        member: Member<'_>,
        dialect: &mut dyn Dialect,
        again: bool,
        sink: &mut dyn Sink,
    ) -> Flow {
        let Some(part) = self.read(name, sink) else { return Continue(()) };
        let mut told = Told::new(part, dialect, again);
        sink.take(member, Content::Read(&mut told, None))?;
        settle(told.part().source(), name, sink)
    }

    /// The other parts of the document that a part is related to.
    pub(super) fn relations(&self, name: &str, sink: &mut dyn Sink) -> Vec<Relation> {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        let list = format!("{folder}/_rels/{file}.rels");
        let list = list.trim_start_matches('/');
        let (mut relations, mut full) = (Vec::new(), false);
        if !self.has(list) {
            return relations;
        }
        // Whether to go on is asked again with the next part.
        let _ = self.each(list, sink, |event| {
            let Event::Open(tag) = event else { return };
            let outside = || tag.value("TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case(b"external"));
            if tag.name != b"Relationship" || outside() {
                return;
            }
            full |= relations.len() >= RELATIONS;
            if let (Some(target), false) = (tag.text("Target"), full) {
                let kind = tag.text("Type").unwrap_or_default();
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                relations.push(Relation {
                    id: tag.text("Id").unwrap_or_default(),
                    kind,
                    target: resolve(folder, &target),
                });
            }
        });
        if full {
            let text = format!("names more than {RELATIONS} parts; the others are told without their places");
            sink.tell(Some(list), PART, Trouble::unsupported(text).harmless());
        }
        relations
    }
}

/// Text of a document with lines only.
pub(super) fn lines(name: &str) -> Member<'_> {
    Member::named(PART, name).made(Places::Lines)
}

/// Pays for what was read of a part.
pub(super) fn settle(source: &Paid<impl Read>, name: &str, sink: &mut dyn Sink) -> Flow {
    match source.pay(sink) {
        Ok(()) => Continue(()),
        Err(trouble) => {
            sink.tell(Some(name), PART, trouble);
            Break(())
        }
    }
}

/// A name as it is compared.
pub(super) fn fold(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

/// The ending of a name that is folded, without its dot.
pub(super) fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// The part that a path leads to from a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = String::from_utf8_lossy(&decode(target.as_bytes())).replace('\\', "/");
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => _ = steps.pop(),
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}
