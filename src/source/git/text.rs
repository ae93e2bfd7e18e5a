//! What a commit or a tag says in words.
//!
//! Holds: the text of an object without the names of other objects, which look like secrets to a search
//! that reads of KSeF beside them. Must not know: what is looked for.

/// The lines of its head that hold nothing but names of objects.
const NAMES: [&[u8]; 3] = [b"tree ", b"parent ", b"object "];

/// The text of a commit or a tag, with empty lines in place of those, so that lines keep their
/// numbers.
pub(super) fn words(object: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(object.len());
    let mut rest = object;
    while let Some(behind) = NAMES.iter().find_map(|name| rest.strip_prefix(*name)) {
        let digits = behind.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        // What is no name of an object is no reason to look away.
        if !matches!(digits, 40 | 64) || !matches!(behind.get(digits), None | Some(b'\n')) {
            break;
        }
        text.push(b'\n');
        rest = behind.get(digits + 1..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_objects_are_left_out() {
        let (tree, parent) = ("1234".repeat(10), "5678".repeat(10));
        let rest = "author A <a@b> 0 +0000\n\ntree of KSeF\nobject x\n";
        assert_eq!(words(format!("tree {tree}\nparent {parent}\n{rest}").as_bytes()), format!("\n\n{rest}").as_bytes());
        assert_eq!(words(format!("object {}", "ab".repeat(32)).as_bytes()), b"\n");
        let other = format!("tree {tree}\nparent {parent}|nip\ntree {tree}\n");
        assert_eq!(words(other.as_bytes()), &other.as_bytes()[other.find("parent").unwrap() - 1..]);
        assert_eq!(words(b""), b"");
    }
}
