//! What KSeF lists: the answers of `GET /tokens` and `POST /certificates/query`.
//!
//! Holds: reading them, all pages, into claims of `Voice::Ksef`. Must not know: who asked for the list, or what becomes
//! of the claims. What is personal in an answer, such as the common name of a certificate or the PESEL of an author, is
//! never kept. Messages name fields and places; they quote nothing.

mod certificate;
mod context;
mod entry;
mod order;
mod pages;
#[cfg(test)]
mod tests;
mod token;

use super::{Claim, Field, Form, Rejected, Voice};
use entry::Shape;
use pages::{Pages, read};

/// Entries of one listing; whoever has more gives them in parts.
const MOST: usize = 100_000;

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingKind {
    /// Answers of `GET /tokens`, or of `GET /tokens/{referenceNumber}`.
    Tokens,
    /// Answers of `POST /certificates/query`.
    Certificates,
}

/// What a listing says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// What KSeF says of each credential, once: what is live before what is over, the newest first.
    pub claims: Vec<Claim>,
    /// What could not be read, and what is told twice and differently.
    pub rejected: Vec<Rejected>,
    /// Whether of every context that has pages one says that it is the last: else some are missing. That one between
    /// two others is missing, no page tells.
    pub whole: bool,
}

impl ListingKind {
    fn shape(self) -> &'static Shape {
        match self {
            Self::Tokens => &token::SHAPE,
            Self::Certificates => &certificate::SHAPE,
        }
    }
}

/// What a text lists, if it is one of KSeF's answers. One that is damaged further on counts: why is said when it is
/// read.
pub fn recognise(text: &str) -> Option<ListingKind> {
    [ListingKind::Tokens, ListingKind::Certificates].into_iter().find(|kind| {
        let mut pages = Pages::new(kind.shape());
        // What stands before the damage tells enough.
        let _ = read(text, &mut pages);
        pages.is_listing()
    })
}

/// Reads a listing of tokens: one page or more, in an array or one behind the other, or tokens without pages. The
/// answers do not say of which environment they are.
pub fn read_tokens(text: &str, environment: Option<&str>) -> Result<Listing, String> {
    read_listing(text, environment, ListingKind::Tokens)
}

/// Reads a listing of certificates, in the same forms.
pub fn read_certificates(text: &str, environment: Option<&str>) -> Result<Listing, String> {
    read_listing(text, environment, ListingKind::Certificates)
}

fn read_listing(text: &str, environment: Option<&str>, kind: ListingKind) -> Result<Listing, String> {
    let Form::Choice(known) = Field::Environment.form() else { return Err("no environment is known".to_owned()) };
    if environment.is_some_and(|name| !known.contains(&name)) {
        return Err(format!("the environment is none of {}", known.join(", ")));
    }
    let shape = kind.shape();
    let mut pages = Pages::new(shape);
    read(text, &mut pages)?;
    if !pages.is_met() {
        return Err(format!("holds no list of {}s as KSeF writes it", shape.what));
    }
    let whole = pages.contexts.are_whole();
    let (read, twice) = order::settle(pages.read);
    let mut listing = Listing { claims: Vec::new(), rejected: pages.rejected, whole };
    listing.rejected.extend(twice);
    for (place, mut fields) in read {
        fields.insert(Field::Sort, shape.what.to_owned());
        fields.extend(environment.map(|name| (Field::Environment, name.to_owned())));
        listing.claims.push(Claim { fields, ..Claim::new(&place, Voice::Ksef) });
    }
    Ok(listing)
}
