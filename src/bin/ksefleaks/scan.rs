//! `ksefleaks scan`.
//!
//! Holds: the steps of a search. Must not know: what each step does inside.

use anyhow::anyhow;
use ksefleaks::{Baseline, Outcome, Session};

use crate::args::ScanArgs;
use crate::exit::Exit;
use crate::files::Target;
use crate::output::Outputs;
use crate::progress::Line;
use crate::{message, plan, watch};

/// Searches, tells what was found and how that is to be judged.
pub(crate) fn run(args: &ScanArgs) -> anyhow::Result<Exit> {
    let common = &args.common;
    let outputs = Outputs::new(&common.format, &common.output)?;
    let baseline = common.write_baseline.as_deref().map(|path| Target::new("--write-baseline", path)).transpose()?;
    let session = Session::new(plan::scan(args)?).map_err(|error| anyhow!("{error}"))?;
    let outcome = watch::until_done(session, &mut Line::new(&common.looks))?;
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
    let found = outcome.findings.iter().filter_map(|finding| Some((finding.secret.sha256?, finding.rule.clone())));
    let text = Baseline::write(found.chain(outcome.known.iter().cloned()));
    target.write(|out| out.write_all(text.as_bytes()))
}
