//! The script that git runs as a hook.
//!
//! Holds: its text, and how one that was installed is known from any other. Must not know: where it is put.
//! It is for any POSIX shell; git for Windows brings one.

use std::ffi::{OsStr, OsString};

use ksefleaks::Fingerprint;

use crate::args::HookKind;

const SHEBANG: &[u8] = b"#!/bin/sh\n";

/// The digest tells a script of ours, of whatever version, from one that was changed by hand.
const MARK: &[u8] = b"# ksefleaks hook; SHA-256 of all that follows: ";

/// What a file in the place of a hook is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Ours, as it was installed.
    Ours,
    /// Ours, and changed since.
    Changed,
    /// Somebody else's.
    Foreign,
}

/// Tells what the beginning of a file is.
pub(super) fn kind(text: &[u8]) -> Kind {
    let Some(rest) = text.strip_prefix(SHEBANG).and_then(|rest| rest.strip_prefix(MARK)) else { return Kind::Foreign };
    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { return Kind::Changed };
    let digest = Fingerprint::of_public(&rest[end + 1..]).to_string();
    if rest[..end] == *digest.as_bytes() { Kind::Ours } else { Kind::Changed }
}

/// The name under which the hook is kept that was there before.
pub(super) fn former(kind: HookKind) -> String {
    format!("{}.before-ksefleaks", kind.name())
}

/// The script of a hook, for the program at this place and these options.
pub(super) fn text(kind: HookKind, program: &OsStr, options: &[OsString]) -> Vec<u8> {
    let mut body = Vec::new();
    for piece in [HEAD, PROGRAM] {
        body.extend(piece.replace("HOOK", kind.name()).replace("FORMER", &former(kind)).into_bytes());
    }
    body.extend(quoted(&slashes(program)));
    body.extend(SEARCH.replace("HOOK", kind.name()).replace("REMEDY", &remedy(kind)).into_bytes());
    body.extend(b"check() {\n    \"$program\" hook run ");
    body.extend(kind.name().as_bytes());
    for option in options {
        body.push(b' ');
        body.extend(quoted(option.as_encoded_bytes()));
    }
    body.extend(b" -- \"$@\"\n}\n");
    let order = match kind {
        HookKind::PreCommit | HookKind::CommitMsg => FORMER_FIRST,
        HookKind::PrePush | HookKind::PreReceive => FORMER_LAST,
    };
    body.extend(order.as_bytes());
    let digest = Fingerprint::of_public(&body).to_string();
    [SHEBANG, MARK, digest.as_bytes(), b"\n", &body].concat()
}

fn remedy(kind: HookKind) -> String {
    kind.bypass().map_or_else(String::new, |bypass| format!("; to go past the check once: {bypass}"))
}

const HEAD: &str = "\
# Written by 'ksefleaks hook install HOOK'. 'ksefleaks hook uninstall HOOK' takes it away and puts
# back the hook that was here before, which is kept beside it and runs too: FORMER
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
former=$here/FORMER
";

const PROGRAM: &str = "program=";

const SEARCH: &str = "
[ -x \"$program\" ] || program=$(command -v ksefleaks)
if [ -z \"$program\" ]; then
    echo \"ksefleaks: the program is not where it was when this hook was installed, nor on the PATH;\" >&2
    echo \"ksefleaks: nothing was checked, so this is refused; install it, or take this hook away: $0REMEDY\" >&2
    exit 2
fi
";

/// The former hook may change what is committed: what counts is what it leaves.
const FORMER_FIRST: &str = "\
if [ -x \"$former\" ]; then
    \"$former\" \"$@\" || exit $?
fi
check \"$@\"
";

/// The former hook may pass on what is pushed, as the one of git-lfs does: it must not where the push is
/// refused. Both read the same lines; the dot keeps the last line end, which $() would cut.
const FORMER_LAST: &str = "\
if [ -x \"$former\" ]; then
    input=$(cat && echo .) || exit 2
    input=${input%.}
    printf %s \"$input\" | check \"$@\" || exit $?
    printf %s \"$input\" 2>/dev/null | \"$former\" \"$@\"
else
    check \"$@\"
fi
";

/// The shell that git for Windows brings takes slashes.
fn slashes(program: &OsStr) -> Vec<u8> {
    let bytes = program.as_encoded_bytes();
    if cfg!(windows) {
        bytes.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect()
    } else {
        bytes.to_vec()
    }
}

/// A word that the shell takes as it is.
fn quoted(word: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'\''];
    for byte in word {
        if *byte == b'\'' {
            quoted.extend(b"'\\''");
        } else {
            quoted.push(*byte);
        }
    }
    quoted.push(b'\'');
    quoted
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn a_script_knows_itself_and_each_change() {
        for kind in HookKind::value_variants() {
            let text = text(*kind, OsStr::new("/usr/bin/ksefleaks"), &["--strict".into()]);
            assert_eq!(super::kind(&text), Kind::Ours);
            assert_eq!(super::kind(&[&text[..], b"echo\n"].concat()), Kind::Changed);
            assert_eq!(super::kind(&text[..80]), Kind::Changed);
            let shown = String::from_utf8(text).unwrap();
            assert!(shown.contains("'/usr/bin/ksefleaks'\n") && shown.contains(&former(*kind)), "{shown}");
            assert!(!["HOOK", "FORMER", "REMEDY"].iter().any(|word| shown.contains(word)), "{shown}");
        }
        assert_eq!(kind(b"#!/bin/sh\nexit 0\n"), Kind::Foreign);
        assert_eq!(kind(b""), Kind::Foreign);
    }

    #[test]
    fn words_stay_what_they_are() {
        assert_eq!(quoted(b"a b"), b"'a b'");
        assert_eq!(quoted(b"it's $HOME"), b"'it'\\''s $HOME'");
    }
}
