//! `ksefleaks hook run`.
//!
//! Holds: the search of a hook, and whether git may go on. Must not know: what is searched, or the words
//! of a refusal.

use std::time::Instant as Clock;

use anyhow::anyhow;
use ksefleaks::{Confidence, Instant, LimitsPatch, Outcome, Reason, Session};

use super::Occasion;
use super::environment;
use super::errand::{Errand, errand, files_given};
use super::refusal::{self, Judged};
use crate::args::{HookKind, HookRunArgs, Looks, OnTimeout};
use crate::config::{self, Loaded};
use crate::exit::{Exit, FailOn};
use crate::progress::Line;
use crate::watch::Allowance;
use crate::{inventory, message, plan, watch};

/// Seconds that a push waits for a server, unless that says otherwise.
const SERVER_SECONDS: u32 = 20;

/// The configuration of a server, in the repository itself.
const SERVER_CONFIG: &str = "ksefleaks.toml";

/// Searches, and tells git whether to go on.
pub(super) fn run(args: &HookRunArgs) -> Exit {
    let seconds = args.terms.max_time.or((args.kind == HookKind::PreReceive).then_some(SERVER_SECONDS));
    let allowance = seconds.map(|seconds| Allowance { began: Clock::now(), seconds });
    search(args, allowance).unwrap_or_else(|error| {
        message::tell(&format!("{error:#}"));
        message::tell(&refusal::could_not_run(args.kind));
        Exit::Failed
    })
}

fn search(args: &HookRunArgs, allowance: Option<Allowance>) -> anyhow::Result<Exit> {
    let Some(Errand { occasion, source }) = errand(args)? else {
        told(args, "nothing is pushed but deletions: nothing to search");
        return Ok(Exit::Clean);
    };
    let outcome = outcome(args, source, allowance)?;
    if occasion == Occasion::Commit && is_empty(&outcome) {
        if let Some(Errand { occasion, source }) = files_given(args) {
            return Ok(judge(args, occasion, &self::outcome(args, source, allowance)?));
        }
        message::tell("nothing is staged that a commit would bring: nothing to search");
    }
    Ok(judge(args, occasion, &outcome))
}

/// Whether there was nothing to look at, and that is certain.
fn is_empty(outcome: &Outcome) -> bool {
    let summary = &outcome.summary;
    summary.complete && summary.blobs == 0 && summary.files == 0 && outcome.findings.is_empty()
}

fn outcome(args: &HookRunArgs, source: ksefleaks::Source, allowance: Option<Allowance>) -> anyhow::Result<Outcome> {
    let serves = args.kind == HookKind::PreReceive;
    // What the configuration is called on a server is nothing that a pusher should read.
    let looks = Looks { no_progress: serves, quiet: serves, ..Looks::default() };
    let terms = plan::Terms {
        loaded: loaded(args)?,
        limits: LimitsPatch::default(),
        baseline: args.terms.baseline.as_deref(),
        inventory: inventory::named(&args.terms)?,
        comments: !args.terms.no_allow && !serves,
        min_confidence: Confidence::Possible,
        now: Instant::now(),
        passwords: Vec::new(),
        // A hook answers at once; that a key is locked does not let it pass.
        unlock: false,
        jobs: plan::threads(args.terms.jobs),
        looks: &looks,
    };
    let plan = plan::on_terms(terms, "hook", vec![args.kind.name().to_owned()], source)?;
    let session = Session::new(plan).map_err(|error| anyhow!("{error}"))?;
    watch::until_done(session, &mut Line::new(&looks), allowance)
}

/// A server obeys what was named to it or stands in its own repository; whatever stands around that may be
/// a work tree, and so have been pushed.
fn loaded(args: &HookRunArgs) -> anyhow::Result<Loaded> {
    match (&args.terms.config, args.kind) {
        (None, HookKind::PreReceive) => config::load_at(&environment::repository().join(SERVER_CONFIG)),
        (named, _) => config::load(named.as_deref()),
    }
}

fn judge(args: &HookRunArgs, occasion: Occasion, outcome: &Outcome) -> Exit {
    let fail_on = args.terms.fail_on.unwrap_or(FailOn::Likely);
    let exit = Exit::of(outcome, fail_on);
    let judged = Judged {
        kind: args.kind,
        occasion,
        outcome,
        fail_on,
        comments: !args.terms.no_allow && args.kind != HookKind::PreReceive,
    };
    match exit {
        Exit::Findings => message::show(&judged.refusal()),
        Exit::Incomplete => {
            let refuses = refuses_incomplete(args, outcome);
            message::show(&judged.incomplete(refuses));
            return if refuses { Exit::Incomplete } else { Exit::Clean };
        }
        Exit::Interrupted => message::tell(&refusal::could_not_run(args.kind)),
        Exit::Clean | Exit::Failed => {}
    }
    if exit == Exit::Clean {
        told(args, &judged.searched());
        judged.doubts().iter().for_each(|doubt| message::tell(doubt));
    }
    exit
}

/// Whether what was not looked at is a reason to refuse.
fn refuses_incomplete(args: &HookRunArgs, outcome: &Outcome) -> bool {
    let is_late = |notice: &ksefleaks::Notice| notice.reason == Reason::TooLong;
    let (late, other): (Vec<_>, Vec<_>) =
        outcome.notices.iter().filter(|notice| notice.incomplete).partition(|notice| is_late(notice));
    let refuses_late = args.terms.on_timeout.map_or(args.terms.strict, |policy| policy == OnTimeout::Refuse);
    (refuses_late && !late.is_empty()) || (args.terms.strict && (!other.is_empty() || late.is_empty()))
}

fn told(args: &HookRunArgs, text: &str) {
    if args.verbose {
        message::tell(text);
    }
}
