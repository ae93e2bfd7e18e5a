//! The text that the content of a page shows.
//!
//! Holds: the operators of text, and of what moves it. Must not know: pages, or what is done with their text.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use memchr::memmem;

use super::document::Document;
use super::fonts::Font;
use super::layout::{COLUMN, Layout, Spot};
use super::lex::{Lexer, Token, is_space};
use super::value::{Dict, Value, parse_from};

/// How deep contents that are drawn within contents are followed; each stands on the stack.
const DEEPEST: usize = 10;

/// How many states may be saved; what is saved beyond is not restored.
const MOST_SAVED: usize = 256;

/// How many operands are kept; no operator has more.
const MOST_OPERANDS: usize = 40;

/// How large one content may be.
pub(super) const LARGEST: usize = 16 << 20;

/// A map of places: `x' = ax + cy + e`, `y' = bx + dy + f`.
type Matrix = [f64; 6];

const SAME: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// One map before the other.
fn then(one: &Matrix, other: &Matrix) -> Matrix {
    let turned = |x: f64, y: f64| (x * other[0] + y * other[2], x * other[1] + y * other[3]);
    let (right, up, shift) = (turned(one[0], one[1]), turned(one[2], one[3]), turned(one[4], one[5]));
    [right.0, right.1, up.0, up.1, shift.0 + other[4], shift.1 + other[5]]
}

/// Where a place comes to lie.
fn mapped(map: &Matrix, x: f64, y: f64) -> (f64, f64) {
    (x * map[0] + y * map[2] + map[4], x * map[1] + y * map[3] + map[5])
}

#[derive(Clone)]
struct State {
    page: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    letter_spacing: f64,
    word_spacing: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

/// Fonts that were read, by their numbers.
#[derive(Default)]
pub(super) struct Fonts {
    known: HashMap<u32, Rc<Font>>,
    weight: usize,
}

impl Fonts {
    fn get(&mut self, document: &Document<'_>, value: &Value) -> Option<Rc<Font>> {
        let number = value.reference();
        if let Some(font) = number.and_then(|number| self.known.get(&number)) {
            return Some(Rc::clone(font));
        }
        let dict = document.resolve(value);
        let font = Rc::new(Font::read(document, dict.dict()?));
        if let Some(number) = number {
            self.weight += font.weight();
            if self.weight > 500_000 {
                self.known.clear();
                self.weight = font.weight();
            }
            self.known.insert(number, Rc::clone(&font));
        }
        Some(font)
    }
}

/// Reads contents of one page.
pub(super) struct Reader<'d, 'a> {
    document: &'d Document<'a>,
    fonts: &'d mut Fonts,
    layout: &'d mut Layout,
    /// What text is shown in of which the font is not there.
    unknown: Rc<Font>,
    /// Streams that were read: entries.
    pub(super) seen: HashSet<usize>,
    /// Whether a content was larger than is read of one.
    pub(super) cut: bool,
    /// Bytes of contents that are being read, within each other.
    held: usize,
}

/// What one content is read with.
struct Run<'r> {
    resources: &'r Dict,
    /// The fonts of which the names were met last, of which many may be large.
    named: Vec<(Vec<u8>, Option<Rc<Font>>)>,
    state: State,
    saved: Vec<State>,
    /// How many more were saved than are kept.
    unsaved: usize,
    line: Matrix,
    text: Matrix,
    depth: usize,
}

impl<'d, 'a> Reader<'d, 'a> {
    pub(super) fn new(document: &'d Document<'a>, fonts: &'d mut Fonts, layout: &'d mut Layout) -> Self {
        Self { document, fonts, layout, unknown: Rc::new(Font::unknown()), seen: HashSet::new(), cut: false, held: 0 }
    }

    /// Reads a content.
    pub(super) fn read(&mut self, content: &[u8], resources: &Dict) {
        let state = State {
            page: SAME,
            font: None,
            size: 1.0,
            letter_spacing: 0.0,
            word_spacing: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        self.held = content.len();
        self.read_in(content, resources, state, 0);
    }

    fn read_in(&mut self, content: &[u8], resources: &Dict, state: State, depth: usize) {
        // Reading takes a while longer than unpacking.
        if !self.document.work(content.len().saturating_mul(3)) {
            return;
        }
        let mut run =
            Run { resources, named: Vec::new(), state, saved: Vec::new(), unsaved: 0, line: SAME, text: SAME, depth };
        let (mut lexer, mut operands) = (Lexer::new(content, 0), Vec::new());
        while !self.layout.is_full() {
            match lexer.next() {
                Token::End => break,
                Token::Word(b"true" | b"false" | b"null") => operands.push(Value::Null),
                Token::Word(b"ID") => skip_picture(&mut lexer),
                Token::Word(word) => {
                    self.operate(&mut run, word, &operands);
                    operands.clear();
                }
                Token::ArrayEnds | Token::DictEnds => {}
                token => {
                    let value = parse_operand(token, &mut lexer);
                    if operands.len() < MOST_OPERANDS {
                        operands.push(value);
                    }
                }
            }
        }
    }

    fn operate(&mut self, run: &mut Run<'_>, word: &[u8], operands: &[Value]) {
        let number = |at: usize| operands.get(at).and_then(Value::number).unwrap_or(0.0);
        match word {
            b"q" if run.saved.len() < MOST_SAVED => run.saved.push(run.state.clone()),
            b"q" => run.unsaved += 1,
            b"Q" if run.unsaved > 0 => run.unsaved -= 1,
            b"Q" => run.state = run.saved.pop().unwrap_or_else(|| run.state.clone()),
            b"cm" => run.state.page = then(&matrix(operands), &run.state.page),
            b"BT" => (run.line, run.text) = (SAME, SAME),
            b"Tf" => {
                run.state.size = number(1);
                run.state.font = self.font(run, operands.first().and_then(Value::name).unwrap_or_default());
            }
            b"Tc" => run.state.letter_spacing = number(0),
            b"Tw" => run.state.word_spacing = number(0),
            b"Tz" => run.state.stretch = number(0) / 100.0,
            b"TL" => run.state.leading = number(0),
            b"Ts" => run.state.rise = number(0),
            b"Td" => run.step(number(0), number(1)),
            b"TD" => {
                run.state.leading = -number(1);
                run.step(number(0), number(1));
            }
            b"Tm" => {
                run.line = matrix(operands);
                run.text = run.line;
            }
            b"T*" => run.step(0.0, -run.state.leading),
            b"Tj" => self.show(run, operands),
            b"TJ" => self.show(run, operands.first().and_then(Value::array).unwrap_or_default()),
            b"'" => {
                run.step(0.0, -run.state.leading);
                self.show(run, operands);
            }
            b"\"" => {
                (run.state.word_spacing, run.state.letter_spacing) = (number(0), number(1));
                run.step(0.0, -run.state.leading);
                self.show(run, operands.get(2..).unwrap_or_default());
            }
            b"Do" => self.draw(run, operands.first().and_then(Value::name).unwrap_or_default()),
            b"BDC" => self.mark(operands),
            _ => {}
        }
    }

    fn font(&mut self, run: &mut Run<'_>, name: &[u8]) -> Option<Rc<Font>> {
        if let Some((_, font)) = run.named.iter().find(|(known, _)| known == name) {
            return font.clone();
        }
        let fonts = self.document.entry(run.resources, b"Font");
        let value = fonts.as_ref().and_then(|fonts| fonts.dict()?.get(name));
        let font = value.and_then(|value| self.fonts.get(self.document, value));
        if run.named.len() >= 16 {
            run.named.remove(0);
        }
        run.named.push((name.to_vec(), font.clone()));
        font
    }

    /// Text that stands for what is shown, where a page says so.
    fn mark(&mut self, operands: &[Value]) {
        let text = operands.get(1).and_then(Value::dict).and_then(|dict| dict.get(b"ActualText")?.text());
        if let Some(text) = text {
            self.layout.remark("ActualText", &super::texts::decode(text));
        }
    }

    fn show(&mut self, run: &mut Run<'_>, items: &[Value]) {
        let font = Rc::clone(run.state.font.as_ref().unwrap_or(&self.unknown));
        for item in items {
            match item {
                Value::Text(bytes) => self.show_text(run, &font, bytes),
                Value::Number(number) => {
                    let shift = -number / 1000.0 * run.state.size * run.state.stretch;
                    run.text = then(&[1.0, 0.0, 0.0, 1.0, shift, 0.0], &run.text);
                }
                _ => {}
            }
        }
    }

    fn show_text(&mut self, run: &mut Run<'_>, font: &Font, bytes: &[u8]) {
        let state = &run.state;
        let map = then(&run.text, &state.page);
        let at = |x: f64| mapped(&map, x, state.rise);
        let size = state.size.abs() * map[2].hypot(map[3]);
        let sign = if state.size * state.stretch < 0.0 { -1.0 } else { 1.0 };
        let along = (sign * map[0], sign * map[1]);
        let (mut x, mut begin, mut whole) = (0.0, 0.0, String::new());
        let mut parts = Vec::new();
        font.show(bytes, &mut |text, width, is_blank| {
            if whole.is_empty() {
                begin = x;
            }
            super::texts::spell(text, &mut whole);
            x += width * state.size * state.stretch;
            let spacing = state.letter_spacing + if is_blank { state.word_spacing } else { 0.0 };
            // What is set this far apart is of different columns.
            if spacing.abs() > COLUMN * state.size.abs() {
                parts.push((std::mem::take(&mut whole), begin, x));
            }
            x += spacing * state.stretch;
        });
        parts.push((whole, begin, x));
        for (text, from, to) in parts {
            self.layout.show(&text, Spot { from: at(from), to: at(to), along, size });
        }
        run.text = then(&[1.0, 0.0, 0.0, 1.0, x, 0.0], &run.text);
    }

    /// Reads a content that is drawn within this one, once on each page.
    fn draw(&mut self, run: &Run<'_>, name: &[u8]) {
        if run.depth >= DEEPEST {
            return;
        }
        let drawn = self.document.entry(run.resources, b"XObject");
        let number = drawn.as_ref().and_then(|drawn| drawn.dict()?.get(name)?.reference());
        let Some(stream) = number.and_then(|number| self.document.stream(number)) else { return };
        if !stream.dict.says(b"Subtype", b"Form") || !self.seen.insert(stream.entry) {
            return;
        }
        let (content, is_cut) = self.document.unpacked(&stream, LARGEST.saturating_sub(self.held));
        self.cut |= is_cut;
        let own = self.document.dict(&stream.dict, b"Resources");
        let mut state = run.state.clone();
        if let Some(items) = self.document.entry(&stream.dict, b"Matrix").as_deref().and_then(Value::array) {
            state.page = then(&matrix(items), &state.page);
        }
        self.held += content.len();
        self.read_in(&content, own.as_ref().unwrap_or(run.resources), state, run.depth + 1);
        self.held -= content.len();
    }
}

impl Run<'_> {
    fn step(&mut self, x: f64, y: f64) {
        self.line = then(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line);
        self.text = self.line;
    }
}

fn matrix(operands: &[Value]) -> Matrix {
    let mut matrix = SAME;
    for (slot, value) in matrix.iter_mut().zip(operands) {
        *slot = value.number().unwrap_or(*slot);
    }
    matrix
}

/// An operand; numbers are never references here.
fn parse_operand(token: Token<'_>, lexer: &mut Lexer<'_>) -> Value {
    match token {
        Token::Number(number) => Value::Number(number),
        token => parse_from(token, lexer).value,
    }
}

/// Passes over the bytes of a picture that stands in the content.
fn skip_picture(lexer: &mut Lexer<'_>) {
    let begin = lexer.at;
    let rest = &lexer.bytes[begin..];
    let ends = memmem::find_iter(rest, b"EI").find(|at| {
        let before = at.checked_sub(1).and_then(|before| rest.get(before));
        let behind = rest.get(at + 2..).unwrap_or_default();
        // What follows is read by people, as far as it goes.
        before.is_none_or(|byte| is_space(*byte))
            && behind.first().is_none_or(|byte| is_space(*byte))
            && behind.iter().take(12).all(|byte| matches!(byte, 0x20..0x7F) || is_space(*byte))
    });
    lexer.at = begin + ends.map_or(rest.len(), |at| at + 2);
}
