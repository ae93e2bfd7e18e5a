//! `ksefleaks scan` and `ksefleaks git`.
//!
//! Holds: the steps of a search. Must not know: what is searched, or what each step does inside.

use anyhow::anyhow;
use ksefleaks::{Baseline, Outcome, Plan, Quieter, Session};

use crate::args::SearchArgs;
use crate::exit::Exit;
use crate::files::Target;
use crate::output::Outputs;
use crate::progress::Line;
use crate::{message, watch};

/// Searches, tells what was found and how that is to be judged.
pub(crate) fn run(common: &SearchArgs, plan: impl FnOnce() -> anyhow::Result<Plan>) -> anyhow::Result<Exit> {
    let outputs = Outputs::new(&common.format, &common.output)?;
    let baseline = common.write_baseline.as_deref().map(|path| Target::new("--write-baseline", path)).transpose()?;
    let session = Session::new(plan()?).map_err(|error| anyhow!("{error}"))?;
    let outcome = watch::until_done(session, &mut Line::new(&common.looks), None)?;
    if let Some(target) = &baseline {
        write_baseline(target, &outcome)?;
    }
    outputs.write(&outcome, &common.looks)?;
    Ok(Exit::of(&outcome, common.fail_on))
}

/// Writes every credential that is there now, reported or known. A run that was stopped has not met
/// all of them and must not shorten a baseline.
fn write_baseline(target: &Target, outcome: &Outcome) -> anyhow::Result<()> {
    if outcome.summary.interrupted {
        message::tell("interrupted: --write-baseline wrote nothing");
        return Ok(());
    }
    let unnamed = outcome.findings.iter().filter(|finding| finding.fingerprints().next().is_none()).count();
    if unnamed > 0 {
        message::tell(&format!(
            "{unnamed} without a fingerprint cannot stand in a baseline; allow them in .ksefleaks.toml"
        ));
    }
    let known = outcome.suppressed.iter().filter(|known| known.by == Quieter::Baseline).map(|known| &known.finding);
    let all = outcome.findings.iter().chain(known);
    let text = Baseline::write(all.filter_map(|finding| Some((finding.fingerprints().next()?, finding.rule.clone()))));
    target.write(|out| out.write_all(text.as_bytes()))
}
