//! What an import changes, and what it does not.

use ksefleaks::Sampler;

use crate::desk::Desk;
use crate::standings::listing;

#[test]
fn to_import_the_same_again_changes_nothing() {
    let desk = Desk::new();
    let token = Sampler::new(1).token();
    let nip = &token[41..51];
    let table = format!(
        "NIP;Nazwa tokena;Token;System;Ważny do\n{nip};ABC-PROD;{token};Comarch;31.12.2026\n{nip};ABC-2;;nexo;\n"
    );
    let sources: [(&str, String, &[&str]); 2] = [
        ("t.csv", table, &["--yes"]),
        ("l.json", listing(nip, &[(&token, "Active")]), &["--environment", "production"]),
    ];
    for (name, text, words) in &sources {
        desk.import(name, text, words).ends(0);
    }
    let before = (desk.credentials(), desk.changes());
    assert_eq!(before.0.len(), 2);
    for (name, text, words) in &sources {
        let said = desk.import(name, text, words).ends(0);
        assert!(said.out.contains("0 added, 0 changed"), "{said:?}");
    }
    assert_eq!((desk.credentials(), desk.changes()), before);
}

#[test]
fn a_listing_finds_the_row_that_was_typed_before() {
    let desk = Desk::new();
    let token = Sampler::new(2).token();
    let nip = &token[41..51];
    let name = format!("opis {}", &token[9..20]);
    desk.import("t.csv", format!("NIP;Nazwa tokena;Odpowiedzialny\n{nip};{name};Anna Nowak\n"), &["--yes"]).ends(0);
    desk.import("l.json", listing(nip, &[(&token, "Active")]), &["--environment", "production"]).ends(0);
    let all = desk.credentials();
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!((&all[0]["owner"], &all[0]["status"]), (&"Anna Nowak".into(), &"Active".into()));
    assert_eq!(all[0]["reference"], token[..36]);
}

#[test]
fn what_says_otherwise_is_listed_and_left() {
    let desk = Desk::new();
    let token = Sampler::new(3).token();
    let (nip, reference) = (&token[41..51], &token[..36]);
    let table = |owner: &str| {
        format!("NIP;Numer referencyjny;Właściciel biznesowy;System\n{nip};{reference};{owner};Comarch\n")
    };
    desk.import("t.csv", table("Anna Nowak"), &["--yes"]).ends(0);
    let said = desk.import("t.csv", table("Jan Kowalski"), &["--yes"]).ends(3);
    assert!(said.error.contains("line 2: owner of credential 1 is «Anna Nowak», not «Jan Kowalski»"), "{said:?}");
    assert_eq!(desk.credentials()[0]["owner"], "Anna Nowak");
    desk.import("t.csv", table("Jan Kowalski"), &["--yes", "--replace"]).ends(0);
    assert_eq!(desk.credentials()[0]["owner"], "Jan Kowalski");
    // KSeF knows the status; what was revoked does not come back.
    desk.import("l.json", listing(nip, &[(&token, "Active")]), &["--environment", "production"]).ends(0);
    desk.import("l.json", listing(nip, &[(&token, "Revoked")]), &["--environment", "production"]).ends(0);
    let said = desk.import("l.json", listing(nip, &[(&token, "Active")]), &["--environment", "production"]).ends(3);
    assert!(said.error.contains("status of credential 1 is «Revoked», not «Active»"), "{said:?}");
    // Of several systems all are kept.
    desk.import("t2.csv", table("Jan Kowalski").replace("Comarch", "nexo"), &["--yes"]).ends(0);
    assert_eq!(desk.credentials()[0]["system"], "Comarch; nexo");
}

#[test]
fn rows_that_cannot_be_read_are_told_and_the_good_ones_kept_only_if_the_user_says_so() {
    let desk = Desk::new();
    let table =
        "NIP;Nazwa tokena;Ważny do\n5265877635;a;2026-12-31\n5265877636;b;2026-12-31\n5265877635;c;31.02.2026\n";
    let said = desk.import("t.csv", table, &["--yes"]).ends(2);
    assert!(
        said.error.contains("line 3: ") && said.error.contains("line 4: ") && said.error.contains("--keep-good"),
        "{said:?}"
    );
    assert!(desk.credentials().is_empty());
    let said = desk.import("t.csv", table, &["--yes", "--keep-good"]).ends(3);
    assert!(said.out.contains("1 added") && said.out.contains("2 not read"), "{said:?}");
    assert_eq!(desk.credentials().len(), 1);
    assert!(desk.import("t.csv", "NIP;Nazwa\n5265877635;a\n", &[]).ends(2).error.contains("--yes"));
}

#[test]
fn an_entry_of_several_credentials_is_a_conflict() {
    let desk = Desk::new();
    let tokens = [Sampler::new(4).token(), Sampler::new(5).token()];
    for token in &tokens {
        let reference = format!("reference={}", &token[..36]);
        desk.inventory(&["add", "credential", &reference]).ends(0);
    }
    let sha256 = ksefleaks::Fingerprint::of_public(tokens[0].as_bytes());
    let [reference, sha256] = [format!("reference={}", &tokens[0][..36]), format!("sha256={sha256}")];
    desk.inventory(&["add", "credential", &reference, &sha256]).ends(0);
    let other = format!("reference={}", &tokens[1][..36]);
    let said = desk.inventory(&["add", "credential", &other, &sha256]).ends(3);
    assert!(said.error.contains("is credentials 1 and 2 at once"), "{said:?}");
}
