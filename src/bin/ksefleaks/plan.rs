//! From arguments to a plan.
//!
//! Holds: what each argument means, once, so that nothing after it reads arguments. Must not know: how
//! the plan is carried out.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use anyhow::{Context, anyhow, bail};
use ksefleaks::{
    Baseline, Books, Cache, Commits, Confidence, Git, GitPlan, Instant, Limits, LimitsPatch, Part, Plan, Revision,
    RunFacts, Secret, Source, Target, Walk, files_from,
};

use zeroize::Zeroizing;

use crate::args::{GitArgs, Looks, ScanArgs, SearchArgs};
use crate::config::{self, Loaded};
use crate::{files, inventory, message};

const SCHEMA: u32 = 1;
/// Passwords that are tried on each thing that is locked; one costs as much as a tenth of a second.
const MOST_PASSWORDS: usize = 1000;
const STDIN: &str = "-";

/// What `scan` is to do.
pub(crate) fn scan(args: &ScanArgs) -> anyhow::Result<Plan> {
    on_terms(terms(&args.common)?, "scan", named(args), Source::Walk(walk(args)?))
}

/// What `git` is to do.
pub(crate) fn git(args: &GitArgs) -> anyhow::Result<Plan> {
    let terms = terms(&args.common)?;
    let mut repositories = args.repositories.clone();
    if repositories.is_empty() {
        repositories.push(PathBuf::from("."));
    }
    let targets = repositories.iter().map(|path| path.display().to_string()).collect();
    let cache = args.cache.clone().map(|directory| Cache { directory, depends_on: terms.fingerprint() });
    let git = GitPlan {
        repositories,
        recursive: args.recursive,
        part: part(args),
        worktree: args.worktree,
        quarantine: Vec::new(),
        cache,
        jobs: threads(args.common.jobs),
    };
    let git = Git::open(git).map_err(|error| anyhow!("{error}"))?;
    on_terms(terms, "git", targets, Source::Git(Box::new(git)))
}

fn part(args: &GitArgs) -> Part {
    if args.staged {
        return Part::Staged { index: None };
    }
    if args.range.is_empty() && args.branch.is_empty() && args.since.is_none() {
        return Part::Everything;
    }
    let branches = args.branch.iter().map(|name| Revision::Branch(name.clone()));
    let ranges = args.range.iter().map(|range| Revision::Range(range.clone()));
    Part::Commits(Commits {
        revisions: branches.chain(ranges).collect(),
        only_new: false,
        hidden: Vec::new(),
        since: args.since.clone(),
    })
}

/// The terms that the arguments of every search set.
fn terms(common: &SearchArgs) -> anyhow::Result<Terms<'_>> {
    Ok(Terms {
        loaded: config::load(common.config.as_deref())?,
        limits: common.limits.patch(),
        baseline: common.baseline.as_deref(),
        inventory: inventory::asked(&common.inventory)?,
        comments: !common.no_allow,
        min_confidence: common.min_confidence.into(),
        now: common.now.unwrap_or_else(Instant::now),
        passwords: passwords(&common.password_file)?,
        unlock: !common.no_unlock,
        jobs: threads(common.jobs),
        looks: &common.looks,
    })
}

/// Passwords that people wrote down, one a line; an empty line is none.
pub(crate) fn passwords(paths: &[PathBuf]) -> anyhow::Result<Vec<Secret>> {
    let mut passwords = Vec::new();
    for path in paths {
        let text = Zeroizing::new(files::read(path, "--password-file")?);
        // What an editor puts before the text is no part of it.
        let lines = text.strip_prefix('\u{FEFF}').unwrap_or(&text).lines().filter(|line| !line.is_empty());
        passwords.extend(lines.map(|line| Secret::new(line.as_bytes().to_vec())));
    }
    if passwords.len() > MOST_PASSWORDS {
        bail!("--password-file: {} passwords exceed the {MOST_PASSWORDS} that are tried; give fewer", passwords.len());
    }
    Ok(passwords)
}

/// What a search is told besides what it looks at.
pub(crate) struct Terms<'a> {
    /// The configuration.
    pub(crate) loaded: Loaded,
    /// Limits that go before those of the configuration.
    pub(crate) limits: LimitsPatch,
    /// What is known.
    pub(crate) baseline: Option<&'a Path>,
    /// Whose credentials are known.
    pub(crate) inventory: Option<Books>,
    /// Whether comments in what is searched allow a line.
    pub(crate) comments: bool,
    /// The least that is reported.
    pub(crate) min_confidence: Confidence,
    /// The clock.
    pub(crate) now: Instant,
    /// What is tried on what is locked.
    pub(crate) passwords: Vec<Secret>,
    /// Whether what is locked is tried with what is found near it.
    pub(crate) unlock: bool,
    /// How many threads there may be.
    pub(crate) jobs: usize,
    /// How much is told.
    pub(crate) looks: &'a Looks,
}

impl Terms<'_> {
    /// The ceilings that hold.
    fn ceilings(&self) -> Limits {
        let mut limits = Limits::default();
        self.loaded.config.limits.apply(&mut limits);
        self.limits.apply(&mut limits);
        limits
    }

    /// Whatever changes what is found in the same bytes.
    fn fingerprint(&self) -> String {
        format!("{} {} {:?}", env!("CARGO_PKG_VERSION"), self.loaded.rules.digest(), self.ceilings())
    }
}

/// A search on terms that are agreed.
pub(crate) fn on_terms(terms: Terms<'_>, command: &str, targets: Vec<String>, source: Source) -> anyhow::Result<Plan> {
    let limits = terms.ceilings();
    let Terms { loaded: Loaded { config, rules, path }, now, passwords, unlock, jobs, .. } = terms;
    warn(terms.looks, &config.allow, path.as_deref(), now);
    let baseline = terms.baseline.map(baseline).transpose()?;
    let inventory = terms.inventory;
    let facts = RunFacts {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules: format!("sha256:{}", rules.digest()),
        command: command.to_owned(),
        targets,
        started: now,
    };
    Ok(Plan {
        facts,
        source,
        rules,
        limits,
        passwords,
        unlock,
        jobs,
        allow: config.allow,
        baseline,
        inventory,
        comments: terms.comments,
        min_confidence: terms.min_confidence,
        now,
    })
}

fn warn(looks: &Looks, allow: &ksefleaks::AllowList, path: Option<&Path>, now: Instant) {
    let Some(path) = path else { return };
    if looks.verbose > 0 {
        message::tell(&format!("configuration «{}» holds", path.display()));
    }
    let over = allow.expired(now);
    if over > 0 && !looks.quiet {
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
    Ok(Walk {
        targets: targets(args)?,
        include: args.include.clone(),
        exclude: args.exclude.clone(),
        respect_gitignore: args.respect_gitignore,
        follow: args.follow,
        one_file_system: args.one_file_system,
        jobs: threads(args.common.jobs),
    })
}

/// How many threads to use.
pub(crate) fn threads(jobs: Option<u16>) -> usize {
    jobs.map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from)
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
