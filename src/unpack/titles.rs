//! The names of the sheets of a workbook.
//!
//! Holds: that no two are the same, so that a row is that of one sheet. Must not know: any format of sheets.

use std::collections::HashMap;
use std::sync::Arc;

/// How many characters of a name are kept.
const LONGEST: usize = 255;

/// The names that were given, each with how often it was asked for.
#[derive(Default)]
pub(super) struct Titles(HashMap<Arc<str>, u64>);

impl Titles {
    /// The name of the next sheet: its own, or that with a number behind it where another has it already.
    pub(super) fn next(&mut self, name: &str) -> Arc<str> {
        let own: Arc<str> = name.chars().take(LONGEST).collect::<String>().into();
        let mut title = Arc::clone(&own);
        while self.0.contains_key(&title) {
            let count = self.0.entry(Arc::clone(&own)).or_insert(1);
            *count += 1;
            title = format!("{own} ({count})").trim_start().into();
        }
        self.0.insert(Arc::clone(&title), 1);
        title
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_sheets_have_one_name() {
        let mut titles = Titles::default();
        let names = ["a", "a (2)", "a", "", "a", "", "b"].map(|name| titles.next(name));
        assert_eq!(names.each_ref().map(|name| &**name), ["a", "a (2)", "a (3)", "", "a (4)", "(2)", "b"]);
    }
}
