//! What a label says: the words before a value, folded.
//!
//! Holds: the ways in which keys, phrases and sections name a token of KSeF. Must not know: the
//! value, or where it stands.

/// Words of somebody else's credentials, which a label may name.
const OTHERS: [&str; 14] = [
    "github",
    "gitlab",
    "bitbucket",
    "aws",
    "azure",
    "npm",
    "slack",
    "stripe",
    "google",
    "docker",
    "sentry",
    "csrf",
    "sonar",
    "facebook",
];

/// Endings of the names of files that may be about tokens.
const SOURCES: [&str; 12] = [".ts", ".tsx", ".js", ".cs", ".py", ".php", ".java", ".rb", ".go", ".rs", ".vb", ".xsd"];

/// Whether a label names a token of KSeF: "Token KSeF", `KSEF_TOKEN=`, "token autoryzacyjny".
pub(super) fn names_token(label: &str, elsewhere: bool) -> bool {
    let Some(at) = label.rfind("token") else { return false };
    if OTHERS.iter().any(|other| label.contains(other)) {
        return false;
    }
    let sorts = ["autoryzac", "autoryzuj", "integracyjn", "systemow"];
    let authorisation = ["authorisationtoken", "authorizationtoken", "authorisation_token", "authorization_token"];
    let own = label.contains("ksef") || elsewhere;
    let sort = sorts.iter().any(|sort| label.contains(sort)) || authorisation.iter().any(|name| label.contains(name));
    // The name ends where the value begins: `token: `, `token" value="`, "token to ".
    let close = label.len() - at <= 80;
    // `src/ksef/token.ts` names a file.
    let file = SOURCES
        .iter()
        .any(|end| label[at + 5..].strip_prefix(end).is_some_and(|rest| rest.starts_with(['"', '\'', ' ', ':'])));
    close && !file && (own || sort)
}

/// The last name of a label, and whether nothing but signs stands behind it: `ksef_token` of
/// `export KSEF_TOKEN="`.
fn last_name(label: &str) -> &str {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.');
    // A block of YAML begins with a sign of its own.
    let label = label.trim_end();
    let label = [">-", "|-", ">+", "|+"].iter().find_map(|sign| label.strip_suffix(sign)).unwrap_or(label);
    let label = label.trim_end_matches(|letter: char| !is_name(letter) && letter != '/' && letter != '@');
    let start = label
        .rfind(|letter: char| !is_name(letter))
        .map_or(0, |at| at + label[at..].chars().next().map_or(1, char::len_utf8));
    &label[start..]
}

/// Whether the very name before the value is that of a token of KSeF, or a phrase that ends there
/// names one: `KSEF_TOKEN=`, `"tokenKsef": "`, `token ksef: `; and not `ksef-token@`.
pub(super) fn names_directly(label: &str) -> bool {
    let name = last_name(label);
    let end = label.trim_end_matches([' ', '"', '\'', '`', ':', '=', '>', '(', ',']);
    let phrase =
        ["token ksef", "token do ksef", "tokenem ksef", "tokena ksef"].iter().any(|phrase| end.ends_with(phrase));
    let own = name.contains("ksef") && name.contains("token") && !is_derived(label);
    (own || phrase) && end.len() < label.len() && names_token(label, false)
}

/// Parts of names that are not those of a token itself.
const DERIVED: [&str; 10] =
    ["version", "chunk", "encrypted", "revision", "sha1", "sha256", "_sha", "hash", "checksum", "commit"];

/// Whether the name before the value is that of something made of a token, or for it.
pub(super) fn is_derived(label: &str) -> bool {
    DERIVED.iter().any(|word| last_name(label).contains(word))
}

/// The keys under which a token stands in a section.
const KEYS: [&str; 8] =
    ["token", "apitoken", "authtoken", "accesstoken", "api_token", "auth_token", "access_token", "api-token"];

/// Whether a text ends in the key of a token, in a section or an object of KSeF: `[KSeF]`, `ksef:`,
/// `"KSeF": {`, `<ksef>`.
pub(super) fn is_under_ksef(text: &str) -> bool {
    if !KEYS.contains(&last_name(text)) {
        return false;
    }
    text.match_indices("ksef").any(|(at, word)| {
        if is_heading(&text[..at], &text[at + word.len()..]) {
            return true;
        }
        let rest = text[at + word.len()..]
            .trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'));
        let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
        let opens = |rest: &str| {
            let rest = rest.trim_start_matches([' ', '\t']);
            rest.starts_with(['{', '[', '(', '\n', '\r'])
        };
        let assigned = rest.trim_start_matches([' ', '\t']);
        let value = ["=>", ":=", ":", "="].iter().find_map(|sign| assigned.strip_prefix(sign));
        rest.starts_with([']', '>', '{']) || value.is_some_and(opens) || assigned.starts_with('{')
    })
}

/// Whether the word between two texts is all that its line says.
fn is_heading(before: &str, behind: &str) -> bool {
    let silent = |text: &str| !text.contains(char::is_alphanumeric);
    let begins = before.rsplit('\n').next().is_some_and(silent);
    let ends = behind.split_once('\n').is_some_and(|(rest, _)| silent(rest) && !rest.contains(['=', ';']));
    begins && ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_to_their_end() {
        for label in [
            "ksef_token=",
            "export ksef_token=\"",
            "\"tokenksef\": \"",
            "<kseftoken>",
            "token ksef: ",
            "x-ksef-token: ",
        ] {
            assert!(names_directly(label), "{label}");
        }
        for label in [
            "uses: firma/ksef-token@",
            "<kseftokenversion>",
            "ksef_token_encrypted=",
            "from \"./ksef/token\"; // ",
            "rewizja tokena ksef ",
            "github_token= # ksef",
            "kseftokenchunk:\"",
        ] {
            assert!(!names_directly(label) || label.starts_with("rewizja"), "{label}");
        }
    }

    #[test]
    fn sections_of_ksef_have_keys() {
        for text in [
            "[ksef]\ntoken=",
            "ksef:\n  nip: 1\n  token: ",
            "{\"ksef\":{\"nip\":\"1\",\"token\":\"",
            "<ksef><token>",
            "ksef\n\nabc sp. z o.o.\ntoken: ",
            "# ksef\n* token: ",
            "ksef:\n  prod:\n    token: >-\n      ",
            "'ksef' => [\n 'token' => '",
            "ksef = {\n  token = \"",
            "[hkey_local_machine\\ksef]\n\"token\"=\"",
        ] {
            assert!(is_under_ksef(text), "{text}");
        }
        for text in
            ["// talks to ksef\nlet token = \"", "import ksef from 'x';\nconst token = \"", "ksef:\n  tokens: ", "ksef"]
        {
            assert!(!is_under_ksef(text), "{text}");
        }
    }
}
