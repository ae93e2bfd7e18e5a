//! `ksefleaks` finds leaked credentials of KSeF, Poland's national e-invoicing system.
//!
//! The way of one file's bytes: `source` yields a blob, `unpack` opens what is inside of it,
//! `detect` finds anchors and judges what stands around them, `engine` takes the fingerprints,
//! drops the secrets and makes findings of them, `report` tells them. `rules` holds what is looked
//! for, `codec` the encodings, `base` the vocabulary. `tests/architecture.rs` keeps the layers.
//!
//! ```
//! use ksefleaks::{Context, Detector, Found, Instant, RuleSet, Sampler};
//!
//! let detector = Detector::new(RuleSet::built_in(), Instant::now())?;
//! let text = format!("KSEF_TOKEN={}", Sampler::new(1).token());
//! let step = detector.window(&mut detector.begin(&Context::default()), text.as_bytes(), true, true);
//! let [Found::Hit(hit)] = &step.found[..] else { panic!("one token") };
//! assert_eq!((hit.place.line, hit.place.column), (1, 12));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod base;
mod codec;
mod detect;
mod engine;
mod inventory;
mod report;
mod rules;
mod source;
mod unpack;

pub use base::{
    About, Action, Budget, Clothes, CommitMark, Confidence, Context, Finding, Fingerprint, GitPlace, Inside, Instant,
    Kind, Left, Limits, Location, Mail, Notice, ObjectName, Origin, Outcome, Quieted, Quieter, Reachable, Reason, Role,
    RunFacts, Secret, SecretFacts, Severity, Standing, State, Step, Summary, Suppressed,
};
pub use codec::fold_name;
pub use detect::{Detector, Found};
pub use engine::{
    Books, Check, Explanation, IMPORT_KINDS, ImportError, ImportFile, ImportKind, Imported, ImportedTable, Plan,
    PlanError, Progress, SampleFailure, Session, check_rules, explain, holds_credential, import, leak, status,
};
pub use inventory::{
    AuditBooks, AuditRule, By, Change, Claim, Conflict, Convention, Credential, Draft, Entity, FIELDS, Field, Form,
    Inventory, InventoryError, InventoryKey, Leak, Merge, Reading, Records, Remark, System, TableUse, Tally, Value,
    Voice, audit, audit_rules, is_guarded, read_value,
};
pub use report::{EarlierError, Format, Report, Style, earlier, escape_json, escape_terminal, formats};
pub use rules::{
    AllowList, Baseline, BaselineError, CertificateForm, Config, ConfigError, Environment, Flaw, HolderType, JwtForm,
    JwtType, KeyPair, LimitsPatch, Rule, RuleError, RuleSet, SampleError, Sampler, SizeError, Text, TokenForm, armour,
    document, parse_size,
};
pub use source::{
    Cache, Commits, Git, GitError, GitPlan, Held, HooksDirectory, ListError, Part, Revision, Source, Target, Walk,
    WalkError, files_from, hooks_directory,
};
pub use unpack::formats_page;

// The decoders, for the targets in `fuzz/` and nobody else.
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use codec::{
    Layer, Order, Reading, base64_bytes, base64_decode, base64_digits_within, hex_decode, hex_spells_text, join,
    unescape, utf16_announced, utf16_decode,
};
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use detect::{endure_certificate, endure_key, endure_passwords};
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use source::delta_described;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use unpack::endure;
