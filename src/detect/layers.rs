//! From places to matches: decodes the bytes around each lure, tries the rules, and looks inside
//! of what was decoded.
//!
//! Holds: the one way from raw bytes to verdicts, layer by layer. Must not know: windows of a
//! blob, lines, or what becomes of a match.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::Range;

use regex_automata::Input;

use super::around::Around;
use super::regions::{Region, Regions};
use super::resolve::Match;
use super::search::{Lure, RuleSetBits, Sort};
use super::table::Table;
use super::verify::{Candidate, Verdict};
use super::words::{LINE_BEFORE, Words};
use super::{Detector, MARGIN, PASSWORD_FILE, Scan, keys};
use crate::base::Clothes;
use crate::codec::{
    Layer, Order, Reading, base64_decode, hex_decode, hex_spells_text, is_base64, join, may_be_quoted_printable,
    unescape, utf16_decode,
};

/// How many dresses may be worn one over the other.
const DEEPEST: usize = 4;

/// How many times its size a window may grow to by what is decoded in it, all dresses together, and
/// how many bytes the smallest may. Honest content needs two or three times.
const WORK: usize = 48;
const LEAST_WORK: usize = 8 << 20;

/// What is known about the bytes of a layer.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) names: &'a str,
    by_name: RuleSetBits,
    pub(super) table: Option<&'a Table>,
    depth: usize,
    /// Bytes that may still be decoded in this window and searched in their turn.
    pub(super) work: &'a Cell<usize>,
    /// Nanoseconds that the keys in this window may still cost.
    pub(super) keys: &'a Cell<usize>,
    /// Whether all of the layer is decoded from UTF-16 elsewhere.
    utf16_done: bool,
    /// Whether nothing comes behind the layer.
    pub(super) last: bool,
}

impl<'a> Surroundings<'a> {
    /// The same under headings.
    pub(super) fn under<'b>(self, table: Option<&'b Table>) -> Surroundings<'b>
    where
        'a: 'b,
    {
        Surroundings { table, ..self }
    }
}

/// What is seen on the way over a window and is for others to deal with.
#[derive(Default)]
pub(super) struct Aside {
    /// The places of gzip streams in base64.
    pub(super) gzip: Vec<usize>,
    /// The headings over rows that go on behind the window.
    pub(super) open_table: Option<Table>,
    /// Where the first key begins that goes on behind the window.
    pub(super) open_key: Option<usize>,
}

impl Detector {
    /// Searches a window of a blob. False
    /// if there was more to decode than a window of that size may cost.
    pub(super) fn search_window(
        &self,
        scan: &Scan,
        window: &[u8],
        last: bool,
        out: &mut Vec<Match>,
        aside: &mut Aside,
    ) -> bool {
        let work = Cell::new(LEAST_WORK + window.len() * WORK);
        let keys = Cell::new(keys::allowance(window.len()));
        let around = Surroundings {
            names: &scan.names,
            by_name: scan.by_name,
            table: scan.table.as_ref(),
            depth: 0,
            work: &work,
            keys: &keys,
            utf16_done: scan.utf16.is_some(),
            last,
        };
        self.search_layer(window, around, out, aside);
        if scan.is_password && last && scan.base == 0 && window.len() <= PASSWORD_FILE {
            Self::try_lines(window, scan.utf16, out);
        }
        if let Some(order) = scan.utf16 {
            let skew = (scan.base % 2) as usize;
            let open = self.search_wide(window, skew..window.len(), order, around, out);
            aside.open_table = aside.open_table.take().or(open);
        }
        work.get() > 0 && keys.get() > 0
    }

    fn search_layer(&self, text: &[u8], around: Surroundings<'_>, out: &mut Vec<Match>, aside: &mut Aside) {
        let (mut plain, mut base64, mut hex) = <(Regions, Regions, Regions)>::default();
        let length = text.len();
        let widest = MARGIN / 2;
        let mut words = Words::new(text, around.table, self.by_context());
        let mut keys = Vec::new();
        self.search.lures(text, |Lure { at, sort }| match sort {
            Sort::Plain(rules) => {
                let reach = self.reach(rules);
                plain.around(at, reach, reach, length, rules);
            }
            Sort::Word(rules) => words.around(text, at, rules),
            Sort::Run(rules) => self.try_run(text, at, rules, around, out),
            Sort::Wide { end, big } if around.depth < DEEPEST && !around.utf16_done => {
                let order = if big { Order::Big } else { Order::Little };
                self.search_wide(text, at..end, order, around.under(None), out);
            }
            Sort::Wide { .. } => {}
            Sort::Base64 => base64.around(at, widest / 2, widest / 2, length, 0),
            Sort::Hex => hex.around(at, 512, widest / 2, length, 0),
            Sort::Gzip => aside.gzip.push(at),
            Sort::Key(_) | Sort::Digits(_) => keys.push((at, sort)),
            Sort::Password => Self::try_password(text, at, out),
        });
        let open = self.search_keys(text, keys, around, out);
        aside.open_key = open;
        if around.by_name != 0 {
            words.all(text, around.by_name);
        }
        for region in plain.merged(widest) {
            self.try_readings(text, &region, true, around, out);
        }
        aside.open_table = self.search_words(text, words, around, out);
        if around.depth < DEEPEST {
            for region in base64.merged(widest) {
                self.search_base64(text, &region.range, around, out);
            }
            for region in hex.merged(widest) {
                self.search_hex(text, &region.range, around, out);
            }
        }
    }

    fn reach(&self, rules: RuleSetBits) -> usize {
        members(rules).filter_map(|index| self.compiled.get(index)).map(|rule| rule.reach).max().unwrap_or(0)
    }

    fn by_context(&self) -> RuleSetBits {
        super::search::bits(self.compiled.iter().map(|rule| rule.by_context))
    }

    /// Tries rules on a stretch, escapes taken off. Forms that know their own length are read with
    /// all lines joined.
    pub(super) fn try_readings(
        &self,
        text: &[u8],
        region: &Region,
        joined: bool,
        around: Surroundings<'_>,
        out: &mut Vec<Match>,
    ) {
        let bytes = &text[region.range.clone()];
        let readings = if may_be_quoted_printable(bytes) { &[false, true][..] } else { &[false] };
        for quoted_printable in readings.iter().copied() {
            let plain = unescape(bytes, Reading { quoted_printable, drop_spaces: joined });
            let layer = if joined { join(&plain) } else { plain };
            if joined && !quoted_printable && layer.bytes().len() != bytes.len() {
                self.try_as_it_is(text, region, around, out);
            }
            for index in members(region.rules) {
                self.try_rule(index, &layer, region.range.start, around, out);
            }
        }
    }

    /// What stands before a credential may look like an escape that begins with it: `%20251014-EC-…`,
    /// `C:\ksef\20251014-EC-…`.
    fn try_as_it_is(&self, text: &[u8], region: &Region, around: Surroundings<'_>, out: &mut Vec<Match>) {
        let base = region.range.start;
        for index in members(region.rules) {
            self.each_match(index, &text[region.range.clone()], 0, None, around, |range, verdict| {
                out.push(Match { start: base + range.start, end: base + range.end, verdict, clothes: Vec::new() });
            });
        }
    }

    fn try_rule(&self, index: usize, layer: &Layer, base: usize, around: Surroundings<'_>, out: &mut Vec<Match>) {
        let text = layer.bytes();
        self.each_match(index, text, 0, None, around, |range, verdict| {
            let last = layer.source_of(range.end.saturating_sub(1));
            let clothes = layer.clothes_in(range.start, range.end);
            out.push(Match { start: base + layer.source_of(range.start), end: base + last + 1, verdict, clothes });
        });
    }

    /// Judges a run of digits where it stands; most are digests, so the quick test comes first.
    fn try_run(&self, text: &[u8], at: usize, rules: RuleSetBits, around: Surroundings<'_>, out: &mut Vec<Match>) {
        for index in members(rules) {
            if !super::verify::may_be(self.rules.rules()[index].verify.as_deref(), &text[at..at + 64]) {
                continue;
            }
            let start = at.saturating_sub(LINE_BEFORE);
            let end = text.len().min(at + 64 + 1024);
            let run = at - start;
            self.each_match(index, &text[start..end], run.saturating_sub(256), Some(run), around, |range, verdict| {
                out.push(Match { start: start + range.start, end: start + range.end, verdict, clothes: Vec::new() });
            });
        }
    }

    fn each_match(
        &self,
        index: usize,
        text: &[u8],
        from: usize,
        run: Option<usize>,
        around: Surroundings<'_>,
        mut found: impl FnMut(Range<usize>, Verdict),
    ) {
        let (Some(rule), Some(compiled)) = (self.rules.rules().get(index), self.compiled.get(index)) else { return };
        let Some((regex, secret_group)) = compiled.pattern.ready() else { return };
        let mut captures = regex.create_captures();
        let mut at = from;
        while at <= text.len() {
            regex.search_captures(&Input::new(text).range(at..), &mut captures);
            let Some(whole) = captures.get_match() else { break };
            // Other runs in this stretch are judged for themselves, with all of their line around them.
            if let Some(run) = run
                && !whole.range().contains(&run)
            {
                if whole.start() > run {
                    break;
                }
                at = whole.end().max(whole.start() + 1);
                continue;
            }
            let secret = captures.get_group(*secret_group).map_or(whole.range(), |span| span.start..span.end);
            let surroundings = Around::new(text, secret.start, secret.end, around.names, around.table);
            let candidate = Candidate {
                rule,
                index,
                near: &compiled.near,
                unless: &compiled.unless,
                secret_rule: self.secret_rule,
                text: &text[whole.range()],
                secret: &text[secret.clone()],
                around: &surroundings,
                now: self.now,
            };
            let verdict = if whole.len() > rule.max_len { Verdict::Nothing } else { (compiled.verify)(&candidate) };
            // What was refused may hide a credential that begins inside of it.
            at = if matches!(verdict, Verdict::Nothing) {
                whole.start() + step_over(&text[whole.range()])
            } else {
                whole.end().max(whole.start() + 1)
            };
            if !matches!(verdict, Verdict::Nothing) {
                found(whole.range(), verdict);
            }
        }
    }

    fn search_wide(
        &self,
        text: &[u8],
        range: Range<usize>,
        order: Order,
        around: Surroundings<'_>,
        out: &mut Vec<Match>,
    ) -> Option<Table> {
        let mut above = around.table.cloned();
        let mut pieces = Regions::default();
        pieces.around(range.start, 0, range.len(), text.len(), 0);
        for Region { range: piece, .. } in pieces.merged(MARGIN) {
            let start = piece.start + (piece.start - range.start) % 2;
            above = self.search_utf16(text, start..piece.end, order, around.under(above.as_ref()), out);
        }
        above
    }

    fn search_utf16(
        &self,
        text: &[u8],
        range: Range<usize>,
        order: Order,
        around: Surroundings<'_>,
        out: &mut Vec<Match>,
    ) -> Option<Table> {
        let clothes = match order {
            Order::Little => Clothes::Utf16le,
            Order::Big => Clothes::Utf16be,
        };
        let bytes = text.get(range.clone())?;
        self.look_inside(&utf16_decode(bytes, order), range.start, clothes, around, out)
    }

    fn search_base64(&self, text: &[u8], range: &Range<usize>, around: Surroundings<'_>, out: &mut Vec<Match>) {
        let plain = unescape(&text[range.clone()], Reading { quoted_printable: false, drop_spaces: true });
        let joined = join(&plain);
        let bytes = joined.bytes();
        let mut bodies: BTreeSet<(usize, usize)> = BTreeSet::new();
        let mut body = 0..0;
        self.search.bodies(bytes, |at, phase| {
            // A long body has many anchors, and its ends are looked for once.
            if !body.contains(&at) {
                let first = bytes[..at].iter().rposition(|byte| !is_base64(*byte)).map_or(0, |index| index + 1);
                let end = bytes[at..].iter().position(|byte| !is_base64(*byte)).map_or(bytes.len(), |index| at + index);
                body = first..end;
            }
            // The first digit at which a group of four begins, seen from the anchor.
            bodies.insert((body.start + (at - body.start + 4 - phase) % 4, body.end));
        });
        for (start, end) in bodies {
            let decoded = base64_decode(&bytes[start.min(end)..end]).over(&joined, start);
            let mut inside = Vec::new();
            self.look_inside(&decoded, range.start, Clothes::Base64, around, &mut inside);
            // Where the body was cut, so was the line that says what the first and the last are.
            let cut_before = range.start > 0 && start < 4;
            let cut_behind = range.end < text.len() && end == bytes.len();
            let first = if cut_before { range.start + 2 * LINE_BEFORE } else { 0 };
            let last = if cut_behind { range.end.saturating_sub(2 * LINE_BEFORE) } else { usize::MAX };
            inside.retain(|found| (first <= found.start && found.end <= last) || !found.is_by_context(self));
            out.append(&mut inside);
        }
    }

    fn search_hex(&self, text: &[u8], range: &Range<usize>, around: Surroundings<'_>, out: &mut Vec<Match>) {
        let plain = unescape(&text[range.clone()], Reading { quoted_printable: false, drop_spaces: true });
        let joined = join(&plain);
        let mut at = 0;
        for part in joined.bytes().split(|byte| !byte.is_ascii_hexdigit()) {
            for skew in [0, 1] {
                if part.len() > skew && hex_spells_text(&part[skew..]) {
                    let decoded = hex_decode(&part[skew..]).over(&joined, at + skew);
                    self.look_inside(&decoded, range.start, Clothes::Hex, around, out);
                }
            }
            at += part.len() + 1;
        }
    }

    /// Searches what was decoded. Returns the headings over rows that go on behind it.
    fn look_inside(
        &self,
        layer: &Layer,
        base: usize,
        clothes: Clothes,
        around: Surroundings<'_>,
        out: &mut Vec<Match>,
    ) -> Option<Table> {
        around.work.set(around.work.get().saturating_sub(layer.bytes().len()));
        if around.work.get() == 0 {
            return None;
        }
        let wide = matches!(clothes, Clothes::Utf16le | Clothes::Utf16be);
        let (by_name, table) = if wide { (around.by_name, around.table) } else { (0, None) };
        let around = Surroundings { depth: around.depth + 1, utf16_done: false, last: true, table, by_name, ..around };
        let (mut inside, mut aside) = (Vec::new(), Aside::default());
        self.search_layer(layer.bytes(), around, &mut inside, &mut aside);
        for found in inside {
            let last = layer.source_of(found.end.saturating_sub(1));
            let mut worn = layer.clothes_in(found.start, found.end);
            worn.push(clothes);
            worn.extend(found.clothes);
            out.push(Match {
                start: base + layer.source_of(found.start),
                end: base + last + 1,
                verdict: found.verdict,
                clothes: worn,
            });
        }
        aside.open_table
    }
}

fn members(rules: RuleSetBits) -> impl Iterator<Item = usize> {
    (0..RuleSetBits::BITS as usize).filter(move |index| rules >> index & 1 == 1)
}

/// How far to go before a refused match may be tried again: over a run of the same class of
/// characters, since all of it is refused for the same reason.
fn step_over(text: &[u8]) -> usize {
    let class = |byte: &u8| byte.is_ascii_alphanumeric();
    let first = text.first().is_some_and(class);
    text.iter().take_while(|byte| class(byte) == first).count().max(1)
}
