//! The example of the official documentation, which is copied into hundreds of files.
//!
//! Holds: it, verbatim from the public repository CIRFMF/ksef-docs; it opens nothing.

/// As the documentation shows it.
pub(crate) const EXAMPLE_INTERNAL: &str = "20251010-EC-1DCE3E3000-12ECB5B36E-45|internalId-5265877635-12345|\
                                           919f704466624ce29cd5ac7b65ded5e7cccc112eee314f2aaa76e02cd16df7b9";

/// The same with the context that most copies have.
pub(crate) const EXAMPLE_NIP: &str = "20251010-EC-1DCE3E3000-12ECB5B36E-45|nip-5265877635|\
                                      919f704466624ce29cd5ac7b65ded5e7cccc112eee314f2aaa76e02cd16df7b9";
