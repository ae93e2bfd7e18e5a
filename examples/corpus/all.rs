//! All files of the corpus.
//!
//! Holds: the parts that it is made of, for the generator, the tests and the fuzz targets alike.
//! Must not know: where the files go.

mod damaged;
pub(crate) mod document;
pub(crate) mod dress;
pub(crate) mod encode;
pub(crate) mod homes;
pub(crate) mod hostile;
pub(crate) mod keys;
#[path = "../../tests/formats/made/mod.rs"]
#[allow(
    dead_code,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what is made is sound, and not all of it is used"
)]
pub(crate) mod made;
pub(crate) mod matrix;
pub(crate) mod misses;
mod official;
#[allow(dead_code, reason = "for the tests")]
pub(crate) mod table;

pub(crate) use document::Document;
#[allow(unused_imports, reason = "for the tests")]
pub(crate) use document::Expected;
pub(crate) use official::{EXAMPLE_INTERNAL, EXAMPLE_NIP};

/// Every file of the corpus, by path.
pub(crate) fn documents() -> Vec<Document> {
    let mut documents = matrix::documents();
    documents.extend(homes::documents());
    documents.extend(keys::documents());
    documents.extend(misses::documents());
    documents.extend(hostile::documents());
    documents.extend(damaged::documents());
    documents.sort_by(|one, other| one.path.cmp(&other.path));
    documents
}

/// The expectations, one object a line.
pub(crate) fn expected(documents: &[Document]) -> String {
    documents.iter().flat_map(|document| &document.expected).map(|expected| expected.to_json() + "\n").collect()
}
