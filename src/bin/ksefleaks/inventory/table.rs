//! Tables that fit the terminal.
//!
//! Holds: which columns there is room for, and how what is too long is cut. Must not know: what is in a cell.

use ksefleaks::escape_terminal;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Blanks between columns.
const GAP: usize = 2;

/// A column is cut to no less.
const NARROWEST: usize = 6;

/// Rows under headings, within so many columns of characters.
pub(super) fn table(headings: &[&str], rows: &[Vec<String>], width: usize) -> String {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| escape_terminal(cell).into_owned()).collect()).collect();
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width());
        cells.chain([headings[column].width()]).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..headings.len()).map(widest).collect();
    let total = |widths: &[usize]| widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    // The widest gives way first.
    while total(&widths) > width {
        let Some(column) = (0..widths.len()).max_by_key(|column| widths[*column]) else { break };
        if widths[column] <= NARROWEST {
            break;
        }
        widths[column] -= 1;
    }
    let mut text = String::new();
    line(&mut text, &headings.iter().map(|heading| (*heading).to_owned()).collect::<Vec<_>>(), &widths);
    rows.iter().for_each(|row| line(&mut text, row, &widths));
    text
}

fn line(text: &mut String, cells: &[String], widths: &[usize]) {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        let cell = cut(cell, *width);
        line.push_str(&cell);
        line.extend(std::iter::repeat_n(' ', (width + GAP).saturating_sub(cell.width())));
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

/// A cell without what there is no room for.
fn cut(cell: &str, width: usize) -> String {
    if cell.width() <= width {
        return cell.to_owned();
    }
    let mut short = String::new();
    let mut room = width.saturating_sub(1);
    for letter in cell.chars() {
        let own = letter.width().unwrap_or(0);
        if own > room {
            break;
        }
        room -= own;
        short.push(letter);
    }
    short + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fits_and_is_cut_where_it_is_widest() {
        let rows = [vec!["1".to_owned(), "x".repeat(50)], vec!["22".to_owned(), "zażółć".to_owned()]];
        assert_eq!(table(&["no", "name"], &rows, 20), format!("no  name\n1   {}…\n22  zażółć\n", "x".repeat(15)));
        assert!(table(&["no", "name"], &rows, 100).contains(&"x".repeat(50)));
    }

    #[test]
    fn what_a_terminal_would_act_upon_is_escaped() {
        assert!(!table(&["a"], &[vec!["\u{1b}[2J".to_owned()]], 80).contains('\u{1b}'));
    }
}
