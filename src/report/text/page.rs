//! Lines on a terminal: indents, labels, wrapping and colour.
//!
//! Holds: `Page`. All that is handed to it is made safe here, so that no caller can forget it.
//! Must not know: what is told.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style as Paint};
use unicode_width::UnicodeWidthStr;

use crate::base::Severity;
use crate::report::Style;
use crate::report::escape::terminal;

const LABEL: usize = 11;
const MARGIN: usize = 2 + LABEL + 1;
const NARROWEST: usize = 24;

/// Where a person reads.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    /// What was asked for.
    pub(super) style: Style,
}

impl<'a> Page<'a> {
    /// A page of the given looks.
    pub(super) fn new(out: &'a mut dyn Write, style: Style) -> Self {
        Self { out, style }
    }

    /// An empty line.
    pub(super) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A line that must not be overlooked.
    pub(super) fn alarm(&mut self, text: &str) -> io::Result<()> {
        let painted = self.paint(Paint::new().bold().fg_color(Some(AnsiColor::Red.into())), text);
        writeln!(self.out, "{painted}")
    }

    /// The title of a part of the page.
    pub(super) fn title(&mut self, text: &str) -> io::Result<()> {
        let painted = self.paint(Paint::new().bold(), text);
        writeln!(self.out, "{painted}")
    }

    /// A line under an entry of a list that is to be copied, and so is never broken.
    pub(super) fn copied(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "      {}", terminal(text))
    }

    /// The first line of a credential: how bad, how sure, what.
    pub(super) fn headline(&mut self, severity: Severity, rank: &str, title: &str, id: &str) -> io::Result<()> {
        let rank = self.paint(color(severity), rank);
        let title = self.paint(Paint::new().bold(), title);
        let id = self.paint(Paint::new().dimmed(), id);
        writeln!(self.out, "{rank}: {title} {id}")
    }

    /// A line that is to be copied, and so is never broken.
    pub(super) fn verbatim(&mut self, label: &str, text: &str) -> io::Result<()> {
        self.label(label)?;
        writeln!(self.out, "{}", terminal(text))
    }

    /// A text that may be broken between words.
    pub(super) fn prose(&mut self, label: &str, text: &str) -> io::Result<()> {
        let room = self.style.width.saturating_sub(MARGIN).max(NARROWEST);
        for (index, line) in wrap(text, room).into_iter().enumerate() {
            self.label(if index == 0 { label } else { "" })?;
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// A sentence that begins at the margin.
    pub(super) fn sentence(&mut self, text: &str) -> io::Result<()> {
        for line in wrap(text, self.style.width.max(NARROWEST)) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    /// An entry of a list, whose further lines stand under the first.
    pub(super) fn item(&mut self, text: &str) -> io::Result<()> {
        self.hanging(2, text)
    }

    /// An entry of a list within a list.
    pub(super) fn entry(&mut self, text: &str) -> io::Result<()> {
        self.hanging(4, text)
    }

    fn hanging(&mut self, margin: usize, text: &str) -> io::Result<()> {
        let room = self.style.width.saturating_sub(margin + 2).max(NARROWEST);
        for (index, line) in wrap(text, room).into_iter().enumerate() {
            writeln!(self.out, "{:1$}{line}", "", if index == 0 { margin } else { margin + 2 })?;
        }
        Ok(())
    }

    fn label(&mut self, label: &str) -> io::Result<()> {
        let padded = format!("{label:LABEL$}");
        let painted = if label.is_empty() { padded } else { self.paint(Paint::new().dimmed(), &padded) };
        write!(self.out, "  {painted} ")
    }

    fn paint(&self, paint: Paint, text: &str) -> String {
        let text = terminal(text);
        if self.style.color { format!("{paint}{text}{paint:#}") } else { text.into_owned() }
    }
}

fn color(severity: Severity) -> Paint {
    let color = match severity {
        Severity::Critical | Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low => AnsiColor::Cyan,
        Severity::Info => AnsiColor::Blue,
    };
    let paint = Paint::new().fg_color(Some(color.into()));
    if severity == Severity::Critical { paint.bold() } else { paint }
}

/// Breaks between words only: a path or a command that is longer than the room stays whole.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace().map(terminal) {
        if !line.is_empty() && line.width() + 1 + word.width() > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping_counts_columns_not_bytes() {
        assert_eq!(wrap("żółć gęś jaźń", 8), ["żółć gęś", "jaźń"]);
        assert_eq!(wrap("日本 語", 5), ["日本", "語"]);
    }

    #[test]
    fn what_has_no_space_stays_whole() {
        assert_eq!(wrap("see /srv/a/very/long/path now", 8), ["see", "/srv/a/very/long/path", "now"]);
        assert_eq!(wrap("", 8), [""]);
    }
}
