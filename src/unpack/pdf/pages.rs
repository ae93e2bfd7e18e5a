//! The pages of a PDF in their order, and the text of each.
//!
//! Holds: the walk through the tree of pages, contents, notes on pages. Must not know: operators, or what is handed
//! over.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use zeroize::Zeroizing;

use super::content::{Fonts, LARGEST, Reader};
use super::document::Document;
use super::layout::Layout;
use super::texts;
use super::value::{Dict, Value};

/// How many notes of one page are looked at.
const MOST_NOTES: usize = 100_000;

/// Reads pages.
#[derive(Default)]
pub(super) struct Pages {
    pub(super) layout: Layout,
    fonts: Fonts,
    /// Streams that were read as content: entries.
    pub(super) read: HashSet<usize>,
    /// Contents that were read with the same fonts need not be read again.
    done: HashSet<(Vec<usize>, Option<u32>)>,
    /// What the contents of a number are read with, of which older versions may be there.
    resources: HashMap<u32, Rc<Value>>,
    /// Whether a page held more than is read of one.
    pub(super) cut: bool,
}

/// A page, as the tree of pages tells.
pub(super) struct Leaf {
    pub(super) dict: Dict,
    resources: Rc<Value>,
}

/// Walks through a tree of pages.
pub(super) struct Walk {
    waiting: Vec<(u32, Rc<Value>)>,
    /// Objects that were met, and whether they are pages.
    pub(super) met: HashMap<u32, bool>,
    /// How many pages were met.
    pub(super) count: u32,
    /// Whether the tree names what is not there.
    pub(super) missing: bool,
}

impl Walk {
    /// A walk that begins at the root.
    pub(super) fn new(root: Option<u32>) -> Self {
        let waiting = root.map(|root| (root, Rc::new(Value::Null))).into_iter().collect();
        Self { waiting, met: HashMap::new(), count: 0, missing: false }
    }

    /// The next page. One that is named more than once has its first number.
    pub(super) fn next(&mut self, document: &Document<'_>) -> Option<Leaf> {
        while let Some((number, inherited)) = self.waiting.pop() {
            if let Some(is_page) = self.met.get(&number) {
                self.count = self.count.saturating_add(u32::from(*is_page));
                continue;
            }
            let Some(Value::Dict(dict)) = document.get(number) else {
                self.missing = true;
                continue;
            };
            let resources = dict.get(b"Resources").map_or(inherited, |own| Rc::new(own.clone()));
            let kids = document.entry(&dict, b"Kids");
            let is_page = kids.is_none();
            self.met.insert(number, is_page);
            if is_page {
                self.count = self.count.saturating_add(1);
                drop(kids);
                return Some(Leaf { dict, resources });
            }
            let kids = kids.iter().flat_map(|kids| kids.items().iter().rev()).filter_map(Value::reference);
            self.waiting.extend(kids.map(|kid| (kid, Rc::clone(&resources))));
        }
        None
    }
}

impl Leaf {
    /// A page that no tree tells of.
    pub(super) fn alone(dict: Dict) -> Self {
        let resources = Rc::new(dict.get(b"Resources").cloned().unwrap_or(Value::Null));
        Self { dict, resources }
    }
}

impl Pages {
    /// Reads a page.
    pub(super) fn read(&mut self, document: &Document<'_>, page: &Leaf) {
        let contents = document.entry(&page.dict, b"Contents");
        let direct = page.dict.get(b"Contents").filter(|contents| contents.reference().is_some());
        let streams: Vec<_> = match (contents.as_deref(), direct) {
            (Some(Value::Array(items)), _) => items.iter().filter_map(Value::reference).collect(),
            (_, Some(direct)) => direct.reference().into_iter().collect(),
            _ => Vec::new(),
        };
        let mut content = Zeroizing::new(Vec::new());
        let mut entries = Vec::new();
        for number in streams {
            let Some(stream) = document.stream(number) else { continue };
            let (more, is_cut) = document.unpacked(&stream, LARGEST - content.len().min(LARGEST));
            self.cut |= is_cut;
            content.extend_from_slice(&more);
            content.push(b'\n');
            entries.push(stream.entry);
            self.read.insert(stream.entry);
            self.resources.entry(number).or_insert_with(|| Rc::clone(&page.resources));
        }
        let of = page.resources.reference();
        if of.is_none() || self.done.insert((entries, of)) {
            self.read_content(document, &content, &page.resources);
        }
        self.read_notes(document, &page.dict);
    }

    fn read_content(&mut self, document: &Document<'_>, content: &[u8], resources: &Value) {
        let resources = document.resolve(resources);
        let nothing = Dict::default();
        let mut reader = Reader::new(document, &mut self.fonts, &mut self.layout);
        reader.read(content, resources.dict().unwrap_or(&nothing));
        self.read.extend(reader.seen);
        self.cut |= reader.cut;
        self.cut |= self.layout.is_full();
        self.layout.end_page();
    }

    /// Reads a stream that no page names, as what it was drawn with, or would be.
    pub(super) fn read_alone(&mut self, document: &Document<'_>, number: u32, dict: &Dict, content: &[u8]) {
        let resources = match (dict.get(b"Resources"), self.resources.get(&number)) {
            (Some(own), _) => Rc::new(own.clone()),
            (None, Some(known)) => Rc::clone(known),
            (None, None) => Rc::new(Value::Null),
        };
        self.read_content(document, content, &resources);
    }

    /// Lists what notes, links and fields on a page say.
    fn read_notes(&mut self, document: &Document<'_>, page: &Dict) {
        let Some(notes) = document.entry(page, b"Annots") else { return };
        let mut text = String::new();
        for note in notes.items().iter().take(MOST_NOTES) {
            let note = document.resolve(note);
            let Some(dict) = note.dict() else { continue };
            // A field that is one of several is named by what they belong to.
            if (dict.get(b"T").is_none() || dict.get(b"V").is_none())
                && let Some(Value::Dict(parent)) = document.entry(dict, b"Parent").as_deref()
            {
                let entries = parent.0.iter().filter(|(key, _)| matches!(key.as_slice(), b"T" | b"V" | b"TU"));
                texts::list(&Value::Dict(Dict(entries.cloned().collect())), "", &mut text);
            }
            for key in [&b"A"[..], b"V", b"Contents"] {
                if let Some(elsewhere) = dict.get(key).filter(|value| value.reference().is_some()) {
                    texts::list(&document.resolve(elsewhere), &String::from_utf8_lossy(key), &mut text);
                }
            }
            texts::list(&note, "", &mut text);
            if text.len() > 1 << 20 {
                self.cut = true;
                break;
            }
        }
        self.layout.append(&text);
    }
}
