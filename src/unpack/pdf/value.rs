//! The values that objects of a PDF are made of.
//!
//! Holds: `Value`, `Dict`, and reading them, without recursion. Must not know: files, or what values mean.

use zeroize::Zeroizing;

use super::lex::{Lexer, Token};

/// How deep values are kept inside of each other; honest ones stand a dozen deep. What is deeper is passed over.
const DEEPEST: usize = 64;

/// How many values one object may hold: a value takes more memory than it has letters.
const MOST: usize = 400_000;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Name(Vec<u8>),
    Text(Zeroizing<Vec<u8>>),
    Array(Vec<Value>),
    Dict(Dict),
    /// The number of another object.
    Reference(u32),
}

impl Value {
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A number without a fraction that is not negative.
    pub(super) fn count(&self) -> Option<usize> {
        // What is larger than memory becomes the largest there is.
        #[expect(clippy::cast_sign_loss, reason = "it was looked at")]
        self.number().filter(|number| *number >= 0.0).map(|number| number as usize)
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    pub(super) fn reference(&self) -> Option<u32> {
        match self {
            Self::Reference(number) => Some(*number),
            _ => None,
        }
    }

    /// Itself, or what it holds where it is an array: many entries may be either.
    pub(super) fn items(&self) -> &[Value] {
        match self {
            Self::Array(items) => items,
            other => std::slice::from_ref(other),
        }
    }

    /// Changes all texts in it; values are not deep enough for recursion to be a danger.
    pub(super) fn each_text(&mut self, change: &mut dyn FnMut(&mut Zeroizing<Vec<u8>>)) {
        match self {
            Self::Text(text) => change(text),
            Self::Array(items) => items.iter_mut().for_each(|item| item.each_text(change)),
            Self::Dict(dict) => dict.0.iter_mut().for_each(|(_, value)| value.each_text(change)),
            _ => {}
        }
    }
}

/// Values with names, sorted by them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dict(pub(super) Vec<(Vec<u8>, Value)>);

impl Dict {
    fn of(values: Vec<Value>) -> Self {
        let mut entries = Vec::with_capacity(values.len() / 2);
        let mut values = values.into_iter();
        while let Some(key) = values.next() {
            // What is no name cannot be a key; the next may be.
            if let Value::Name(key) = key {
                entries.push((key, values.next().unwrap_or(Value::Null)));
            }
        }
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        Self(entries)
    }

    /// The value of that name.
    pub(super) fn get(&self, key: &[u8]) -> Option<&Value> {
        let at = self.0.partition_point(|(name, _)| name.as_slice() < key);
        self.0.get(at).filter(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Whether the value of a name is this name.
    pub(super) fn says(&self, key: &[u8], name: &[u8]) -> bool {
        self.get(key).and_then(Value::name) == Some(name)
    }
}

/// What was read.
pub(super) struct Parsed {
    pub(super) value: Value,
    /// Whether it came to its end.
    pub(super) closed: bool,
    /// Whether it holds more than was kept.
    pub(super) full: bool,
}

struct Frame {
    is_dict: bool,
    values: Vec<Value>,
}

impl Frame {
    fn close(self) -> Value {
        if self.is_dict { Value::Dict(Dict::of(self.values)) } else { Value::Array(self.values) }
    }
}

/// Reads one value. Brackets that do not fit each other close what is open.
pub(super) fn parse(lexer: &mut Lexer<'_>) -> Parsed {
    let first = lexer.next();
    parse_from(first, lexer)
}

/// Reads one value, of which the first word was read.
pub(super) fn parse_from(first: Token<'_>, lexer: &mut Lexer<'_>) -> Parsed {
    let (mut frames, mut deeper, mut count) = (Vec::<Frame>::new(), 0_usize, 0_usize);
    let (mut token, mut behind) = (first, lexer.at);
    loop {
        let mut closed = None;
        match token {
            Token::ArrayBegins | Token::DictBegins => {
                if deeper > 0 || frames.len() >= DEEPEST {
                    deeper += 1;
                } else {
                    frames.push(Frame { is_dict: token == Token::DictBegins, values: Vec::new() });
                }
            }
            Token::ArrayEnds | Token::DictEnds if deeper > 0 => deeper -= 1,
            Token::ArrayEnds | Token::DictEnds => {
                // One that closes nothing is a value that is missing.
                closed = Some(frames.pop().map_or(Value::Null, Frame::close));
            }
            Token::End => return unfinished(frames, count >= MOST),
            Token::Word(b"R") => {
                if let Some(frame) = frames.last_mut() {
                    refer(&mut frame.values);
                }
            }
            Token::Word(b"endobj" | b"stream" | b"obj" | b"endstream" | b"xref" | b"trailer") => {
                lexer.at = behind;
                return unfinished(frames, count >= MOST);
            }
            other => closed = Some(scalar(other)),
        }
        if let Some(value) = closed {
            match frames.last_mut() {
                None => {
                    return Parsed { value: reference_at_top(value, lexer), closed: true, full: count >= MOST };
                }
                Some(frame) if deeper == 0 && count < MOST => {
                    count += 1;
                    frame.values.push(value);
                }
                Some(_) => {}
            }
        }
        behind = lexer.at;
        token = lexer.next();
    }
}

fn scalar(token: Token<'_>) -> Value {
    match token {
        Token::Number(number) => Value::Number(number),
        Token::Name(name) => Value::Name(name),
        Token::Text(text) => Value::Text(text),
        Token::Word(b"true") => Value::Bool(true),
        Token::Word(b"false") => Value::Bool(false),
        _ => Value::Null,
    }
}

/// What could be read of values that have no end.
fn unfinished(mut frames: Vec<Frame>, full: bool) -> Parsed {
    let mut inner = None;
    while let Some(mut frame) = frames.pop() {
        frame.values.extend(inner.take());
        inner = Some(frame.close());
    }
    Parsed { value: inner.unwrap_or(Value::Null), closed: false, full }
}

/// Makes a reference of the last two numbers.
fn refer(values: &mut Vec<Value>) {
    if let [.., Value::Number(number), Value::Number(_)] = values.as_slice()
        && let Some(number) = object_number(*number)
    {
        values.truncate(values.len() - 2);
        values.push(Value::Reference(number));
    }
}

/// A number that names an object.
pub(super) fn object_number(number: f64) -> Option<u32> {
    #[expect(clippy::cast_sign_loss, reason = "it was looked at")]
    (number >= 0.0 && number < f64::from(u32::MAX)).then_some(number as u32)
}

/// Outside of brackets, whether a number begins a reference shows only two words later.
fn reference_at_top(value: Value, lexer: &mut Lexer<'_>) -> Value {
    let Value::Number(number) = value else { return value };
    let mut ahead = Lexer::new(lexer.bytes, lexer.at);
    if matches!((ahead.next(), ahead.next()), (Token::Number(_), Token::Word(b"R")))
        && let Some(number) = object_number(number)
    {
        lexer.at = ahead.at;
        return Value::Reference(number);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Parsed {
        parse(&mut Lexer::new(text, 0))
    }

    #[test]
    fn values_are_read() {
        let parsed = read(b"<< /Kids [3 0 R 4 0 R 5] /Z null /A << /B (x) >> >>");
        assert!(parsed.closed);
        let dict = parsed.value.dict().unwrap();
        let kids = [Value::Reference(3), Value::Reference(4), Value::Number(5.0)];
        assert_eq!(dict.get(b"Kids").and_then(Value::array), Some(kids.as_slice()));
        assert_eq!(dict.get(b"A").and_then(Value::dict).and_then(|dict| dict.get(b"B")?.text()), Some(&b"x"[..]));
        assert_eq!(dict.get(b"None"), None);
        assert_eq!(read(b"7 0 R endobj").value, Value::Reference(7));
        assert_eq!(read(b"7 endobj").value, Value::Number(7.0));
    }

    #[test]
    fn what_is_cut_off_is_kept() {
        let parsed = read(b"<< /A [1 2 (three) endobj");
        assert!(!parsed.closed);
        let items = parsed.value.dict().and_then(|dict| dict.get(b"A")).and_then(Value::array).map(<[Value]>::len);
        assert_eq!(items, Some(3));
    }

    #[test]
    fn depth_and_number_do_not_matter() {
        for text in [b"[".repeat(300_000), b"<</A ".repeat(300_000), b"<<".repeat(300_000)] {
            assert!(!read(&text).closed);
        }
        let closed = [b"[".repeat(100_000), b"1".to_vec(), b"]".repeat(100_000)].concat();
        assert!(read(&closed).closed);
        let many = [b"[".to_vec(), b"1 ".repeat(MOST + 10), b"]".to_vec()].concat();
        assert_eq!(read(&many).value.array().map(<[Value]>::len), Some(MOST));
    }
}
