//! From arguments to a plan.
//!
//! Holds: what each argument means, once, so that nothing after it reads arguments. Must not know: how
//! the plan is carried out.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use anyhow::{Context, anyhow, bail};
use ksefleaks::{Baseline, Instant, Limits, Plan, RunFacts, Target, Walk, files_from};

use crate::args::{ScanArgs, SearchArgs};
use crate::config::{self, Loaded};
use crate::{files, message};

const SCHEMA: u32 = 1;
const STDIN: &str = "-";

/// What `scan` is to do.
pub(crate) fn scan(args: &ScanArgs) -> anyhow::Result<Plan> {
    let common = &args.common;
    let now = common.now.unwrap_or_else(Instant::now);
    let Loaded { config, rules, path } = config::load(common.config.as_deref())?;
    warn(common, &config.allow, path.as_deref(), now);
    let mut limits = Limits::default();
    config.limits.apply(&mut limits);
    common.limits.patch().apply(&mut limits);
    let baseline = common.baseline.as_deref().map(baseline).transpose()?;
    let facts = RunFacts {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules: format!("sha256:{}", rules.digest()),
        command: "scan".to_owned(),
        targets: named(args),
        started: now,
    };
    Ok(Plan {
        facts,
        walk: walk(args)?,
        rules,
        limits,
        allow: config.allow,
        baseline,
        comments: !common.no_allow,
        min_confidence: common.min_confidence.into(),
        now,
    })
}

fn warn(common: &SearchArgs, allow: &ksefleaks::AllowList, path: Option<&Path>, now: Instant) {
    let Some(path) = path else { return };
    if common.looks.verbose > 0 {
        message::tell(&format!("configuration «{}» holds", path.display()));
    }
    let over = allow.expired(now);
    if over > 0 && !common.looks.quiet {
        message::tell(&format!(
            "{over} allowed in «{}» until a day that has passed: no longer allowed",
            path.display()
        ));
    }
}

fn baseline(path: &Path) -> anyhow::Result<Baseline> {
    let text = files::read(path, "baseline")?;
    Baseline::parse(&text).map_err(|error| anyhow!("{error}")).with_context(|| format!("baseline «{}»", path.display()))
}

/// What was named, as it was given.
fn named(args: &ScanArgs) -> Vec<String> {
    match (args.paths.is_empty(), &args.files_from) {
        (true, None) => vec![".".to_owned()],
        (true, Some(list)) => vec![format!("--files-from {}", list.display())],
        (false, _) => args.paths.iter().map(|path| path.display().to_string()).collect(),
    }
}

fn walk(args: &ScanArgs) -> anyhow::Result<Walk> {
    let jobs = args.common.jobs.map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
    Ok(Walk {
        targets: targets(args)?,
        include: args.include.clone(),
        exclude: args.exclude.clone(),
        respect_gitignore: args.respect_gitignore,
        follow: args.follow,
        one_file_system: args.one_file_system,
        jobs,
    })
}

fn targets(args: &ScanArgs) -> anyhow::Result<Vec<Target>> {
    let stdin = Path::new(STDIN);
    let mut paths = args.paths.clone();
    let reads = paths.iter().chain(&args.files_from).filter(|path| *path == stdin).count();
    if reads > 1 {
        bail!("standard input can be read once, but «-» is given {reads} times");
    }
    let mut targets: Vec<Target> = Vec::new();
    if let Some(list) = &args.files_from {
        targets.extend(listed(list)?.into_iter().map(Target::Path));
    } else if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    targets.extend(paths.into_iter().map(|path| if path == stdin { Target::Stdin } else { Target::Path(path) }));
    Ok(targets)
}

fn listed(list: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let about = || format!("--files-from «{}»", list.display());
    let paths = if list == Path::new(STDIN) {
        files_from(&mut std::io::stdin().lock())
    } else {
        let mut file = File::open(list).map_err(|error| anyhow!(files::why(&error))).with_context(about)?;
        files_from(&mut file)
    };
    paths.map_err(|error| anyhow!("{error}")).with_context(about)
}
