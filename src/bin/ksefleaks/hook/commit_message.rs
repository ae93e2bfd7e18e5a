//! The message of a commit as git will keep it.
//!
//! Holds: where the message ends. Must not know: how it is searched.

/// What `git commit --verbose` writes below the message, behind the sign of a comment.
const SCISSORS: &[u8] = b"------------------------ >8 ------------------------";

/// A sign of a comment is short, whatever `core.commentString` says.
const LONGEST_SIGN: usize = 32;

/// The part of the file that is the message. What stands below the scissors is the diff, in which a
/// credential may be one that the commit takes away. Comments are part of it: whether git drops them
/// depends on how the message was given.
pub(super) fn kept(file: &[u8]) -> &[u8] {
    let mut start = 0;
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        if is_scissors(line) {
            return &file[..start];
        }
        start += line.len();
    }
    file
}

fn is_scissors(line: &[u8]) -> bool {
    let sign = line.trim_ascii_end().strip_suffix(SCISSORS).and_then(|before| before.strip_suffix(b" "));
    sign.is_some_and(|sign| !sign.is_empty() && sign.len() <= LONGEST_SIGN && !sign.contains(&b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_ends_at_the_scissors() {
        let scissors = std::str::from_utf8(SCISSORS).unwrap();
        for sign in ["#", ";", "//"] {
            let file = format!("subject\n\n# comment\n{sign} {scissors}\n{sign} Do not modify\n-gone\n");
            assert_eq!(kept(file.as_bytes()), b"subject\n\n# comment\n", "{sign}");
            let windows = file.replace('\n', "\r\n");
            assert_eq!(kept(windows.as_bytes()), b"subject\r\n\r\n# comment\r\n");
        }
    }

    #[test]
    fn what_only_resembles_scissors_ends_nothing() {
        let scissors = std::str::from_utf8(SCISSORS).unwrap();
        for line in [scissors.to_owned(), format!("see # {scissors}"), format!("# {scissors} below"), String::new()] {
            let file = format!("subject\n{line}\nrest");
            assert_eq!(kept(file.as_bytes()), file.as_bytes(), "{line}");
        }
    }
}
