//! The fields of a rule, in words.
//!
//! Holds: what each field takes and means, for `docs/rules.md` and for the errors of a
//! configuration. A new field of `Rule` is a line here; a test compares the two lists.

/// One field of a rule.
pub(super) struct Field {
    /// Its name in the file.
    pub name: &'static str,
    /// Whether a rule cannot be without it.
    pub required: bool,
    /// What it takes.
    pub takes: &'static str,
    /// What it means, as a sentence or two.
    pub about: &'static str,
}

const fn field(name: &'static str, required: bool, takes: &'static str, about: &'static str) -> Field {
    Field { name, required, takes, about }
}

/// All fields, in the order in which they are best written.
pub(super) const FIELDS: &[Field] = &[
    field(
        "id",
        true,
        "a text",
        "The name of the rule: lower-case letters, digits and dashes. Findings carry it as `rule`.",
    ),
    field("kind", true, "`\"token\"`, `\"jwt\"`, `\"key\"` or `\"keystore\"`", "What sort of credential it finds."),
    field("title", true, "a table `{ en = \"…\", pl = \"…\" }`", "What it is, in one phrase and two languages."),
    field(
        "severity",
        true,
        "`\"critical\"`, `\"high\"`, `\"medium\"`, `\"low\"` or `\"info\"`",
        "How bad it is if it is what it seems to be. A verifier may know better.",
    ),
    field(
        "anchors",
        false,
        "a list of texts",
        "Texts of which one stands inside every such credential, 4 bytes of ASCII at least. They are looked for in \
         every dress: escaped, in base64, in UTF-16 and so on. Longer ones are faster and rarer.",
    ),
    field(
        "spare_anchors",
        false,
        "a list of texts",
        "Texts that stand inside every such credential as well. They are looked for in plain text only, where an \
         anchor may be broken by a line end or by a character that cannot be seen.",
    ),
    field(
        "inner_anchors",
        false,
        "a list of texts",
        "Texts that stand inside the credential once its own base64url is decoded, for credentials that are encoded \
         by nature, such as a JWT.",
    ),
    field(
        "run",
        false,
        "`\"hex64\"`",
        "A run of exactly 64 hexadecimal digits is the anchor, whatever stands around it.",
    ),
    field(
        "read",
        false,
        "`\"key\"` or `\"password\"`",
        "It is found by being read, and not by a pattern: a private key in any of its forms, or the password of one. \
         Only rules of this program have it; they do without `pattern` and `max_len`, and their `near` is what makes \
         a key one of KSeF.",
    ),
    field(
        "pattern",
        true,
        "a text; single quotes save doubling the backslashes",
        "What the credential looks like in its plain dress, as a regular expression of the Rust `regex` syntax. Where \
         it has a group named `secret`, that group is the credential; it must not match the empty text.",
    ),
    field(
        "max_len",
        true,
        "a whole number from 1 to 65536",
        "Bytes of the longest such credential in its plain dress.",
    ),
    field(
        "verify",
        false,
        "a text",
        "The verifier that decides how sure a match is. Without one, a match that passes the other fields is `likely`.",
    ),
    field(
        "entropy",
        false,
        "a number from 0 to 8",
        "The least Shannon entropy of the credential in bits a character. Random hexadecimal digits have nearly 4, \
         random letters and digits of 40 characters about 4.7.",
    ),
    field(
        "near",
        false,
        "a list of texts",
        "Words of which one must stand near, in any case, with or without Polish diacritics, as a part of a word as \
         well. Where a rule has no anchor and no run these words are what is looked for, so the rarer the better.",
    ),
    field(
        "unless",
        false,
        "a list of texts",
        "Words that must not stand beside it, on the same line or in its key; compared like those of `near`.",
    ),
    field("hits", true, "a list of texts", "Texts in which the rule must find something; see the placeholders below."),
    field("misses", true, "a list of texts", "Texts in which the rule must find nothing."),
    field("help", true, "a table `{ en = \"…\", pl = \"…\" }`", "What the owner of the credential is to do."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rule;

    #[test]
    fn the_list_is_that_of_the_rule() {
        let error = toml::from_str::<Rule>("unknown = 1").unwrap_err();
        let told: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();
        let mut listed: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
        let mut told = told;
        listed.sort_unstable();
        told.sort_unstable();
        assert_eq!(listed, told);
    }
}
