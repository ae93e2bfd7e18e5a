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
    assert!(said.error.contains("could be any of the credentials 1, 2: say there which"), "{said:?}");
}

/// A bare secret that somebody wrote down, what KSeF lists of it, and the token as a whole.
fn halves(seed: u64) -> (String, String, String, String) {
    let token = Sampler::new(seed).token();
    let nip = token[41..51].to_owned();
    let bare = format!("NIP;Nazwa;Token KSeF;Odpowiedzialny\n{nip};A;{};Anna Nowak\n", &token[token.len() - 64..]);
    let lists = listing(&nip, &[(&token, "Active")]);
    (bare, lists, format!("NIP;Nazwa;Token KSeF\n{nip};A;{token}\n"), token)
}

#[test]
fn a_token_joins_what_was_known_of_its_secret_and_of_its_number() {
    let (bare, lists, whole, token) = halves(40);
    let desk = Desk::new();
    desk.import("bare.csv", &bare, &["--yes"]).ends(0);
    desk.import("l.json", &lists, &["--environment", "production"]).ends(0);
    assert_eq!(desk.credentials().len(), 2, "nothing says that they are one");
    desk.import("whole.csv", &whole, &["--yes"]).ends(0);
    let all = desk.credentials();
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(
        (&all[0]["reference"], &all[0]["owner"], &all[0]["status"]),
        (&token[..36].into(), &"Anna Nowak".into(), &"Active".into())
    );
    let before = (desk.credentials(), desk.changes());
    for (name, text, words) in [
        ("bare.csv", &bare, ["--yes", "-q"]),
        ("l.json", &lists, ["--environment", "production"]),
        ("whole.csv", &whole, ["--yes", "-q"]),
    ] {
        let words = if name == "l.json" { &words[..] } else { &words[..1] };
        desk.import(name, text, words).ends(0);
    }
    assert_eq!((desk.credentials(), desk.changes()), before);
}

#[test]
fn a_name_that_two_tokens_have_joins_the_one_that_is_in_use() {
    let [old, new] = [50, 51].map(|seed| {
        let form = ksefleaks::TokenForm { nip: Some("5265877635".to_owned()), ..ksefleaks::TokenForm::default() };
        Sampler::new(seed).token_with(&form)
    });
    let named = |text: String| {
        [&old, &new].iter().fold(text, |text, token| text.replace(&format!("opis {}", &token[9..20]), "Comarch"))
    };
    let typed = "NIP;Nazwa tokena;Odpowiedzialny\n5265877635;Comarch;Anna Nowak\n";
    for order in [[(&old, "Revoked"), (&new, "Active")], [(&new, "Active"), (&old, "Revoked")]] {
        let lists = named(listing("5265877635", &order.map(|(token, status)| (token.as_str(), status))));
        for typed_first in [true, false] {
            let desk = Desk::new();
            let import = |is_typed: bool| {
                if is_typed {
                    desk.import("t.csv", typed, &["--yes"]).ends(0);
                } else {
                    desk.import("l.json", &lists, &["--environment", "production"]).ends(0);
                }
            };
            import(typed_first);
            import(!typed_first);
            let all = desk.credentials();
            let of = |token: &str| all.iter().find(|one| one["reference"] == token[..36]).unwrap().clone();
            assert_eq!(of(&new)["owner"], "Anna Nowak", "{all:#?}");
            assert_eq!(of(&old)["owner"], serde_json::Value::Null);
            let before = (desk.credentials(), desk.changes());
            import(true);
            import(false);
            assert_eq!((desk.credentials(), desk.changes()), before);
        }
    }
}

#[test]
fn rows_of_one_token_are_taken_together() {
    let desk = Desk::new();
    let token = Sampler::new(60).token();
    let (nip, reference) = (&token[41..51], &token[..36]);
    let table = format!("NIP;Numer referencyjny;System\n{nip};{reference};Comarch\n{nip};{reference};nexo\n");
    desk.import("t.csv", &table, &["--yes"]).ends(0);
    assert_eq!(desk.credentials()[0]["system"], "Comarch; nexo");
    let before = (desk.credentials(), desk.changes());
    desk.import("t.csv", &table, &["--yes", "--replace"]).ends(0);
    assert_eq!((desk.credentials(), desk.changes()), before);
    let told = desk.inventory(&["audit", "--fail-on", "never"]).ends(0).out;
    assert!(told.contains("several-systems"), "{told}");
}

#[test]
fn a_company_is_told_by_all_of_a_file_and_not_by_the_rows_above() {
    let [one, other] = [70, 71].map(|seed| Sampler::new(seed).nip());
    let rows = [format!("Jan Kowalski;{one};A"), "Jan Kowalski;;B".to_owned(), format!("Jan Kowalski;{other};C")];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2]] {
        let desk = Desk::new();
        let rows: Vec<&str> = order.iter().map(|at| rows[*at].as_str()).collect();
        desk.import("t.csv", format!("Klient;NIP;Nazwa tokena\n{}\n", rows.join("\n")), &["--yes", "--keep-good"]);
        let all = desk.credentials();
        let of_b = all.iter().find(|one| one["name"] == "B").unwrap_or_else(|| panic!("{all:#?}"));
        assert_eq!(of_b["nip"], serde_json::Value::Null, "which of the two is not told");
    }
}

#[test]
fn what_was_kept_wrongly_can_be_changed_and_emptied() {
    let desk = Desk::new();
    let [token, other] = [80, 81].map(|seed| Sampler::new(seed).token());
    let table = |token: &str| format!("NIP;Nazwa;Token;Właściciel\n{};A;{token};Anna Nowak\n", &token[41..51]);
    desk.import("t.csv", table(&token), &["--yes"]).ends(0);
    let number = "number=1";
    desk.inventory(&["add", "credential", number, "owner="]).ends(3);
    assert_eq!(desk.credentials()[0]["owner"], "Anna Nowak", "nothing is emptied unless it is meant");
    desk.inventory(&["add", "credential", number, "owner=", "custodian=Anna Nowak", "--replace"]).ends(0);
    let one = &desk.credentials()[0];
    assert_eq!((&one["owner"], &one["custodian"]), (&serde_json::Value::Null, &"Anna Nowak".into()));
    // What two entries were joined by can be taken apart.
    let reference = format!("reference={}", &other[..36]);
    desk.inventory(&["add", "credential", number, &reference]).ends(3);
    desk.inventory(&["add", "credential", number, &reference, "sha256=", "--replace"]).ends(0);
    let one = &desk.credentials()[0];
    assert_eq!((&one["reference"], &one["sha256"]), (&other[..36].into(), &serde_json::json!([])));
    desk.import("t.csv", table(&token), &["--yes"]).ends(0);
    assert_eq!(desk.credentials().len(), 2);
    // No other one's number is given to it.
    let said =
        desk.inventory(&["add", "credential", number, &format!("reference={}", &token[..36]), "--replace"]).ends(2);
    assert!(said.error.contains('2'), "{said:?}");
    desk.inventory(&["add", "credential", "number=77", "owner=X"]).ends(2);
}
