//! The dresses that a credential may wear in a file.
//!
//! Holds: `Dress` and the list of all of them; one file a family. Must not know: which credential is
//! dressed, or how the library finds it. A new dress is a line in its family.

mod body;
mod broken;
mod text;
mod unseen;

/// What stands in a file before and behind a credential.
pub(crate) struct Carrier<'a> {
    pub(crate) lead: &'a str,
    pub(crate) value: &'a str,
    pub(crate) tail: &'a str,
}

/// A dressed file and where the credential begins in it.
pub(crate) struct Worn {
    pub(crate) bytes: Vec<u8>,
    pub(crate) at: usize,
}

type Wear = Box<dyn Fn(&Carrier<'_>) -> Worn>;

/// One way to write a credential down.
pub(crate) struct Dress {
    /// Its family, a line of the table of clothes.
    pub(crate) family: &'static str,
    /// The stem of the file in the corpus; dresses of one file stand in it one after another.
    pub(crate) file: String,
    /// The clothes that a finding should tell, from the outermost inwards.
    pub(crate) clothes: &'static [&'static str],
    /// Whether it dresses the whole file, so that nothing can stand beside it.
    pub(crate) whole: bool,
    wear: Wear,
}

impl Dress {
    /// Puts it on.
    pub(crate) fn wear(&self, carrier: &Carrier<'_>) -> Worn {
        (self.wear)(carrier)
    }
}

/// All dresses.
pub(crate) fn all() -> Vec<Dress> {
    let mut all = Vec::new();
    text::dresses(&mut all);
    broken::dresses(&mut all);
    unseen::dresses(&mut all);
    body::dresses(&mut all);
    all
}

/// A dress of the value alone.
fn value(
    family: &'static str,
    file: &str,
    clothes: &'static [&'static str],
    dress: impl Fn(&str) -> String + 'static,
) -> Dress {
    around(family, file, clothes, move |value| (String::new(), dress(value), String::new()))
}

/// A dress of the value with something before and behind it, such as quotes.
fn around(
    family: &'static str,
    file: &str,
    clothes: &'static [&'static str],
    dress: impl Fn(&str) -> (String, String, String) + 'static,
) -> Dress {
    let wear: Wear = Box::new(move |carrier| {
        let (before, dressed, behind) = dress(carrier.value);
        let lead = format!("{}{before}", carrier.lead);
        Worn { bytes: format!("{lead}{dressed}{behind}{}", carrier.tail).into_bytes(), at: lead.len() }
    });
    Dress { family, file: file.to_owned(), clothes, whole: false, wear }
}

/// A dress of the whole file.
fn whole(
    family: &'static str,
    file: &str,
    clothes: &'static [&'static str],
    dress: impl Fn(&Carrier<'_>) -> Worn + 'static,
) -> Dress {
    Dress { family, file: file.to_owned(), clothes, whole: true, wear: Box::new(dress) }
}

/// The places at which dresses break a value: around each part of a token and in the midst of
/// them, spread over whatever is longer.
fn places(length: usize) -> Vec<usize> {
    let fixed = [1, 8, 9, 11, 12, 22, 30, 35, 36, 37, 40, 41, 46, 51, 52, 53, 70, 84, 100, 115];
    let spread = (0..).map(|step| 117 + step * 61).take_while(|at| *at < length);
    fixed.into_iter().filter(|at| *at < length).chain(spread).collect()
}

/// The value with something at a place.
fn insert(value: &str, at: usize, what: &str) -> String {
    let (before, behind) = value.split_at(at.min(value.len()));
    format!("{before}{what}{behind}")
}
