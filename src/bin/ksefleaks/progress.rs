//! How far a run has come, on the terminal of whoever waits.
//!
//! Holds: the progress line. It is drawn only after a while, so that a short run pays nothing. Must not
//! know: who counts.

use std::fmt::Write as _;
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{BinaryBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use ksefleaks::Progress;

use crate::args::Looks;

/// The line, if one is wanted.
pub(crate) struct Line {
    wanted: bool,
    began: Instant,
    bar: Option<ProgressBar>,
}

impl Line {
    /// A line on standard error, where that is a terminal and nobody declined it.
    pub(crate) fn new(looks: &Looks) -> Self {
        let wanted = !looks.no_progress && !looks.quiet && stderr().is_terminal();
        Self { wanted, began: Instant::now(), bar: None }
    }

    /// Draws it anew.
    pub(crate) fn draw(&mut self, progress: &Progress) {
        if !self.wanted {
            return;
        }
        let text = words(progress, self.began.elapsed());
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{spinner} {wide_msg}").ok();
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Some(style) = style { bar.with_style(style) } else { bar }
        });
        bar.set_message(text);
        bar.tick();
    }

    /// Takes it away, before anything else is written.
    pub(crate) fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn words(progress: &Progress, elapsed: Duration) -> String {
    let millis = elapsed.as_millis().max(1);
    let rate = u64::try_from(u128::from(progress.bytes) * 1000 / millis).unwrap_or(u64::MAX);
    let objects =
        if progress.objects > 0 { format!("{} objects, ", HumanCount(progress.objects)) } else { String::new() };
    let mut text = format!(
        "{objects}{} files, {} at {}/s, {}, found {}",
        HumanCount(progress.files),
        BinaryBytes(progress.bytes),
        BinaryBytes(rate),
        clock(elapsed.as_secs()),
        HumanCount(progress.findings),
    );
    if let Some((tried, all)) = progress.keys {
        let _ = write!(text, ", passwords tried on {tried} of {all} locked keys");
        return text;
    }
    let left = progress.total.and_then(|total| total.checked_sub(progress.bytes)).filter(|_| rate > 0);
    if let Some(left) = left {
        let _ = write!(text, ", about {} left", clock(left / rate));
    }
    text
}

fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_how_far_and_how_long_yet() {
        let mut progress = Progress { files: 12_345, objects: 0, bytes: 3 << 30, findings: 2, total: None, keys: None };
        let elapsed = Duration::from_secs(64);
        assert_eq!(words(&progress, elapsed), "12,345 files, 3.00 GiB at 48.00 MiB/s, 1:04, found 2");
        progress.total = Some(6 << 30);
        assert!(words(&progress, elapsed).ends_with(", about 1:04 left"));
        progress.total = Some(1);
        assert!(words(&progress, elapsed).ends_with("found 2"), "a total that was passed is none");
        progress.bytes = 0;
        assert!(words(&progress, Duration::ZERO).ends_with("found 2"));
        assert_eq!(clock(3661), "1:01:01");
    }
}
