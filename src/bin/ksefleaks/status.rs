//! `ksefleaks status`.
//!
//! Holds: the steps from earlier findings to their standing now. Must not know: how a standing is set.

use anyhow::{Context, anyhow};
use ksefleaks::{Instant, earlier, status};

use crate::args::StatusArgs;
use crate::exit::Exit;
use crate::output::Outputs;
use crate::plan::threads;
use crate::{files, inventory};

/// Tells the standing of what was found earlier.
pub(crate) fn run(args: &StatusArgs) -> anyhow::Result<Exit> {
    let outputs = Outputs::new(&args.format, &args.output)?;
    let books = inventory::asked(&args.inventory)?.ok_or_else(|| {
        anyhow!("there is no inventory: name one with --inventory, or make one with «ksefleaks inventory init»")
    })?;
    let text = files::read_findings(&args.path)?;
    let about = || format!("«{}»", args.path.display());
    let mut outcome = earlier(&text).map_err(|error| anyhow!("{error}")).with_context(about)?;
    status(&mut outcome, &books, args.now.unwrap_or_else(Instant::now), threads(None));
    outputs.write(&outcome, &args.looks)?;
    Ok(Exit::of(&outcome, args.fail_on))
}
