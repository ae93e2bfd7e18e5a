//! What stands between two words.
//!
//! Holds: which tags keep words apart, and how. Must not know: the words.

use super::piece::Sort;

/// All markup between two words.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Joint<'a> {
    /// Cells that begin, behind the last row that does.
    pub(super) cells: usize,
    row: bool,
    cell: bool,
    line: bool,
    /// The element that ended first, and the one that began last, of those that mean nothing to us.
    closed: Option<&'a [u8]>,
    opened: Option<&'a [u8]>,
}

/// How words stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Between {
    /// They are one.
    Nothing,
    /// On two lines.
    Line,
    /// In two cells of a row, or in two elements of different names.
    Cell,
    /// In two rows.
    Row,
}

/// What a tag does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Nothing, as far as words go.
    Inline,
    Line,
    Cell,
    Row,
    /// Its name is of an unknown vocabulary.
    Unknown,
}

impl<'a> Joint<'a> {
    /// Goes over a piece of markup.
    pub(super) fn pass(&mut self, sort: Sort<'a>) {
        let (name, opens) = match sort {
            Sort::Opens(name) => (name, true),
            Sort::Closes(name) | Sort::Alone(name) => (name, false),
            Sort::Silent | Sort::Fence => return,
        };
        match effect(name) {
            Effect::Inline => {}
            Effect::Line => self.line = true,
            Effect::Row => (self.row, self.cells) = (true, 0),
            Effect::Cell => {
                self.cell = true;
                self.cells += usize::from(opens);
            }
            Effect::Unknown => match sort {
                Sort::Opens(name) => self.opened = Some(name),
                Sort::Closes(name) => self.closed = self.closed.or(Some(name)),
                _ => {}
            },
        }
    }

    /// What it comes to.
    pub(super) fn between(&self) -> Between {
        // `</run><run>` goes on with the same text, `</number><code>` does not.
        let apart = matches!((self.closed, self.opened), (Some(closed), Some(opened)) if closed != opened);
        match self {
            Self { row: true, .. } => Between::Row,
            Self { cell: true, .. } => Between::Cell,
            _ if apart => Between::Cell,
            Self { line: true, .. } => Between::Line,
            _ => Between::Nothing,
        }
    }
}

/// Whether a tag begins or ends a row, a cell, or what its cells are in.
pub(super) fn is_of_table(name: &[u8]) -> bool {
    matches!(effect(name), Effect::Cell | Effect::Row)
}

fn effect(name: &[u8]) -> Effect {
    let mut lower = [0; 12];
    let Some(lower) = lower.get_mut(..name.len()) else { return Effect::Unknown };
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    match &*lower {
        b"span" | b"a" | b"b" | b"i" | b"u" | b"s" | b"em" | b"strong" | b"code" | b"wbr" | b"font" | b"tt"
        | b"kbd" | b"samp" | b"var" | b"mark" | b"small" | b"big" | b"sub" | b"sup" | b"ins" | b"del" | b"strike"
        | b"abbr" | b"cite" | b"q" | b"bdi" | b"bdo" | b"label" | b"nobr" | b"data" | b"time" | b"img" | b"tspan" => {
            Effect::Inline
        }
        b"td" | b"th" | b"tc" | b"table-cell" => Effect::Cell,
        b"tr" | b"table" | b"thead" | b"tbody" | b"tfoot" | b"table-row" => Effect::Row,
        b"br" | b"p" | b"div" | b"li" | b"ul" | b"ol" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"dt"
        | b"dd" | b"dl" | b"pre" | b"hr" | b"blockquote" | b"section" | b"article" | b"header" | b"footer" | b"nav"
        | b"main" | b"aside" | b"form" | b"option" | b"select" | b"button" | b"title" | b"head" | b"body" | b"html"
        | b"script" | b"style" | b"textarea" | b"address" | b"details" | b"summary" | b"figure" | b"figcaption"
        | b"fieldset" | b"legend" | b"caption" | b"center" | b"input" | b"meta" | b"link" | b"line-break" => {
            Effect::Line
        }
        _ => Effect::Unknown,
    }
}
