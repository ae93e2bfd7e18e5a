//! What stands in the way of opening something.
//!
//! Holds: `Trouble`, which decoders can hand through the errors of reading, so that a ceiling met deep inside is told
//! as what it is. Must not know: formats.

use std::{error, fmt, io};

use super::{Notice, Origin, Reason};

/// Why something could not be opened, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Why.
    pub reason: Reason,
    /// The option that set the limit, or that would help.
    pub option: Option<&'static str>,
    /// What to say of it behind its name: «is damaged», «expands to more than …».
    pub text: String,
    /// Whether something that should have been looked at was not.
    pub incomplete: bool,
}

impl Trouble {
    /// Trouble of some kind; `text` is what follows the name of the thing.
    pub fn new(reason: Reason, text: impl Into<String>) -> Self {
        Self { reason, option: None, text: text.into(), incomplete: true }
    }

    /// It is broken: «is damaged», «ends early».
    pub fn malformed(text: impl Into<String>) -> Self {
        Self::new(Reason::Malformed, text)
    }

    /// It is locked.
    pub fn encrypted(text: impl Into<String>) -> Self {
        Self { option: Some("--password-file"), ..Self::new(Reason::Encrypted, text) }
    }

    /// It is known, and not opened.
    pub fn unsupported(text: impl Into<String>) -> Self {
        Self::new(Reason::Unsupported, text)
    }

    /// A ceiling was met.
    pub fn limit(reason: Reason, option: &'static str, text: impl Into<String>) -> Self {
        Self { option: Some(option), ..Self::new(reason, text) }
    }

    /// It is worth telling, and nothing was missed because of it.
    #[must_use]
    pub fn harmless(self) -> Self {
        Self { incomplete: false, ..self }
    }

    /// What an error of reading tells: the trouble in it, or that what was read is broken. The words of
    /// the error are not repeated, for some quote what they could not read.
    pub fn of(error: &io::Error) -> Self {
        match inside(error) {
            Some(trouble) => trouble,
            None => Self::malformed(match error.kind() {
                io::ErrorKind::UnexpectedEof => "ends early",
                _ => "is damaged",
            }),
        }
    }

    /// The error with which content ends that is damaged, where its format tells of that: whoever reads it takes what
    /// came until then for all there is.
    pub fn told() -> io::Error {
        io::Error::other(Told)
    }

    /// Whether an error of reading is that one.
    pub fn was_told(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|error| error.downcast_ref::<Told>().is_some())
    }

    /// The notice of it; `what` names the thing, `tail` says what became of it.
    pub fn notice(self, origin: Origin, what: &str, tail: &str) -> Notice {
        let text = format!("{what} {}{tail}", self.text);
        let mut notice = Notice::new(origin, self.reason, text);
        notice.incomplete = self.incomplete;
        match (self.option, self.reason) {
            (Some(option), Reason::Encrypted) => notice.remedy = Some(option.to_owned()),
            (Some(option), _) => notice = notice.limit(option),
            (None, _) => {}
        }
        notice
    }
}

/// Damage that is told of by whoever met it.
#[derive(Debug)]
struct Told;

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is damaged")
    }
}

impl error::Error for Told {}

/// The trouble in an error, however often decoders have wrapped it.
fn inside(error: &io::Error) -> Option<Trouble> {
    let mut cause: Option<&(dyn error::Error + 'static)> = error.get_ref().map(|error| error as _);
    while let Some(error) = cause {
        if let Some(trouble) = error.downcast_ref::<Trouble>() {
            return Some(trouble.clone());
        }
        cause = match error.downcast_ref::<io::Error>() {
            Some(error) => error.get_ref().map(|error| error as _),
            None => error.source(),
        };
    }
    None
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl error::Error for Trouble {}

impl From<Trouble> for io::Error {
    fn from(trouble: Trouble) -> Self {
        Self::other(trouble)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_survives_the_errors_of_reading() {
        let trouble = Trouble::limit(Reason::Ratio, "--max-ratio", "expands");
        let wrapped = io::Error::new(io::ErrorKind::InvalidData, io::Error::from(trouble.clone()));
        assert_eq!(Trouble::of(&wrapped), trouble);
        let broken = Trouble::of(&io::Error::new(io::ErrorKind::InvalidData, "canary"));
        assert_eq!((broken.reason, broken.text.as_str()), (Reason::Malformed, "is damaged"));
        assert!(Trouble::was_told(&Trouble::told()) && !Trouble::was_told(&wrapped));
        let notice = Trouble::encrypted("is encrypted").notice(Origin::label("a.zip"), "zip member", "; not opened");
        assert_eq!((notice.remedy.as_deref(), notice.limit), (Some("--password-file"), None));
        assert_eq!(notice.text, "zip member is encrypted; not opened");
    }
}
