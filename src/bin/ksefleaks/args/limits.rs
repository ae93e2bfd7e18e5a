//! The ceilings as options.
//!
//! Holds: one option a field of the library's ceilings. A new ceiling is a field here; the test
//! below compares the defaults that are told with those that are used.

use clap::Args;
use ksefleaks::{LimitsPatch, parse_size};

#[allow(clippy::struct_field_names, reason = "the fields have the names of the options")]
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits; whatever exceeds one is told")]
pub(crate) struct LimitArgs {
    /// How deep containers are opened; 0 = nowhere, 100 at most [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=100))]
    pub(crate) max_depth: Option<u32>,
    /// Bytes of what must be held whole; what is read in windows has no limit [default: 32MiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_blob: Option<u64>,
    /// Bytes that one file may expand to, at the least [default: 1GiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_expanded: Option<u64>,
    /// How many times its packed size a thing may have [default: 1100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_ratio: Option<u64>,
    /// Members of containers in one file, at all depths [default: 2000000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_members: Option<u64>,
    /// Credentials met in one file [default: 1000000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_hits: Option<u64>,
    /// Different credentials in one run [default: 100000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_findings: Option<u32>,
    /// Rounds of a digest that the passwords tried on one locked key may cost; 20 times as many on all [default: 20000000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_rounds: Option<u64>,
    /// Bytes that one try of a password on a locked key may need [default: 32MiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_kdf_memory: Option<u64>,
    /// Places listed for one credential; all are counted [default: 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_locations: Option<u32>,
}

impl LimitArgs {
    /// What is set, in the form in which a configuration sets it.
    pub(crate) fn patch(&self) -> LimitsPatch {
        LimitsPatch {
            max_blob: self.max_blob,
            max_expanded: self.max_expanded,
            max_ratio: self.max_ratio,
            max_depth: self.max_depth,
            max_members: self.max_members,
            max_hits: self.max_hits,
            max_findings: self.max_findings.map(|number| number as usize),
            max_rounds: self.max_rounds,
            max_kdf_memory: self.max_kdf_memory,
            max_locations: self.max_locations.map(|number| number as usize),
        }
    }
}

fn size(text: &str) -> Result<u64, String> {
    match parse_size(text) {
        Ok(0) => Err("a size is at least one byte".to_owned()),
        Ok(bytes) => Ok(bytes),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, FromArgMatches};
    use ksefleaks::Limits;

    use super::*;

    #[test]
    fn the_defaults_that_are_told_are_those_that_are_used() {
        let command = LimitArgs::augment_args(Command::new("test"));
        let mut words = vec!["test".to_owned()];
        for arg in command.get_arguments() {
            let help = arg.get_help().unwrap().to_string();
            let told = help.split("[default: ").nth(1).unwrap().trim_end_matches(']').to_owned();
            words.extend([format!("--{}", arg.get_long().unwrap()), told]);
        }
        assert_eq!(words.len(), 21, "every ceiling tells its default");
        let matches = command.try_get_matches_from(words).unwrap();
        let mut limits = Limits {
            max_blob: 0,
            max_expanded: 0,
            max_ratio: 0,
            max_depth: 0,
            max_members: 0,
            max_hits: 0,
            max_findings: 0,
            max_rounds: 0,
            max_kdf_memory: 0,
            max_locations: 0,
        };
        LimitArgs::from_arg_matches(&matches).unwrap().patch().apply(&mut limits);
        assert_eq!(limits, Limits::default());
    }
}
