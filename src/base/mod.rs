//! The vocabulary that every layer shares.
//!
//! Holds: the words in which the layers speak to each other. Must not know: any other module of
//! this crate. A new word gets a file of its own here and a line below.

mod action;
mod ahead;
mod anywhere;
mod budget;
mod finding;
mod fingerprint;
mod inside;
mod key;
mod notice;
mod object;
mod origin;
mod outcome;
mod secret;
mod share;
mod time;
mod trouble;

pub use action::{APIS, Action, Step};
pub use ahead::Ahead;
pub use anywhere::{Cursor, ReadAt};
pub use budget::{Budget, Limits, Packed};
pub use finding::{About, Clothes, Confidence, Finding, Kind, Location, SecretFacts, Severity, Standing, State};
pub use fingerprint::Fingerprint;
pub use inside::{Cells, Inside, Mail, Places};
pub use key::{CertificateFacts, KeyFacts, LockFacts, Opened};
pub use notice::{Notice, Reason};
pub use object::{CommitMark, GitPlace, ObjectName, Reachable, Role};
pub use origin::{Context, Origin, PathName};
pub use outcome::{Left, Outcome, Quieted, Quieter, RunFacts, Summary, Suppressed};
pub use secret::Secret;
pub use share::share_out;
pub use time::Instant;
pub use trouble::Trouble;
