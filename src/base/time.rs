//! Instants, as findings tell them.
//!
//! Holds: `Instant`, a point in time in UTC that prints as RFC 3339 with milliseconds where there
//! are any. The clock is read in one place of the binary and handed down, so that runs repeat.

use std::fmt;
use std::str::FromStr;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Timestamp);

impl Instant {
    /// What the clock says now.
    pub fn now() -> Self {
        Self(Timestamp::now())
    }

    /// Milliseconds since 1970; nothing where the calendar ends.
    pub fn from_millis(millis: i64) -> Option<Self> {
        Timestamp::from_millisecond(millis).ok().map(Self)
    }

    /// Seconds since 1970; nothing where the calendar ends.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Timestamp::from_second(seconds).ok().map(Self)
    }

    /// The first instant of a day, which must be a real one.
    pub fn from_day(year: i16, month: i8, day: i8) -> Option<Self> {
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        let zoned = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self(zoned.timestamp()))
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0.as_millisecond()
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let down = TimestampRound::new().smallest(Unit::Millisecond).mode(RoundMode::Floor);
        write!(f, "{}", self.0.round(down).unwrap_or(self.0))
    }
}

impl FromStr for Instant {
    type Err = ();

    /// Reads RFC 3339, or a plain day, meaning its first instant.
    fn from_str(text: &str) -> Result<Self, ()> {
        if let Ok(stamp) = text.parse::<Timestamp>() {
            return Ok(Self(stamp));
        }
        let date = text.parse::<jiff::civil::Date>().map_err(|_| ())?;
        Self::from_day(date.year(), date.month(), date.day()).ok_or(())
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|()| serde::de::Error::custom("no instant of RFC 3339"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads_rfc_3339() {
        let instant = Instant::from_millis(1_760_448_227_084).map(|i| i.to_string());
        assert_eq!(instant.as_deref(), Some("2025-10-14T13:23:47.084Z"));
        assert_eq!("2026-11-21".parse::<Instant>().map(|i| i.to_string()).as_deref(), Ok("2026-11-21T00:00:00Z"));
        assert_eq!("2026-02-30".parse::<Instant>(), Err(()));
    }
}
