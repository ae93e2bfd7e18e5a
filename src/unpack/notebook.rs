//! Notebooks of Jupyter.
//!
//! Holds: opening them: what their cells say, what came of them, what is attached. Must not know: what is searched for.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::{Content, Format, Member, Open, Probe, Raw, Sink};
use crate::base::{Places, Trouble};
use crate::codec::base64_bytes;

/// How it is recognised and opened.
pub(super) const FORMAT: Format = Format {
    name: "Jupyter notebook",
    scope: "cells, outputs and metadata as text, HTML outputs as pages, attachments opened; pictures among the outputs \
            are searched as they stand",
    recognises,
    raw: Raw::First,
    open: Open::Whole(open),
};

fn recognises(probe: &Probe<'_>) -> bool {
    let Some((b'{', rest)) = probe.head.split_first() else { return false };
    probe.ends(".ipynb") || rest.trim_ascii_start().starts_with(b"\"cells\"")
}

fn open(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Trouble> {
    // No string is longer than what it was written as.
    sink.hold(bytes.len() as u64)?;
    let mut notebook = Notebook { sink, text: Zeroizing::default(), stopped: false };
    let mut document = serde_json::Deserializer::from_slice(bytes);
    let result = Value { notebook: &mut notebook, key: "", attached: None, lines: None }.deserialize(&mut document);
    notebook.hand_over();
    let stopped = notebook.stopped;
    sink.release(bytes.len() as u64);
    match result {
        Err(_) if !stopped => Err(Trouble::malformed("is no sound JSON")),
        _ => Ok(()),
    }
}

/// How much text is handed over at once.
const PIECE: usize = 1 << 20;

/// The longest key that is put before a value: it stands before each of a list again.
const KEY: usize = 100;

/// What comes of a notebook.
struct Notebook<'a> {
    sink: &'a mut dyn Sink,
    text: Zeroizing<Vec<u8>>,
    stopped: bool,
}

impl Notebook<'_> {
    /// Hands over the text that there is.
    fn hand_over(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.is_empty() && !self.stopped {
            let member = Member::only("text of a notebook").made(Places::Lines);
            self.stopped = self.sink.take(member, Content::Owned(text)).is_break();
        }
    }
}

/// A value under a key.
struct Value<'n, 'a> {
    notebook: &'n mut Notebook<'a>,
    key: &'n str,
    /// The name of the attachment that it belongs to; an empty one where it holds attachments.
    attached: Option<&'n str>,
    /// The strings of the list that it stands in.
    lines: Option<&'n mut String>,
}

impl Value<'_, '_> {
    /// Takes a string, whole.
    fn take(self, text: &str) -> bool {
        let Self { notebook, key, attached, .. } = self;
        if attached.is_some_and(|name| !name.is_empty()) {
            let digits: Zeroizing<Vec<u8>> =
                Zeroizing::new(text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect());
            let bytes = Zeroizing::new(base64_bytes(&digits));
            let member = Member::named("attachment", attached.unwrap_or_default());
            notebook.stopped = notebook.sink.take(member, Content::Owned(bytes)).is_break();
        } else if key == "text/html" || key == "image/svg+xml" {
            let member =
                Member::named("output of a notebook", if key == "text/html" { "output.html" } else { "output.svg" });
            notebook.stopped = notebook.sink.take(member, Content::Held(text.as_bytes())).is_break();
        } else if !key.starts_with("image/") {
            if !matches!(key, "source" | "text" | "traceback") && key.len() <= KEY && !key.contains('/') {
                // The key says what the value is.
                notebook.text.extend_from_slice(key.as_bytes());
                notebook.text.extend_from_slice(b": ");
            }
            notebook.text.extend_from_slice(text.as_bytes());
            // Cells stand apart.
            notebook.text.extend_from_slice(if matches!(key, "source" | "text") { b"\n\n\n" } else { b"\n" });
            if notebook.text.len() >= PIECE {
                notebook.hand_over();
            }
        }
        !notebook.stopped
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if let Some(lines) = self.lines {
            lines.push_str(text);
            return Ok(());
        }
        if self.take(text) { Ok(()) } else { Err(E::custom("nothing more is wanted")) }
    }

    /// Lines of one text are strings of one list.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { notebook, key, attached, .. } = self;
        let mut lines = Zeroizing::new(String::new());
        while list.next_element_seed(Value { notebook, key, attached, lines: Some(&mut lines) })?.is_some() {}
        if !lines.is_empty() && !(Value { notebook, key, attached, lines: None }).take(&lines) {
            return Err(A::Error::custom("nothing more is wanted"));
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { notebook, attached, .. } = self;
        while let Some(key) = map.next_key::<String>()? {
            let inner = match attached {
                None if key == "attachments" => Some(""),
                Some("") => Some(key.as_str()),
                within => within,
            };
            map.next_value_seed(Value { notebook, key: &key, attached: inner, lines: None })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Limits, Reason};
    use crate::unpack::recorded::{recognises, record, torture};

    const SAMPLE: &str = r#"{
 "cells": [
  {"attachments": {"note.txt": {"text/plain": "bmVlZGxl\nLTE="}}, "cell_type": "markdown", "metadata": {"needle_key": "needle-2"},
   "source": ["key = \"needle", "-3\"\n", "next"]},
  {"cell_type": "code", "execution_count": 1, "source": "x = 1.5", "outputs": [
   {"name": "stdout", "output_type": "stream", "text": ["needle-", "4\n"]},
   {"data": {"text/html": ["<b>needle</b>", "-5"], "image/png": "bmVlZGxlLTY=", "text/plain": "needle-7"}},
   {"ename": "E", "traceback": ["\u001b[0;31mneedle", "-8"]}]}
 ],
 "metadata": {"list": [null, true, [1, "needle-9"]]}, "nbformat": 4
}"#;

    #[test]
    fn cells_outputs_and_attachments_come_out() {
        assert!(recognises(&FORMAT, SAMPLE.as_bytes(), "") && recognises(&FORMAT, b"{\"metadata\":1}", "a.ipynb"));
        assert!(!recognises(&FORMAT, b"{\"metadata\":1}", "a.json") && !recognises(&FORMAT, b"[]", "a.ipynb"));
        let recorded = record(&FORMAT, SAMPLE.as_bytes(), &Limits::default());
        assert!(recorded.troubles.is_empty(), "{:?}", recorded.troubles);
        assert_eq!(recorded.named("note.txt").bytes, b"needle-1");
        assert_eq!(recorded.named("output.html").text(), "<b>needle</b>-5");
        let text = recorded.members.last().expect("there is text").text();
        for part in [
            "needle_key: needle-2\n",
            "key = \"needle-3\"\nnext\n\n",
            "needle-4\n",
            "needle-7\n",
            "needle-8\n",
            "needle-9\n",
        ] {
            assert!(text.contains(part), "{part:?} in {text:?}");
        }
        assert!(!text.contains("bmVl"), "{text:?}");
    }

    #[test]
    fn a_key_before_many_values_does_not_multiply() {
        let values = "[\"needle\"],".repeat(200_000);
        let text = |key: usize, limits: &Limits| {
            let notebook = format!("{{\"cells\":[],\"{}\":[{values}[\"last\"]]}}", "k".repeat(key));
            record(&FORMAT, notebook.as_bytes(), limits)
        };
        let long = text(100_000, &Limits::default());
        let total: usize = long.members.iter().map(|member| member.bytes.len()).sum();
        assert_eq!((total, long.troubles.len()), (200_000 * 7 + 5, 0));
        let limits = Limits { max_expanded: 1 << 20, ..Limits::default() };
        let short = text(90, &limits);
        let total: usize = short.members.iter().map(|member| member.bytes.len()).sum();
        assert_eq!(total, 200_000 * 99 + 97);
        assert!(short.members.len() > 10 && short.members.iter().all(|member| member.bytes.len() < 2 << 20));
    }

    #[test]
    fn what_came_before_the_damage_is_kept() {
        let damaged = &SAMPLE[..SAMPLE.find("image/png").expect("it is there")];
        let recorded = record(&FORMAT, damaged.as_bytes(), &Limits::default());
        assert!(recorded.members.last().expect("there is text").text().contains("needle-4"));
        assert_eq!(recorded.troubles[0].1.reason, Reason::Malformed);
        let deep = format!("{{\"cells\":{}", "[".repeat(1 << 20));
        assert_eq!(record(&FORMAT, deep.as_bytes(), &Limits::default()).troubles[0].1.reason, Reason::Malformed);
    }

    #[test]
    fn nothing_breaks_it() {
        torture(&FORMAT, SAMPLE.as_bytes());
    }
}
