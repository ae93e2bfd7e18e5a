//! Days and instants, as spreadsheets and people write them.
//!
//! Holds: RFC 3339, days in figures and in words of Polish and English, the serial numbers of spreadsheets. What tells
//! no offset is taken as UTC, as a plain day is everywhere here: a database of time zones comes with the program on one
//! system only, and the same table must read the same on all. Of a day and a month that can change places, the day
//! stands first, as in Poland; two figures of a year are of this century. Must not know: what happens then.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::fold;
use crate::base::Instant;

/// The names of the months in the order of the year, folded; three letters of one are enough.
const MONTHS: [&[&str]; 12] = [
    &["stycznia", "styczen", "january"],
    &["lutego", "luty", "february"],
    &["marca", "marzec", "march"],
    &["kwietnia", "kwiecien", "april"],
    &["maja", "may"],
    &["czerwca", "czerwiec", "june"],
    &["lipca", "lipiec", "july"],
    &["sierpnia", "sierpien", "august"],
    &["wrzesnia", "wrzesien", "september"],
    &["pazdziernika", "pazdziernik", "october"],
    &["listopada", "listopad", "november"],
    &["grudnia", "grudzien", "december"],
];

/// Months as Poles write them by hand.
const ROMAN: [&str; 12] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];

/// What stands before a day and does not change it.
const BEFORE: [&str; 27] = [
    "do",
    "od",
    "z",
    "dnia",
    "dn",
    "until",
    "till",
    "from",
    "on",
    "since",
    "poniedzialek",
    "wtorek",
    "sroda",
    "czwartek",
    "piatek",
    "sobota",
    "niedziela",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "pon",
    "pt",
    "sob",
];

/// What people write where something never ends or never was.
const NEVER: [&str; 18] = [
    "bezterminowo",
    "bezterminowy",
    "bezterminowa",
    "bezterminowe",
    "bezterminu",
    "bezograniczen",
    "bezdatywaznosci",
    "nieokreslony",
    "czasnieokreslony",
    "nieograniczony",
    "doodwolania",
    "niewygasa",
    "nigdy",
    "never",
    "noexpiry",
    "indefinite",
    "unlimited",
    "untilrevoked",
];

/// What is read.
enum Reading {
    At(Instant),
    /// The first or last day of a calendar, which programs write where there is none.
    Never,
}

/// A part of a date.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Number(&'a str),
    Word(&'a str),
    Sign(char),
}

use Piece::{Number, Sign, Word};

/// The instant that a text means, as RFC 3339; nothing where it says that there is none.
pub(super) fn read(text: &str) -> Result<Option<String>, String> {
    if NEVER.contains(&&*super::joined(text)) {
        return Ok(None);
    }
    let stamp = || text.parse::<Timestamp>().ok().and_then(judge);
    match stamp().or_else(|| serial(text)).or_else(|| written(&fold(text))) {
        Some(Reading::At(instant)) => Ok(Some(instant.to_string())),
        Some(Reading::Never) => Ok(None),
        None if is_month(&fold(text)) => {
            Err("takes a day, and a month alone leaves open which: write its first or its last, such as \
             31.12.2026"
                .to_owned())
        }
        None => Err("takes a day or an instant, such as 2026-01-31, 31.01.2026 or 2026-01-31T14:05:00Z".to_owned()),
    }
}

/// Takes instants of this century and the next, in which KSeF is.
fn judge(stamp: Timestamp) -> Option<Reading> {
    match stamp.to_zoned(TimeZone::UTC).year() {
        2000..=2199 => Instant::from_millis(stamp.as_millisecond()).map(Reading::At),
        1 | 9999 => Some(Reading::Never),
        _ => None,
    }
}

fn judge_civil(time: DateTime, offset: i64) -> Option<Reading> {
    // The last day of the calendar has no instant everywhere.
    if matches!(time.year(), 1 | 9999) {
        return Some(Reading::Never);
    }
    let stamp = time.to_zoned(TimeZone::UTC).ok()?.timestamp();
    judge(stamp.checked_sub(Span::new().try_minutes(offset).ok()?).ok()?)
}

/// The days since 1899-12-30 of a spreadsheet, or a day in eight figures.
fn serial(text: &str) -> Option<Reading> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let figures = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !figures(whole) || !figures(fraction) {
        return None;
    }
    match whole.len() {
        5 | 6 => {
            let days: i64 = whole.parse().ok()?;
            // A spreadsheet keeps about a tenth of a millisecond; people mean seconds.
            let part: f64 = format!("0.{fraction}").parse().ok()?;
            let seconds = (part * 86_400.0).round() as i64;
            let first = Date::new(1899, 12, 30).ok()?.at(0, 0, 0, 0);
            judge_civil(first.checked_add(Span::new().try_days(days).ok()?.try_seconds(seconds).ok()?).ok()?, 0)
        }
        8 if fraction == "0" && whole.len() == text.len() => {
            let day = day(whole.get(..4)?, whole.get(4..6)?, whole.get(6..)?)?;
            judge_civil(day.at(0, 0, 0, 0), 0)
        }
        _ => None,
    }
}

/// A day in figures or words, and what may follow it.
fn written(text: &str) -> Option<Reading> {
    let pieces = pieces(text);
    let mut rest = pieces.as_slice();
    while let [Word(word), behind @ ..] = rest {
        if !BEFORE.contains(word) {
            break;
        }
        rest = behind;
    }
    let (day, rest) = match rest {
        [Number(a), Sign(one), Number(b), Sign(two), Number(c), rest @ ..]
            if one == two && matches!(one, '.' | '-' | '/') =>
        {
            (in_figures(a, b, c)?, rest)
        }
        [Number(a), Number(b), Number(c), rest @ ..] => (in_figures(a, b, c)?, rest),
        [Number(d), Word("st" | "nd" | "rd" | "th"), Word(m), Number(y), rest @ ..]
        | [Word(m), Number(d), Word("st" | "nd" | "rd" | "th"), Number(y), rest @ ..]
        | [Number(d), Word(m), Number(y), rest @ ..]
        | [Word(m), Number(d), Number(y), rest @ ..] => (in_words(d, m, y)?, rest),
        _ => return None,
    };
    let rest = match rest {
        [Word("r" | "roku" | "rok"), rest @ ..] => rest,
        _ => rest,
    };
    let (seconds, millis, rest) = match rest {
        [] => return judge_civil(day.at(0, 0, 0, 0), 0),
        [Word("t" | "godz" | "godzina" | "g" | "o" | "at") | Sign(','), rest @ ..] => clock(rest)?,
        _ => clock(rest)?,
    };
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let narrow = |part: i32| i8::try_from(part).ok();
    let time = day.at(narrow(hour)?, narrow(minute)?, narrow(second)?, millis * 1_000_000);
    judge_civil(time, offset(rest)?)
}

/// Whether a folded text tells a month and a year, and no day.
fn is_month(text: &str) -> bool {
    let is_year = |figures: &str| figures.len() == 4 && figures.starts_with("20");
    let is_number = |figures: &str| figures.len() < 3 && matches!(figures.parse(), Ok(1_u8..=12));
    let pieces = pieces(text);
    let rest = pieces.iter().position(|piece| !matches!(piece, Word(word) if BEFORE.contains(word)));
    match pieces.get(rest.unwrap_or_default()..).unwrap_or_default() {
        [Word(month), Number(year)] | [Word(month), Number(year), Word("r" | "roku")] => {
            is_year(year) && month_of(month).is_some()
        }
        [Number(one), Sign('.' | '-' | '/'), Number(other)] => {
            is_number(one) && is_year(other) || is_year(one) && is_number(other)
        }
        _ => false,
    }
}

/// The month that a folded word names, from 0.
fn month_of(word: &str) -> Option<usize> {
    let named = |names: &&[&str]| word.len() >= 3 && names.iter().any(|name| name.starts_with(word));
    MONTHS.iter().position(named).or_else(|| ROMAN.iter().position(|roman| *roman == word))
}

/// The parts of a folded text. Signs beside words and before blanks say nothing: `31 sty. 2026`, `Jan 31, 2026`.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut worded = false;
    while let Some(first) = rest.chars().next() {
        let same = |letter: char| match first {
            '0'..='9' => letter.is_ascii_digit(),
            _ => letter.is_alphabetic() && first.is_alphabetic(),
        };
        let end = rest.find(|letter| !same(letter)).unwrap_or(rest.len()).max(first.len_utf8());
        let (piece, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let next = behind.chars().next();
        match first {
            '0'..='9' => pieces.push(Number(piece)),
            _ if first.is_alphabetic() => pieces.push(Word(piece)),
            ' ' => {}
            ',' if next == Some(' ') => {}
            '.' | '-' | '/' | ',' if worded || next.is_none_or(char::is_alphabetic) => {}
            // "31. 01. 2026" is written with blanks, "31. stycznia" too.
            '.' if next == Some(' ') && behind.trim_start().starts_with(char::is_alphabetic) => {}
            sign => pieces.push(Sign(sign)),
        }
        worded = first.is_alphabetic() || (worded && first == ' ');
        rest = behind;
    }
    pieces
}

fn in_figures(a: &str, b: &str, c: &str) -> Option<Date> {
    if a.len() == 4 {
        return day(a, b, c);
    }
    (a.len() <= 2 && b.len() <= 2).then(|| day(c, b, a).or_else(|| day(c, a, b)))?
}

fn in_words(d: &str, m: &str, y: &str) -> Option<Date> {
    let month = month_of(m)?;
    (d.len() <= 2).then(|| day(y, &(month + 1).to_string(), d))?
}

/// A real day.
fn day(year: &str, month: &str, day: &str) -> Option<Date> {
    let year: i16 = match year.len() {
        2 => 2000 + year.parse::<i16>().ok()?,
        4 => year.parse().ok()?,
        _ => return None,
    };
    (month.len() <= 2 && day.len() <= 2).then(|| Date::new(year, month.parse().ok()?, day.parse().ok()?).ok())?
}

/// Seconds since midnight, milliseconds, and what follows.
fn clock<'p, 'a>(pieces: &'p [Piece<'a>]) -> Option<(i32, i32, &'p [Piece<'a>])> {
    let [Number(hour), Sign(':'), Number(minute), rest @ ..] = pieces else { return None };
    let (second, fraction, rest) = match rest {
        [Sign(':'), Number(second), Sign('.' | ','), Number(fraction), rest @ ..] => (*second, *fraction, rest),
        [Sign(':'), Number(second), rest @ ..] => (*second, "0", rest),
        _ => ("0", "0", rest),
    };
    let (hour, rest) = match (below(hour, 24)?, rest) {
        (hour @ 1..=12, [Word("am"), rest @ ..]) => (hour % 12, rest),
        (hour @ 1..=12, [Word("pm"), rest @ ..]) => (hour % 12 + 12, rest),
        (hour, rest) => (hour, rest),
    };
    let millis = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some((hour * 3600 + below(minute, 60)? * 60 + below(second, 60)?, millis, rest))
}

/// The minutes by which a clock is ahead of UTC.
fn offset(pieces: &[Piece<'_>]) -> Option<i64> {
    let minutes = |hours: &str, minutes: &str| Some(i64::from(below(hours, 15)? * 60 + below(minutes, 60)?));
    let (sign, minutes) = match pieces {
        [] | [Word("z" | "utc" | "gmt")] => return Some(0),
        [Word("cet")] => return Some(60),
        [Word("cest")] => return Some(120),
        [Sign(sign), Number(hours), Sign(':'), Number(rest)] => (sign, minutes(hours, rest)?),
        [Sign(sign), Number(whole)] if whole.len() == 4 => (sign, minutes(whole.get(..2)?, whole.get(2..)?)?),
        [Sign(sign), Number(hours)] => (sign, minutes(hours, "0")?),
        _ => return None,
    };
    match sign {
        '+' => Some(minutes),
        '-' => Some(-minutes),
        _ => None,
    }
}

/// A number of one or two figures below a bound.
fn below(figures: &str, bound: i32) -> Option<i32> {
    let number: i32 = figures.parse().ok()?;
    (figures.len() <= 2 && number < bound).then_some(number)
}
