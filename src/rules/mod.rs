//! Rule data and its loader, the configuration, the baseline.
//!
//! Holds: what is to be found and what is to be passed over, as data, and invented credentials to
//! prove it with. Must not know: how bytes are searched. A new rule is a file in `rules/` and its
//! name in `BUILT_IN`.

mod allow;
mod baseline;
mod check;
mod config;
mod document;
mod field;
mod limits;
mod rule;
mod sample;
mod set;
mod spot;

#[cfg(test)]
mod samples;

pub use allow::AllowList;
pub use baseline::{Baseline, BaselineError};
pub use check::RuleError;
pub use config::Config;
pub use document::document;
pub use limits::{LimitsPatch, SizeError, parse_size};
pub use rule::{Read, Rule, Run, Text};
pub use sample::{
    CertificateForm, Environment, Flaw, HolderType, JwtForm, JwtType, KeyPair, PLACEHOLDERS, SampleError, Sampler,
    TokenForm, armour,
};
pub use set::RuleSet;
pub use spot::ConfigError;

/// The texts of rule files by their names.
macro_rules! rule_files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../rules/", $name, ".toml")))),*]
    };
}

/// The rules that are compiled in, in the order in which they are listed.
const BUILT_IN: &[(&str, &str)] = rule_files![
    "ksef-token",
    "ksef-token-secret",
    "ksef-token-40",
    "ksef-token-1",
    "ksef-jwt",
    "ksef-certificate-key",
    "ksef-application-key",
    "private-key",
    "ksef-key-password",
];
