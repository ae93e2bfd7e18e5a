//! What a user has decided to pass over.
//!
//! Holds: the entries `[[allow]]` of a configuration. An allowed path is scanned all the same and
//! its findings are quieted and counted, so that an entry which ends brings them back. Must not
//! know: who asks. A new condition is a field of `Entry`, an arm of `Entry::set` and a line of
//! `Entry::holds`.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use toml::de::{DeTable, DeValue};

use crate::base::{Fingerprint, Instant};

use super::spot::{ConfigError, Spotted, Value, in_order};

const KEYS: &[&str] = &["sha256", "rule", "path", "reason", "until"];
const DAY: i64 = 86_400_000;

/// All entries.
#[derive(Clone, Debug, Default)]
pub struct AllowList(Vec<Entry>);

#[derive(Clone, Debug, Default)]
struct Entry {
    sha256: Option<Fingerprint>,
    rule: Option<String>,
    path: Option<GlobSet>,
    reason: String,
    /// The first instant at which it no longer counts.
    end: Option<Instant>,
}

impl AllowList {
    /// The reason of the first entry that still counts and covers a credential, known by any of its
    /// fingerprints, as that rule found it in that file. Nothing where none does.
    pub fn allows(&self, fingerprints: &[Fingerprint], rule: &str, path: &str, now: Instant) -> Option<&str> {
        let covers = |entry: &&Entry| !entry.is_over(now) && entry.holds(fingerprints, rule, path);
        self.0.iter().find(covers).map(|entry| entry.reason.as_str())
    }

    /// How many entries no longer count.
    pub fn expired(&self, now: Instant) -> usize {
        self.0.iter().filter(|entry| entry.is_over(now)).count()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is allowed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn read(source: Spotted<'_>, value: &Value<'_>) -> Result<Self, ConfigError> {
        let tables = source.tables("allow", value)?;
        tables.into_iter().map(|(table, value)| Entry::read(source, table, value)).collect::<Result<_, _>>().map(Self)
    }
}

impl Entry {
    fn read(source: Spotted<'_>, table: &DeTable<'_>, value: &Value<'_>) -> Result<Self, ConfigError> {
        let mut entry = Self::default();
        for (key, value) in in_order(table) {
            let name = KEYS.iter().copied().find(|known| known == key.get_ref());
            entry.set(source, name.ok_or_else(|| source.unknown(key, KEYS))?, value)?;
        }
        if entry.reason.is_empty() {
            return Err(
                source.error(value.span().start, "an allow entry takes a reason, in words for whoever asks later")
            );
        }
        if entry.sha256.is_none() && entry.rule.is_none() && entry.path.is_none() {
            return Err(
                source.error(value.span().start, "an allow entry takes sha256, rule or path, or several of them")
            );
        }
        Ok(entry)
    }

    fn set(&mut self, source: Spotted<'_>, name: &str, value: &Value<'_>) -> Result<(), ConfigError> {
        let wrong = |problem: &str| source.error(value.span().start, problem);
        if name == "until" {
            self.end =
                Some(day_after(value).ok_or_else(|| wrong("until takes a date such as 2027-01-31, without quotes"))?);
            return Ok(());
        }
        let text = source.text(name, value)?.trim();
        match name {
            "sha256" => {
                let fingerprint =
                    text.parse().map_err(|()| wrong("sha256 takes 64 hexadecimal digits, as findings show them"))?;
                self.sha256 = Some(fingerprint);
            }
            "rule" if text.is_empty() => return Err(wrong("rule takes the id of a rule")),
            "rule" => self.rule = Some(text.to_owned()),
            "path" => self.path = Some(globs(text).ok_or_else(|| wrong("path takes a glob such as tests/data/**"))?),
            _ => text.clone_into(&mut self.reason),
        }
        Ok(())
    }

    fn is_over(&self, now: Instant) -> bool {
        self.end.is_some_and(|end| now >= end)
    }

    fn holds(&self, fingerprints: &[Fingerprint], rule: &str, path: &str) -> bool {
        let path = path.strip_prefix("./").unwrap_or(path);
        self.sha256.is_none_or(|sha256| fingerprints.contains(&sha256))
            && self.rule.as_ref().is_none_or(|id| id == rule)
            && self.path.as_ref().is_none_or(|globs| globs.is_match(path))
    }
}

/// The end of the day that a TOML date names.
fn day_after(value: &Value<'_>) -> Option<Instant> {
    let DeValue::Datetime(stamp) = value.get_ref() else { return None };
    if stamp.time.is_some() || stamp.offset.is_some() {
        return None;
    }
    let date = stamp.date?;
    let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
    let first = Instant::from_day(i16::try_from(date.year).ok()?, month, day)?;
    Instant::from_millis(first.millis() + DAY)
}

/// A glob holds for a file or a folder with all in it. Unless it begins with a slash it may stand
/// below any folders, for the path of a file depends on where the scan was started.
fn globs(glob: &str) -> Option<GlobSet> {
    let glob = glob.strip_prefix("./").unwrap_or(glob);
    let glob = glob.strip_suffix('/').unwrap_or(glob);
    if glob.is_empty() {
        return None;
    }
    let below = if glob.starts_with('/') || glob.starts_with("**/") { "" } else { "**/" };
    let mut set = GlobSetBuilder::new();
    for end in ["", "/**"] {
        set.add(GlobBuilder::new(&format!("{below}{glob}{end}")).literal_separator(true).build().ok()?);
    }
    set.build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<AllowList, ConfigError> {
        let source = Spotted(text);
        let table = source.table()?;
        AllowList::read(source, table.get("allow").unwrap())
    }

    fn now(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn allows_path(glob: &str, path: &str) -> bool {
        let list = list(&format!("[[allow]]\npath = '{glob}'\nreason = 'x'")).unwrap();
        list.allows(&[], "ksef-token", path, now("2026-11-21")).is_some()
    }

    #[test]
    fn all_conditions_of_an_entry_must_hold() {
        let print = Fingerprint::of_public(b"a");
        let alias = Fingerprint::of_public(b"b");
        let text = format!("[[allow]]\nsha256 = '{alias}'\nrule = 'ksef-token'\npath = 'a/*.env'\nreason = 'revoked'");
        let list = list(&text).unwrap();
        let now = now("2026-11-21");
        assert_eq!(list.allows(&[print, alias], "ksef-token", "a/x.env", now), Some("revoked"));
        assert_eq!(list.allows(&[print], "ksef-token", "a/x.env", now), None);
        assert_eq!(list.allows(&[print, alias], "ksef-jwt", "a/x.env", now), None);
        assert_eq!(list.allows(&[print, alias], "ksef-token", "b/x.env", now), None);
        assert_eq!((list.len(), list.is_empty(), list.expired(now)), (1, false, 0));
    }

    #[test]
    fn any_entry_is_enough() {
        let list = list("[[allow]]\nrule = 'a'\nreason = 'x'\n[[allow]]\nrule = 'b'\nreason = 'x'").unwrap();
        assert_eq!(list.allows(&[], "b", "", now("2026-11-21")), Some("x"));
        assert_eq!(list.allows(&[], "c", "", now("2026-11-21")), None);
        assert_eq!(AllowList::default().allows(&[], "c", "", now("2026-11-21")), None);
    }

    #[test]
    fn an_entry_counts_through_its_last_day() {
        let list = list("[[allow]]\nrule = 'a'\nreason = 'x'\nuntil = 2027-01-31").unwrap();
        for (time, counts) in [("2027-01-31T23:59:59.999Z", true), ("2027-02-01T00:00:00Z", false)] {
            assert_eq!(list.allows(&[], "a", "", now(time)).is_some(), counts, "{time}");
            assert_eq!(list.expired(now(time)), usize::from(!counts));
        }
    }

    #[test]
    fn globs_hold_below_any_folder_and_for_what_is_inside() {
        for path in ["tests/data/a", "./tests/data/b/c.env", "/srv/erp/tests/data/a", "tests/data"] {
            assert!(allows_path("tests/data", path) && allows_path("./tests/data/", path), "{path}");
        }
        assert!(allows_path("tests/data/**", "tests/data/a/b"));
        assert!(allows_path("*.env", "a/b/.env") && allows_path("/srv/*/x", "/srv/erp/x"));
        assert!(!allows_path("/srv/*/x", "/mnt/srv/erp/x") && !allows_path("/a/*", "a/b"));
        assert!(!allows_path("tests/*/x", "tests/a/b/x") && !allows_path("data", "tests/database"));
    }

    #[test]
    fn what_is_wrong_is_told_without_quoting() {
        for wrong in [
            "allow = 'canary'",
            "allow = ['canary']",
            "[allow]\nrule = 'canary'",
            "[[allow]]\nrule = 'canary'",
            "[[allow]]\nrule = 'canary'\nreason = '  '",
            "[[allow]]\nreason = 'canary'",
            "[[allow]]\nreason = 'canary'\nsha256 = 'canary'",
            "[[allow]]\nreason = 'canary'\npath = 'canary['",
            "[[allow]]\nreason = 'canary'\npath = ''",
            "[[allow]]\nreason = 'canary'\nrule = ['canary']",
            "[[allow]]\nreason = 'canary'\nrule = 'a'\nuntil = 'canary'",
            "[[allow]]\nreason = 'canary'\nrule = 'a'\nuntil = 2027-01-01T10:00:00Z",
            "[[allow]]\nreason = 'canary'\nrule = 'a'\ncanary = 1",
        ] {
            let told = list(wrong).unwrap_err().to_string();
            assert!(told.starts_with("line ") && !told.contains("canary"), "{told}");
        }
    }
}
