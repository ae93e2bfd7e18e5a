//! A key is the same key in whatever text it stands.

use super::*;

/// The lines of a file, each behind one thing and before another.
fn dressed(text: &str, before: &str, behind: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.join(&format!("{behind}{before}")) + behind
}

#[test]
fn armour_may_be_dressed_in_any_way() {
    let dresses = [
        ("    ", "\n"),
        ("", "\r\n"),
        ("", ""),
        ("", " "),
        ("", "\\n"),
        ("", "\\r\\n"),
        ("", "\\\\n"),
        ("\"", "\\n\" +\n"),
        ("'", "',\n"),
        ("\"", "\" & vbCrLf & _\r\n"),
        ("// ", "\n"),
        ("# ", "\n"),
        ("+", "\n"),
        ("> ", "\n"),
        ("", "%0A"),
        ("", "&#10;"),
        ("", "<br>"),
        ("\t\t<value>", "</value>\n"),
    ];
    let names = ["rsa.pem", "ec.p8.pem", "ed25519.pem", "ssh-rsa", "ec.pem"];
    for (form, (name, bytes), spki) in OPEN.iter().filter(|(_, (name, _), _)| names.contains(name)) {
        for (before, behind) in dresses {
            let text = dressed(&String::from_utf8_lossy(bytes), before, behind);
            let found = read(text.as_bytes()).unwrap_or_else(|| panic!("{name} in {before:?} {behind:?}"));
            assert_eq!((found.form, key_of(&found).spki.as_deref()), (*form, *spki), "{name} in {before:?} {behind:?}");
            assert_eq!(found.len, text.len() - behind.len(), "{name} in {before:?} {behind:?}");
            // Without its end, it ends with its last digit.
            let cut = text.find("-----END").expect("an end");
            let found = read(&text.as_bytes()[..cut]).unwrap_or_else(|| panic!("{name} without an end"));
            assert_eq!(key_of(&found).spki.as_deref(), *spki, "{name} in {before:?} {behind:?} without an end");
            assert!(found.len <= cut && found.len + 200 > cut, "{name}: {} of {cut}", found.len);
        }
    }
}

#[test]
fn sealed_armour_may_be_dressed_too() {
    for (form, (name, bytes), _, _) in SEALED.iter().filter(|sealed| ends(sealed.1.0, "pem")) {
        let plain = read(bytes).expect("a key");
        for (before, behind) in [("  ", "\n"), ("", "\r\n"), ("", "\\n"), ("\"", "\\n\" +\n"), ("", " ")] {
            let text = dressed(&String::from_utf8_lossy(bytes), before, behind);
            let found = read(text.as_bytes()).unwrap_or_else(|| panic!("{name} in {before:?} {behind:?}"));
            assert_eq!(found.form, *form, "{name} in {before:?} {behind:?}");
            assert_eq!(
                sealed_of(&found).fingerprint(),
                sealed_of(&plain).fingerprint(),
                "{name} in {before:?} {behind:?}"
            );
        }
    }
}

#[test]
fn base64_needs_no_armour() {
    for (form, (name, bytes), spki) in OPEN.iter().filter(|(_, (name, _), _)| ends(name, "pem")) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let body: Vec<&str> = text.lines().filter(|line| !line.starts_with('-')).collect();
        for glue in ["", "\n", "\\n", "\" +\n    \""] {
            let bare = body.join(glue);
            let found =
                read_base64(format!("{bare}\", \"next\": \"MII\"").as_bytes()).unwrap_or_else(|| panic!("{name}"));
            assert_eq!((found.form, key_of(&found).spki.as_deref()), (*form, *spki), "{name} glued by {glue:?}");
            assert!(found.len <= bare.len() && found.len + 2 >= bare.trim_end_matches('=').len(), "{name}: its length");
        }
    }
}
