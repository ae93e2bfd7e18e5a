//! Finds credentials in bytes: anchors first, then a window around each, then a verifier.
//!
//! Holds: the detector and its progress through one blob. Must not know: where bytes come from,
//! or what becomes of what is found.

mod anchors;
mod around;
mod explain;
mod fold;
mod hit;
mod key;
mod keys;
mod label;
mod layers;
mod lines;
mod marks;
mod nested;
mod password;
mod regions;
mod resolve;
mod runs;
mod search;
mod spoken;
mod table;
mod vector;
mod verify;
mod words;

use std::fmt;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex_automata::PatternID;
use regex_automata::meta::Regex;

pub use hit::{Credential, Found, Hit, KeyHit, Nested, PasswordHit, Place};
pub use key::{
    Certificate, Contents, Effort, Environment, Form, Holder, Holds, Key, Lock, Protection, Sealed, Unlocked, Use,
    cost_of, memory_of, unlock,
};
#[cfg(feature = "fuzzing")]
pub use key::{endure_certificate, endure_key};
pub use password::Strength;
#[cfg(feature = "fuzzing")]
pub use password::endure_passwords;

use crate::base::{Clothes, Context, Instant};
use crate::codec::Order;
use crate::rules::{Read, Rule, RuleSet};
use layers::Aside;
use lines::Lines;
use resolve::Match;
use search::{RuleSetBits, Search};
use spoken::Spoken;
use table::Table;
use verify::{Verdict, Verify};

/// How far before the place where a window was left off the next one begins, and how far before
/// the end of a window its last hit begins: the longest dress of the longest credential, with the
/// words around it.
pub const MARGIN: usize = 48 << 10;

/// How far what a change may make worth a second look reaches around it: anchors and stretches of
/// UTF-16 do not span so many bytes, a run is looked at with what follows it within 300.
pub const REACH: usize = 1024;

/// How many streams that overlap are decoded, one within the text of the other.
const MOST_OVERLAPPING: usize = 16;

/// Characters of the shortest credential that the built-in rules know.
const SHORTEST: usize = 40;

/// What stands in the name of such a file; not in all of those that have it.
const PASSWORD_NAMES: &[&str] = &["pass", "hasl", "has\u{142}", ".pwd", "pwd.", "pin."];

/// Bytes of a file that may be a password and nothing else.
const PASSWORD_FILE: usize = 4 << 10;

/// Bytes of compressed streams that are held at once for one window.
const HELD: usize = 48 << 20;

/// A rule that cannot be searched for.
#[derive(Debug, PartialEq, Eq)]
pub enum DetectorError {
    /// Its pattern is no regular expression, or one too large.
    Pattern(String),
    /// It names a verifier that does not exist.
    Verifier(String),
    /// There are more rules than can be told apart.
    TooMany(usize),
}

impl fmt::Display for DetectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern(rule) => {
                write!(
                    f,
                    "rule {rule}: the pattern is no regular expression, or one that grows over 4 MiB; see docs/rules.md"
                )
            }
            Self::Verifier(rule) => {
                write!(f, "rule {rule}: no such verifier; there are {}", verify::names().join(", "))
            }
            Self::TooMany(count) => write!(f, "{count} rules exceed the 128 that one run can search for; use fewer"),
        }
    }
}

impl std::error::Error for DetectorError {}

/// A pattern made ready when it is first tried: most runs meet nothing to try it on, and it takes
/// as long as all the rest of a start.
struct Pattern {
    text: String,
    ready: OnceLock<Option<(Regex, usize)>>,
}

impl Pattern {
    /// The pattern, and which of its groups is the credential; 0 is all of it. Nothing where it is
    /// no regular expression.
    fn ready(&self) -> Option<&(Regex, usize)> {
        self.ready.get_or_init(|| compile_pattern(&self.text)).as_ref()
    }
}

/// A rule made ready.
struct Compiled {
    pattern: Pattern,
    verify: Verify,
    /// How far around an anchor the credential can stand, in whatever dress.
    reach: usize,
    by_context: bool,
    /// Its words, folded.
    near: Vec<String>,
    unless: Vec<String>,
}

/// The words of the rules by context, looked for in names all at once.
struct Named {
    words: AhoCorasick,
    /// The rule of each word.
    rules: Vec<RuleSetBits>,
}

impl Named {
    fn new(compiled: &[Compiled]) -> Option<Self> {
        let rules = (0..).zip(compiled).filter(|(_, rule)| rule.by_context);
        let words: Vec<(usize, &str)> =
            rules.flat_map(|(index, rule)| rule.near.iter().map(move |word| (index, word.as_str()))).collect();
        let rules = words.iter().map(|(index, _)| 1 << index).collect();
        AhoCorasick::new(words.iter().map(|(_, word)| word)).ok().map(|words| Self { words, rules })
    }

    /// The rules of which a word stands in folded names.
    fn bits(&self, names: &str) -> RuleSetBits {
        self.words.find_overlapping_iter(names).fold(0, |bits, found| bits | self.rules[found.pattern().as_usize()])
    }
}

/// All rules made ready; shared by all threads.
pub struct Detector {
    rules: RuleSet,
    compiled: Vec<Compiled>,
    search: Search,
    spoken: Spoken,
    /// The same of names that say of a file that it is a password.
    secretive: Spoken,
    named: Named,
    secret_rule: Option<usize>,
    /// The rule whose words are evidence for a key.
    key_rule: Option<usize>,
    now: Instant,
}

/// The progress through one blob.
pub struct Scan {
    names: String,
    /// The rules by context for which the names alone are context enough.
    by_name: RuleSetBits,
    /// Whether its own name says that it is a password.
    is_password: bool,
    utf16: Option<Order>,
    base: u64,
    emitted: u64,
    lines: Lines,
    table: Option<Table>,
}

/// A compressed stream, and whether it was encoded twice.
type Stream = (zeroize::Zeroizing<Vec<u8>>, bool);

/// What became of a window.
pub struct Step {
    /// How many of its bytes are done with; the next window begins behind them.
    pub consumed: usize,
    /// What was found, by place.
    pub found: Vec<Found>,
}

impl Detector {
    /// Makes rules ready.
    pub fn new(rules: RuleSet, now: Instant) -> Result<Self, DetectorError> {
        let count = rules.rules().len();
        if count > RuleSetBits::BITS as usize {
            return Err(DetectorError::TooMany(count));
        }
        let compiled = rules.rules().iter().enumerate().map(|(index, rule)| compile(rule, rules.is_built_in(index)));
        let compiled = compiled.collect::<Result<Vec<Compiled>, _>>()?;
        let by_context = compiled.iter().filter(|rule| rule.by_context);
        let named = Named::new(&compiled).ok_or(DetectorError::TooMany(compiled.len()))?;
        let spoken = Spoken::new(by_context.flat_map(|rule| rule.near.iter().map(String::as_str)));
        let secretive =
            Spoken::new(rules.finds(Read::Password).then_some(PASSWORD_NAMES).into_iter().flatten().copied());
        let search = Search::new(rules.rules());
        let secret_rule = rules.rules().iter().position(|rule| rule.id == "ksef-token-secret");
        let key_rule = rules.rules().iter().position(|rule| rule.read == Some(Read::Key));
        Ok(Self { rules, compiled, search, spoken, secretive, named, secret_rule, key_rule, now })
    }

    /// The rules.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// Bytes of the shortest text that may hold a credential: names are seldom as long.
    pub fn shortest(&self) -> usize {
        let own = (0..self.rules.rules().len()).any(|index| !self.rules.is_built_in(index));
        if own { 4 } else { SHORTEST }
    }

    /// Whether nothing in a text is worth a second look, so that `window` would find nothing in it
    /// but what the names of a file alone make worth it.
    pub fn is_still(&self, text: &[u8]) -> bool {
        crate::codec::utf16_announced(text).is_none() && self.search.is_still(text)
    }

    /// The same for a part of a text, with `REACH` bytes on each side of what is not known to be
    /// still. All that is worth a second look is known by fewer bytes than that, but for runs, which
    /// may go on where the part is cut off; then it is not said to be still.
    pub fn part_is_still(&self, part: &[u8], cut_before: bool, cut_behind: bool) -> bool {
        if !cut_before && crate::codec::utf16_announced(part).is_some() {
            return false;
        }
        let goes_on = |run: usize| run >= REACH / 4;
        let open = (cut_before && goes_on(runs::leading(part))) || (cut_behind && goes_on(runs::trailing(part)));
        !open && self.search.is_still(part)
    }

    /// Whether such names are context enough for a credential that is known by its context.
    pub fn heeds(&self, context: &Context) -> bool {
        let scan = self.begin(context);
        scan.by_name != 0 || scan.is_password
    }

    /// Whether one of many names may be one that `heeds` is true of.
    pub fn heeds_one_of(&self, names: &[u8]) -> bool {
        self.spoken.stands_in(names) || self.secretive.stands_in(names)
    }

    /// Begins with a blob.
    pub fn begin(&self, context: &Context) -> Scan {
        let names = fold::fold(context.names.join("\n").as_bytes());
        let by_name = self.named.bits(&names);
        let own = context.names.last().filter(|_| self.rules.finds(Read::Password));
        let is_password = own.is_some_and(|name| password::is_password_name(name));
        Scan { names, by_name, is_password, utf16: None, base: 0, emitted: 0, lines: Lines::default(), table: None }
    }

    /// Searches the next window of a blob: all that was not consumed of the last one, and more.
    /// `last` says that the blob ends with it; `full` that the window cannot grow any more.
    pub fn window(&self, scan: &mut Scan, window: &[u8], last: bool, full: bool) -> Step {
        if scan.base == 0 {
            scan.utf16 = crate::codec::utf16_announced(window);
        }
        let mut matches = Vec::new();
        let mut aside = Aside::default();
        let all = self.search_window(scan, window, last, &mut matches, &mut aside);
        let Aside { mut gzip, open_table, open_key } = aside;
        let mut limit = if last { window.len() } else { window.len().saturating_sub(MARGIN) };
        if let Some(start) = open_key.filter(|_| !(last || full)) {
            limit = limit.min(start);
        }
        let mut found = Vec::new();
        let mut bodies = Vec::new();
        gzip.sort_unstable();
        gzip.dedup();
        let (mut covered, mut overlapping, mut held) = (0, 0, 0);
        for start in gzip {
            // What looks like a beginning may stand in the midst of a stream, or a real one behind
            // something that looks like one; a text of nothing but beginnings is not read for each.
            overlapping = if start < covered { overlapping + 1 } else { 0 };
            if overlapping > MOST_OVERLAPPING {
                continue;
            }
            if start >= limit || scan.base + (start as u64) < scan.emitted {
                continue;
            }
            match nested::gzip_body(&window[start..], last) {
                nested::Body::Whole { bytes, twice, length } => {
                    covered = covered.max(start + length);
                    held += bytes.len();
                    if held > HELD && held > bytes.len() {
                        bodies.push((start, None));
                        continue;
                    }
                    bodies.push((start, Some((bytes, twice))));
                }
                nested::Body::Open if full => {
                    covered = window.len();
                    bodies.push((start, None));
                }
                nested::Body::Open => limit = limit.min(start),
                nested::Body::None => {}
            }
        }
        resolve::resolve(&mut matches);
        let fresh = |start: usize| start < limit && scan.base + start as u64 >= scan.emitted;
        matches.retain(|found| fresh(found.start));
        bodies.retain(|(start, _)| fresh(*start));
        self.tell(scan, window, matches, bodies, &mut found);
        if !all {
            found.push(Found::TooMuch);
        }
        let consumed = if last { window.len() } else { limit.saturating_sub(MARGIN) };
        scan.emitted = scan.emitted.max(scan.base + limit as u64);
        if !last {
            scan.table = open_table;
            scan.lines.advance(&window[..consumed]);
        }
        scan.base += consumed as u64;
        Step { consumed, found }
    }

    fn tell(
        &self,
        scan: &Scan,
        window: &[u8],
        matches: Vec<Match>,
        bodies: Vec<(usize, Option<Stream>)>,
        found: &mut Vec<Found>,
    ) {
        let mut cursor = scan.lines.cursor(window, scan.base);
        for Match { start, end, verdict, clothes } in matches {
            match verdict {
                Verdict::Nothing => {}
                Verdict::Placeholder => found.push(Found::Placeholder),
                Verdict::Example => found.push(Found::Example),
                Verdict::Certificate(certificate) => found.push(Found::Certificate(certificate)),
                Verdict::Key(key, evidence) => {
                    let evidence = evidence || self.speaks_of_ksef(scan, window, start..end);
                    let (place, allowed) = (cursor.place(start, clothes), lines::is_allowed(window, start, end));
                    found.push(Found::Key(KeyHit { key, evidence, place, end, allowed }));
                }
                Verdict::Password(secret, strength) => {
                    let evidence = self.speaks_of_ksef(scan, window, start..end);
                    let (place, allowed) = (cursor.place(start, clothes), lines::is_allowed(window, start, end));
                    found.push(Found::Password(PasswordHit { secret, strength, evidence, place, end, allowed }));
                }
                Verdict::Credential(credential) => {
                    let place = cursor.place(start, clothes);
                    let allowed = lines::is_allowed(window, start, end);
                    found.push(Found::Hit(Box::new(Hit { credential: *credential, place, end, allowed })));
                }
            }
        }
        let mut cursor = scan.lines.cursor(window, scan.base);
        for (start, bytes) in bodies {
            let twice = bytes.as_ref().is_some_and(|(_, twice)| *twice);
            let clothes: &[Clothes] = &[Clothes::Base64, Clothes::Base64, Clothes::Gzip];
            let place = cursor.place(start, clothes[usize::from(!twice)..].to_vec());
            found.push(match bytes {
                Some((bytes, _)) => {
                    Found::Nested(Nested { bytes, place, allowed: lines::is_allowed(window, start, start) })
                }
                None => Found::TooLong(place),
            });
        }
    }
}

fn fold_all(words: &[String]) -> Vec<String> {
    words.iter().map(|word| fold::fold(word.as_bytes())).collect()
}

fn compile(rule: &Rule, built_in: bool) -> Result<Compiled, DetectorError> {
    let pattern = Pattern { text: rule.pattern.clone(), ready: OnceLock::new() };
    // The built-in ones are proved by a test.
    if !built_in && pattern.ready().is_none() {
        return Err(DetectorError::Pattern(rule.id.clone()));
    }
    let verify = verify::by_name(rule.verify.as_deref()).ok_or_else(|| DetectorError::Verifier(rule.id.clone()))?;
    let reach = (rule.max_len * 2 + 512).min(MARGIN / 2 - 4096);
    Ok(Compiled {
        pattern,
        verify,
        reach,
        by_context: rule.is_by_context(),
        near: fold_all(&rule.near),
        unless: fold_all(&rule.unless),
    })
}

fn compile_pattern(text: &str) -> Option<(Regex, usize)> {
    let config = Regex::config().nfa_size_limit(Some(4 << 20)).onepass_size_limit(Some(1 << 20)).utf8_empty(false);
    let syntax = regex_automata::util::syntax::Config::new().utf8(false).unicode(false);
    // The error of the parser quotes the pattern, which may be somebody's password.
    let regex = Regex::builder().configure(config).syntax(syntax).build(text).ok()?;
    let secret_group = regex.group_info().to_index(PatternID::ZERO, "secret").unwrap_or(0);
    Some((regex, secret_group))
}

#[cfg(test)]
mod tests;
