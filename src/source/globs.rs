//! `--include` and `--exclude`.
//!
//! Holds: the globs of a walk. They read as lines of a `.gitignore` do: `*.min.js` at any depth,
//! `/build` and `src/gen` from the top, `vendor/**` all below, `!kept` takes an exclusion back.
//! Must not know: how a walk goes.

use std::path::{Component, Path};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::WalkError;

/// What to leave out. The top is both the target and the directory that a relative target is
/// relative to, so that a name can be copied from a report.
pub(super) struct Globs {
    include: Gitignore,
    exclude: Gitignore,
}

impl Globs {
    /// Compiles the globs as they were given.
    pub(super) fn new(include: &[String], exclude: &[String]) -> Result<Self, WalkError> {
        Ok(Self { include: compile("--include", include)?, exclude: compile("--exclude", exclude)? })
    }

    /// Globs that leave nothing out.
    pub(super) fn none() -> Self {
        Self { include: Gitignore::empty(), exclude: Gitignore::empty() }
    }

    /// Whether nothing can be left out.
    pub(super) fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    /// Whether what a walk met at this depth below its target is to be left out.
    pub(super) fn leave(&self, path: &Path, depth: usize, is_dir: bool) -> bool {
        if self.is_empty() {
            return false;
        }
        let below = path.ancestors().nth(depth).and_then(|root| path.strip_prefix(root).ok()).filter(|_| depth > 0);
        let shown = path.strip_prefix(".").unwrap_or(path);
        let plain = shown.components().all(|part| matches!(part, Component::Normal(_)));
        let name = path.file_name().map(Path::new);
        // A target outside the current directory is known to the globs by its name only.
        let forms = [if plain { Some(shown) } else { below.or(name) }, below.filter(|below| *below != shown || !plain)];
        let mut forms = forms.into_iter().flatten().filter(|form| !form.as_os_str().is_empty()).peekable();
        if forms.peek().is_none() {
            return false;
        }
        // What lies in an excluded directory is not met, so that only a target has to look upwards.
        let reach = if depth > 0 { 1 } else { usize::MAX };
        let (mut included, mut excluded) = (is_dir || self.include.is_empty(), false);
        for form in forms {
            included = included || covers(&self.include, form, is_dir, usize::MAX);
            excluded = excluded || covers(&self.exclude, form, is_dir, reach);
        }
        excluded || !included
    }
}

/// Whether a glob matches this or one of as many directories around it; the nearest match tells.
fn covers(globs: &Gitignore, path: &Path, is_dir: bool, reach: usize) -> bool {
    let parts = path.ancestors().take_while(|part| !part.as_os_str().is_empty()).take(reach);
    let mut matches = parts.enumerate().map(|(up, part)| globs.matched(part, is_dir || up > 0));
    matches.find(|found| !found.is_none()).is_some_and(|found| found.is_ignore())
}

fn compile(option: &'static str, globs: &[String]) -> Result<Gitignore, WalkError> {
    let mut builder = GitignoreBuilder::new("");
    builder.allow_unclosed_class(false);
    for glob in globs {
        // A line that begins so is a comment in a file, and is none here.
        let line = if glob.starts_with('#') { format!("\\{glob}") } else { glob.clone() };
        let bad = |why: &str| WalkError::Glob { option, glob: glob.clone(), why: why.to_owned() };
        if glob.trim().is_empty() {
            return Err(bad("it is empty"));
        }
        builder.add_line(None, &line).map_err(|error| bad(&error.to_string()))?;
    }
    builder.build().map_err(|error| WalkError::Glob { option, glob: globs.join(" "), why: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a walk would not read this file: it asks on every step from the target on.
    fn leave(include: &[&str], exclude: &[&str], path: &str, depth: usize) -> bool {
        let owned = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>();
        let globs = Globs::new(&owned(include), &owned(exclude)).unwrap();
        let mut steps = Path::new(path).ancestors().take(depth + 1).enumerate();
        steps.any(|(up, step)| globs.leave(step, depth - up, up > 0))
    }

    #[test]
    fn exclusions_read_like_a_gitignore() {
        assert!(leave(&[], &["*.min.js"], "./a/b.min.js", 2));
        assert!(leave(&[], &["vendor/**"], "./vendor/a", 2));
        assert!(leave(&[], &["vendor"], "./a/vendor", 2));
        assert!(!leave(&[], &["/vendor"], "./a/vendor", 2));
        assert!(!leave(&[], &["*.js", "!a.js"], "./a.js", 1));
        assert!(leave(&[], &["#x"], "./#x", 1));
        assert!(leave(&[], &["/*/"], "./a/b", 2) && !leave(&[], &["/*/"], "./b", 1));
    }

    #[test]
    fn globs_count_from_the_target_and_from_here() {
        for glob in ["src/gen/*", "gen/*", "/gen"] {
            assert!(leave(&[], &[glob], "src/gen/a", 2), "{glob}");
        }
        assert!(leave(&[], &["/gen"], "/srv/src/gen/a", 2));
        assert!(!leave(&[], &["srv"], "/srv/src/gen/a", 2), "where the target lies is no matter");
        assert!(!leave(&[], &["up"], "../up/x/a", 1));
    }

    #[test]
    fn inclusions_hold_for_all_below_and_lose_to_exclusions() {
        assert!(!leave(&["src"], &[], "./src/a/b", 3));
        assert!(leave(&["src"], &[], "./lib/a", 2));
        assert!(leave(&["*.rs"], &["gen"], "./gen/a.rs", 2));
    }

    #[test]
    fn a_target_is_left_only_if_its_own_name_says_so() {
        assert!(leave(&[], &["vendor"], "/srv/vendor", 0));
        assert!(!leave(&[], &["srv"], "/srv/vendor", 0));
        assert!(!leave(&[], &["*"], ".", 0));
    }

    #[test]
    fn a_bad_glob_is_named() {
        let error = Globs::new(&[], &["a[".to_owned()]).err().unwrap().to_string();
        assert!(error.starts_with("glob «a[» of --exclude"), "{error}");
        assert!(Globs::new(&[" ".to_owned()], &[]).is_err());
    }
}
