//! Where reports go.
//!
//! Holds: which format goes to which file, and writing to standard output. Must not know: what a
//! report says.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use ksefleaks::{Format, Outcome, Style, formats};

use crate::args::Looks;
use crate::files::{Target, why};

const WIDEST: usize = 120;
const WIDTH_OF_FILES: usize = 100;

/// Every report of a run and where it goes.
#[derive(Debug)]
pub(crate) struct Outputs {
    files: Vec<(&'static str, Target)>,
    standard: Option<&'static str>,
}

impl Outputs {
    /// The n-th format goes to the n-th file, one that is left over to standard output.
    pub(crate) fn new(names: &[String], files: &[PathBuf]) -> anyhow::Result<Self> {
        let mut names: Vec<&'static str> =
            names.iter().filter_map(|name| find(name)).map(|format| format.name).collect();
        if names.is_empty() {
            names.extend(formats().first().map(|format| format.name));
        }
        if files.len() > names.len() {
            bail!("{} of --output need as many of --format; there are {}", files.len(), names.len());
        }
        if names.len() > files.len() + 1 {
            bail!(
                "{} of --format but {} of --output: one format alone can go to standard output; name a file for each other",
                names.len(),
                files.len()
            );
        }
        let mut targets: Vec<(&'static str, Target)> = Vec::new();
        for (name, path) in names.iter().zip(files) {
            let target = Target::new("--output", path)?;
            if targets.iter().any(|(_, other)| other.path() == target.path()) {
                bail!("--output «{}» is given twice", path.display());
            }
            targets.push((name, target));
        }
        Ok(Self { standard: names.get(files.len()).copied(), files: targets })
    }

    /// Writes every report, the files first.
    pub(crate) fn write(&self, outcome: &Outcome, looks: &Looks) -> anyhow::Result<()> {
        let style = Style {
            color: false,
            width: WIDTH_OF_FILES,
            verbose: looks.verbose,
            quiet: looks.quiet,
            people: looks.people,
        };
        for (name, target) in &self.files {
            let format = find(name).ok_or_else(|| anyhow!("format {name} is unknown"))?;
            target.write(|out| format.report.write(outcome, &style, out))?;
        }
        let Some(format) = self.standard.and_then(find) else { return Ok(()) };
        let style = Style { color: looks.has_color(), width: width(), ..style };
        to_standard_output(looks, |out| format.report.write(outcome, &style, out))
    }
}

fn find(name: &str) -> Option<&'static Format> {
    formats().iter().find(|format| format.name == name)
}

/// Writes to standard output. Whoever closes the pipe has read enough: that is no error.
pub(crate) fn to_standard_output(
    looks: &Looks,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    let stdout = io::stdout().lock();
    let written = if looks.has_color() {
        let mut out = io::BufWriter::new(anstream::AutoStream::always(stdout));
        fill(&mut out).and_then(|()| out.flush())
    } else {
        let mut out = io::BufWriter::new(stdout);
        fill(&mut out).and_then(|()| out.flush())
    };
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(anyhow!("standard output cannot be written: {}", why(&error))),
        Ok(()) => Ok(()),
    }
}

/// The columns that a table may have: those of the terminal, or what the user says. What goes elsewhere is read by programs,
/// for which nothing is cut.
pub(crate) fn columns() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0);
    let is_terminal = io::stdout().is_terminal();
    said.unwrap_or_else(|| if is_terminal { width() } else { usize::MAX })
}

/// The columns of the terminal, or those of a page.
pub(crate) fn width() -> usize {
    let stdout = io::stdout();
    if !stdout.is_terminal() {
        return WIDTH_OF_FILES;
    }
    terminal_size::terminal_size_of(stdout).map_or(80, |(width, _)| usize::from(width.0)).min(WIDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(names: &[&str], files: &[&str]) -> Result<(Vec<&'static str>, Option<&'static str>), String> {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let files: Vec<PathBuf> = files.iter().map(|file| folder.path().join(file)).collect();
        let outputs = Outputs::new(&names, &files).map_err(|error| error.to_string())?;
        Ok((outputs.files.iter().map(|(name, _)| *name).collect(), outputs.standard))
    }

    #[test]
    fn the_nth_format_goes_to_the_nth_file() {
        assert_eq!(plan(&[], &[]), Ok((vec![], Some("text"))));
        assert_eq!(plan(&[], &["a"]), Ok((vec!["text"], None)));
        assert_eq!(plan(&["json"], &["a"]), Ok((vec!["json"], None)));
        assert_eq!(plan(&["json", "text"], &["a"]), Ok((vec!["json"], Some("text"))));
        assert_eq!(plan(&["json", "jsonl"], &["a", "b"]), Ok((vec!["json", "jsonl"], None)));
    }

    #[test]
    fn what_does_not_pair_is_refused() {
        assert!(plan(&["json", "text"], &[]).is_err());
        assert!(plan(&["json"], &["a", "b"]).is_err());
        assert!(plan(&["json", "text"], &["a", "a"]).is_err());
        assert!(plan(&["json"], &["absent/a"]).is_err());
    }
}
