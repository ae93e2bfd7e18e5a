//! Two commands in turn, and how long one takes beside the other.
//!
//! Holds: the timing of whole processes. Must not know: which commands.

use std::process::{Command, Stdio};
use std::time::Instant as Clock;

/// A name and the words of a command.
pub struct Named<'a> {
    pub name: &'a str,
    pub words: &'a [String],
}

/// Runs both once, then in turn, and prints the median of the ratios of their times.
pub fn compare(rounds: usize, ours: &Named<'_>, theirs: &Named<'_>, goals: &str) {
    if run(theirs.words).is_none() {
        println!("  {} is not installed; not compared", theirs.name);
        return;
    }
    run(ours.words);
    let pair = |_| Some((run(ours.words)?, run(theirs.words)?));
    let mut pairs: Vec<(f64, f64)> = (0..rounds).filter_map(pair).collect();
    pairs.sort_by(|one, another| (one.0 / one.1).total_cmp(&(another.0 / another.1)));
    let Some(median) = pairs.get(pairs.len() / 2) else { return };
    println!("  {}: {:.1} ms, {}: {:.1} ms", ours.name, median.0 * 1e3, theirs.name, median.1 * 1e3);
    println!("  ratio, median of {rounds} pairs: {:.3}   ({goals})", median.0 / median.1);
}

/// Seconds of one run; nothing where the program is absent.
pub fn run(command: &[String]) -> Option<f64> {
    let began = Clock::now();
    let mut process = Command::new(&command[0]);
    process.args(&command[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    process.status().ok()?;
    Some(began.elapsed().as_secs_f64())
}

/// The words of a command.
pub fn words(command: &[&str]) -> Vec<String> {
    command.iter().map(|word| (*word).to_owned()).collect()
}
