//! `ksefleaks explain`.
//!
//! Holds: how one credential is read without being shown, and what is said about it. Must not know: how it
//! is judged.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Read};

use anyhow::{anyhow, bail};
use ksefleaks::{Budget, Explanation, Finding, Instant, Limits, escape_terminal, explain};

use crate::args::{ExplainArgs, Looks};
use crate::config;
use crate::exit::Exit;
use crate::files::why;
use crate::output::to_standard_output;

/// No credential is as long; keystores and keys are shorter too.
const LARGEST: usize = 64 << 10;

/// Reads a credential and prints what it says about itself.
pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Exit> {
    let loaded = config::load(args.config.as_deref())?;
    let bytes = zeroize::Zeroizing::new(credential()?);
    let explanation = explain(&loaded.rules, &bytes, args.now.unwrap_or_else(Instant::now))?;
    let told = words(&explanation);
    to_standard_output(&Looks::default(), |out| out.write_all(told.as_bytes()))?;
    Ok(Exit::Clean)
}

fn credential() -> anyhow::Result<Vec<u8>> {
    let mut bytes = if io::stdin().is_terminal() {
        let typed = rpassword::prompt_password("credential (not shown): ");
        typed.map_err(|error| anyhow!("the terminal cannot be read: {}", why(&error)))?.into_bytes()
    } else {
        read(&mut io::stdin().lock())?
    };
    let end = bytes.iter().rposition(|byte| !byte.is_ascii_whitespace()).map_or(0, |last| last + 1);
    bytes.truncate(end);
    if bytes.is_empty() {
        bail!("nothing was given on standard input; paste one credential");
    }
    Ok(bytes)
}

/// Reads into one buffer that never moves, so that no copy stays behind.
fn read(source: &mut dyn Read) -> anyhow::Result<Vec<u8>> {
    let budget = Budget::new(&Limits::default());
    let mut bytes = vec![0; LARGEST + 1];
    let mut end = 0;
    loop {
        let count = budget.read(source, &mut bytes[end..]);
        match count.map_err(|error| anyhow!("standard input cannot be read: {}", why(&error)))? {
            0 if end > LARGEST => {
                bail!("more than {} KiB is no credential; «ksefleaks scan -» searches it", LARGEST >> 10)
            }
            0 => break,
            count => end += count,
        }
    }
    bytes.truncate(end);
    Ok(bytes)
}

fn words(explanation: &Explanation) -> String {
    let mut text = String::new();
    let widest = explanation.checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0);
    for check in &explanation.checks {
        let mark = match check.passed {
            Some(true) => "fits  ",
            Some(false) => "WRONG ",
            None => "      ",
        };
        let _ = writeln!(text, "{mark}{:widest$}  {}", escape_terminal(&check.name), escape_terminal(&check.text));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    match &explanation.finding {
        Some(finding) => text.push_str(&facts(finding)),
        None if explanation.example => text.push_str("the example of the official documentation: no leak\n"),
        None if explanation.placeholder => {
            text.push_str("it has the form of a token and was invented: a placeholder\n");
        }
        None => text.push_str("this is no credential of KSeF that the rules know\n"),
    }
    text
}

/// What the credential says about itself, a line each, and what to do.
fn facts(finding: &Finding) -> String {
    let confidence = format!("{:?}", finding.confidence).to_lowercase();
    let mut text = format!("{}, {confidence} ({})\n", escape_terminal(&finding.title), finding.rule);
    let about = &finding.about;
    let facts = [
        ("form", finding.secret.redacted.clone()),
        ("sha256", finding.secret.sha256.map(|print| print.to_string())),
        ("reference", about.reference.clone()),
        ("issued", about.issued.map(|instant| instant.to_string())),
        ("NIP", about.nip.clone()),
        ("internal id", about.internal_id.clone()),
        ("environment", about.environment.clone()),
        ("what", about.token_type.clone()),
        ("logged in by", about.method.clone()),
        (
            "lock",
            about
                .key
                .as_ref()
                .and_then(|key| key.lock.as_ref())
                .map(|lock| format!("{} ({})", lock.protection, lock.strength)),
        ),
        ("expires", about.expires.map(|instant| instant.to_string())),
        ("standing", finding.standing.reason.clone()),
    ];
    for (name, fact) in facts {
        if let Some(fact) = fact {
            let _ = writeln!(text, "{name:14}{}", escape_terminal(&fact));
        }
    }
    let help: Vec<&str> = finding.help.split_whitespace().collect();
    let _ = writeln!(text, "\n{}", escape_terminal(&help.join(" ")));
    text
}

#[cfg(test)]
mod tests {
    use ksefleaks::Check;

    use super::*;

    #[test]
    fn checks_are_told_as_a_table() {
        let check = |name: &str, passed| Check { name: name.to_owned(), passed, text: "x\u{1b}".to_owned() };
        let checks = vec![check("CRC", Some(true)), check("date", Some(false)), check("NIP", None)];
        let told = words(&Explanation { checks, finding: None, example: false, placeholder: false });
        assert!(told.starts_with("fits  CRC   x\\x1b\nWRONG date  x\\x1b\n      NIP   x\\x1b\n"), "{told}");
    }

    #[test]
    fn what_is_too_long_is_refused() {
        assert_eq!(read(&mut &b"abc"[..]).unwrap(), b"abc");
        assert_eq!(read(&mut io::repeat(b'x').take(LARGEST as u64)).unwrap().len(), LARGEST);
        assert!(read(&mut io::repeat(b'x')).is_err());
    }
}
