//! What is said of a wrong command line.
//!
//! Holds: one line for each way to be wrong. Must not know: the commands. Nothing typed is repeated
//! that may be a secret.

use std::error::Error as _;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::exit::Exit;
use crate::message::{shown, tell};

/// Why there is nothing to run: help was asked for, or the command line is wrong.
#[derive(Debug)]
pub(crate) struct Refusal {
    error: clap::Error,
    command: &'static str,
}

impl Refusal {
    pub(super) fn new(error: clap::Error, words: &[OsString]) -> Self {
        let known = ["scan", "git", "hook", "rules", "explain"];
        let first = words.get(1).and_then(|word| word.to_str());
        Self { error, command: known.into_iter().find(|name| Some(*name) == first).unwrap_or("") }
    }

    /// Shows the help, or says in one line what is wrong.
    pub(crate) fn tell(&self) -> Exit {
        match self.error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                // A closed pipe is no error.
                drop(self.error.print());
                Exit::Clean
            }
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                drop(self.error.print());
                Exit::Failed
            }
            _ => {
                tell(&self.line());
                Exit::Failed
            }
        }
    }

    fn line(&self) -> String {
        let space = if self.command.is_empty() { "" } else { " " };
        let see = format!("see «ksefleaks{space}{} --help»", self.command);
        let arg = self.text(ContextKind::InvalidArg);
        let typed = shown(&self.text(ContextKind::InvalidValue));
        match self.error.kind() {
            ErrorKind::UnknownArgument if self.command == "explain" && !arg.starts_with('-') => {
                "explain takes no credential as an argument, where other users and the shell's history see it; \
                 give it on standard input"
                    .to_owned()
            }
            ErrorKind::UnknownArgument if arg.starts_with('-') => {
                let name = arg.split('=').next().unwrap_or(&arg);
                format!("unknown option {}{}; {see}", shown(name), self.suggestion(ContextKind::SuggestedArg))
            }
            ErrorKind::UnknownArgument => format!("«{}» is one argument too many; {see}", shown(&arg)),
            ErrorKind::InvalidSubcommand => {
                let name = shown(&self.text(ContextKind::InvalidSubcommand));
                format!("unknown command «{name}»{}; {see}", self.suggestion(ContextKind::SuggestedSubcommand))
            }
            ErrorKind::InvalidValue if typed.is_empty() => format!("{arg} needs a value; {see}"),
            ErrorKind::InvalidValue => {
                format!("«{typed}» is no value of {arg}: it takes {}", self.text(ContextKind::ValidValue))
            }
            ErrorKind::ValueValidation => {
                let why = self.error.source().map(ToString::to_string).unwrap_or_default();
                // clap repeats the value in some of its reasons.
                let again = format!("{} ", self.text(ContextKind::InvalidValue));
                let why = why.strip_prefix(&again).map_or_else(|| why.clone(), |rest| format!("it {rest}"));
                format!("«{typed}» is no value of {arg}: {why}")
            }
            ErrorKind::ArgumentConflict => {
                format!("{arg} cannot be used with {}; {see}", self.text(ContextKind::PriorArg))
            }
            ErrorKind::MissingRequiredArgument => format!("{arg} is missing; {see}"),
            ErrorKind::MissingSubcommand => format!("a command is missing; {see}"),
            ErrorKind::InvalidUtf8 => format!("an argument is not UTF-8; {see}"),
            _ => format!("wrong usage; {see}"),
        }
    }

    fn suggestion(&self, kind: ContextKind) -> String {
        let text = self.text(kind);
        if text.is_empty() { text } else { format!("; did you mean {text}?") }
    }

    fn text(&self, kind: ContextKind) -> String {
        match self.error.get(kind) {
            Some(ContextValue::String(text)) => text.clone(),
            Some(ContextValue::Strings(texts)) => texts.join(", "),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::Cli;

    fn line(words: &[&str]) -> String {
        let words: Vec<OsString> = ["ksefleaks"].iter().chain(words).map(OsString::from).collect();
        Refusal::new(Cli::try_parse_from(&words).unwrap_err(), &words).line()
    }

    #[test]
    fn each_mistake_has_one_line_that_names_it() {
        let table: [(&[&str], &str); 9] = [
            (&["scna"], "unknown command «scna»; did you mean scan?; see «ksefleaks --help»"),
            (&["report"], "unknown command «report»; see «ksefleaks --help»"),
            (&["scan", "--case=x"], "unknown option --case; did you mean --baseline?; see «ksefleaks scan --help»"),
            (&["scan", "--formt", "x"], "unknown option --formt; did you mean --format?; see «ksefleaks scan --help»"),
            (
                &["scan", "--format", "xml"],
                "«xml» is no value of --format <FORMAT>: it takes text, json, jsonl, sarif, gitlab, github, junit",
            ),
            (&["scan", "--format"], "--format <FORMAT> needs a value; see «ksefleaks scan --help»"),
            (&["scan", "--jobs", "0"], "«0» is no value of --jobs <N>: it is not in 1..=1024"),
            (&["scan", "-q", "-v"], "--quiet cannot be used with --verbose...; see «ksefleaks scan --help»"),
            (&["rules", "list", "x"], "«x» is one argument too many; see «ksefleaks rules --help»"),
        ];
        for (words, expected) in table {
            assert_eq!(line(words), expected, "{words:?}");
        }
    }

    #[test]
    fn a_secret_on_the_command_line_is_not_repeated() {
        let secret = "0f1e2d3c4b5a5c6d8e9f0a1b2c3d4e5f6a7b8c9d0e1f4a3bac5d6e7f8091a2b3";
        let words: [&[&str]; 6] = [
            &["explain", secret],
            &["explain", "hunter2"],
            &[secret],
            &["scan", "--token", secret],
            &["scan", &format!("--token={secret}")],
            &["scan", "--format", secret],
        ];
        for words in words {
            let line = line(words);
            assert!(!line.contains(&secret[..8]) && !line.contains("hunter2"), "{line}");
        }
    }
}
