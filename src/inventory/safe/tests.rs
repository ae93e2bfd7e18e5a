//! Exports as the programs write them, and what must not be taken from them.

use serde_json::json;

use super::*;

/// What stands in the fields that must not be read.
const CANARIES: [&str; 4] = ["canary-password", "canary-note", "canary-field", "canary-old"];

/// The bytes of an item, its title, its folder.
type Told<'t> = (&'t str, Option<String>, Option<String>);

/// What is told of items, each with its bytes; no canary may be in what is told.
fn told(kind: SafeKind, text: &str) -> Vec<Told<'_>> {
    let items = items(kind, text).unwrap();
    let debug = format!("{items:?}");
    assert!(!debug.contains("canary"), "{debug}");
    for (index, item) in items.iter().enumerate() {
        assert_eq!(item.place, format!("item {}", index + 1));
    }
    assert!(items.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
    items.into_iter().map(|item| (&text[item.span], item.title, item.folder)).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with what may be missing")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn bitwarden() -> String {
    let export = json!({
        "encrypted": false,
        "folders": [{"id": "f1", "name": "KSeF"}, {"id": "f2"}],
        "collections": [{"id": "c1", "organizationId": "o", "name": "Klienci"}],
        "items": [
            {"id": "1", "folderId": "f1", "type": 1, "name": "Token\nComarch", "notes": CANARIES[1],
             "fields": [{"name": "t", "value": CANARIES[2], "type": 1}],
             "login": {"uris": [], "username": "u", "password": CANARIES[0]},
             "passwordHistory": [{"password": CANARIES[3]}], "revisionDate": "2026-03-01T10:00:00.123Z"},
            {"id": "2", "folderId": null, "collectionIds": ["c9", "c1"], "name": "Drugi ż", "notes": null},
            {"id": "3", "folderId": "f2", "name": 7, "revisionDate": "soon"},
            "odd",
        ],
    });
    serde_json::to_string_pretty(&export).unwrap()
}

#[test]
fn bitwarden_in_json() {
    let text = bitwarden();
    assert_eq!(recognise("vault.json", &text), Some(SafeKind::BitwardenJson));
    let told = told(SafeKind::BitwardenJson, &text);
    assert_eq!(told.len(), 4);
    assert!(
        told[0].0.starts_with('{') && told[0].0.ends_with('}') && CANARIES.iter().all(|word| told[0].0.contains(word))
    );
    assert_eq!(told[0].1, some("Token Comarch"));
    assert_eq!(told[0].2, some("KSeF"));
    assert_eq!((told[1].1.clone(), told[1].2.clone()), (some("Drugi ż"), some("Klienci")));
    assert_eq!((told[2].1.clone(), told[2].2.clone()), (None, None));
    assert_eq!(told[3].0, "\"odd\"");
}

#[test]
fn a_mark_of_the_order_of_bytes_moves_the_spans() {
    let (plain, text) = (bitwarden(), format!("\u{feff}{}", bitwarden()));
    assert_eq!(recognise("", &text), Some(SafeKind::BitwardenJson));
    assert_eq!(told(SafeKind::BitwardenJson, &text), told(SafeKind::BitwardenJson, &plain));
    let (plain, text) = (KEEPASS.to_owned(), format!("\u{feff}{KEEPASS}"));
    assert_eq!(recognise("", &text), Some(SafeKind::KeepassXml));
    assert_eq!(told(SafeKind::KeepassXml, &text), told(SafeKind::KeepassXml, &plain));
    let (plain, text) = (KEEPASSXC.to_owned(), format!("\u{feff}{KEEPASSXC}"));
    assert_eq!(recognise("", &text), Some(SafeKind::KeepassTable));
    assert_eq!(told(SafeKind::KeepassTable, &text), told(SafeKind::KeepassTable, &plain));
}

#[test]
fn an_encrypted_export_is_refused_with_a_remedy() {
    let account =
        r#"{"encrypted":true,"encKeyValidation_DO_NOT_EDIT":"2.x","folders":[],"items":[{"name":"2.canary"}]}"#;
    let password = r#"{"encrypted":true,"passwordProtected":true,"salt":"a","kdfIterations":600000,"data":"2.canary"}"#;
    for text in [account, password] {
        assert_eq!(recognise("", text), Some(SafeKind::BitwardenJson));
        let error = items(SafeKind::BitwardenJson, text).unwrap_err();
        assert!(error.contains("encrypted export") && error.contains("export the vault again"), "{error}");
        assert!(!error.contains("canary"));
    }
}

#[test]
fn onepassword_in_json() {
    let item = |title: &str| {
        json!({"uuid": "u", "updatedAt": 1_772_359_200, "state": "active", "categoryUuid": "001",
            "details": {"loginFields": [{"value": CANARIES[0]}], "notesPlain": CANARIES[1],
                        "sections": [{"fields": [{"value": {"concealed": CANARIES[2]}}]}],
                        "passwordHistory": [{"value": CANARIES[3]}]},
            "overview": {"title": title, "url": "https://x", "tags": []}})
    };
    let text = json!({"accounts": [{"attrs": {"accountName": "ABC"}, "vaults": [
        {"attrs": {"uuid": "v", "name": "Księgowość"}, "items": [item("Token"), {"item": item("Inny")}]},
        {"items": []}, {"attrs": null, "items": [{}]}]}]})
    .to_string();
    assert_eq!(recognise("export.data", &text), Some(SafeKind::OnePux));
    let told = told(SafeKind::OnePux, &text);
    let titles: Vec<_> = told.iter().map(|item| (item.1.clone(), item.2.clone())).collect();
    assert_eq!(titles, [(some("Token"), some("Księgowość")), (some("Inny"), some("Księgowość")), (None, None)]);
    assert!(told[1].0.starts_with("{\"item\":") && told[1].0.contains(CANARIES[0]));
    assert_eq!(recognise("a/export.data", &text[..100]), Some(SafeKind::OnePux), "it is cut");
    assert_eq!(recognise("a.json", &text[..100]), None);
    assert_eq!(
        items(SafeKind::OnePux, &text[..100]).unwrap_err(),
        "line 1, column 100: there is the end, before the export is at its end"
    );
}

const KEEPASS: &str = r#"<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<!-- made by hand -->
<KeePassFile><Meta><Generator>KeePass</Generator><DatabaseName>canary-field</DatabaseName></Meta>
 <Root><Group><UUID>AA==</UUID><Name>Baza</Name><Notes>canary-note</Notes>
  <Entry><UUID>AA==</UUID>
   <String><Key>Password</Key><Value ProtectInMemory="True">canary-password</Value></String>
   <String><Key>Title</Key><Value>A &amp; B &#x17C; <![CDATA[<c>]]></Value></String>
   <Times><CreationTime>2020-01-01T00:00:00Z</CreationTime>
    <LastModificationTime>2026-03-01T10:00:00Z</LastModificationTime></Times>
   <History><Entry><String><Key>Title</Key><Value>canary-old</Value></String>
     <Times><LastModificationTime>2021-01-01T00:00:00Z</LastModificationTime></Times></Entry></History>
  </Entry>
  <Group><Name>KSeF</Name>
   <Entry><String><Value>canary-field</Value><Key>Title</Key></String>
     <Times><LastModificationTime>IAU24Q4AAAA=</LastModificationTime></Times></Entry>
   <Entry/>
  </Group>
  <Entry><String><Key>Notes</Key><Value>canary-note</Value></String><String><Key>Title</Key><Value/></String></Entry>
 </Group><DeletedObjects/></Root></KeePassFile>"#;

#[test]
fn keepass_in_xml() {
    assert_eq!(recognise("a.xml", KEEPASS), Some(SafeKind::KeepassXml));
    let told = told(SafeKind::KeepassXml, KEEPASS);
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|item| item.0.starts_with("<Entry>") && item.0.ends_with("</Entry>")));
    assert!(told[0].0.contains("canary-old") && told[0].0.contains("</History>"));
    assert_eq!(told[0].1, some("A & B ż <c>"));
    assert_eq!(told[0].2, some("Baza"));
    assert_eq!((told[1].1.clone(), told[1].2.clone()), (None, some("Baza / KSeF")));
    assert_eq!((told[2].1.clone(), told[2].2.clone()), (None, some("Baza")));
}

#[test]
fn what_is_no_sound_xml_is_told_without_quotes() {
    for at in (0..KEEPASS.len()).filter(|at| KEEPASS.is_char_boundary(*at)) {
        let error = items(SafeKind::KeepassXml, &KEEPASS[..at]).unwrap_err();
        assert!(at < 120 || error.starts_with("line ") && !error.contains("canary"), "{error}");
        assert!(at < 120 || recognise("", &KEEPASS[..at]) == Some(SafeKind::KeepassXml));
    }
    let error = items(SafeKind::KeepassXml, "<KeePassFile>\n <Root>ż</canary></KeePassFile>").unwrap_err();
    assert_eq!(error, "line 2, column 9: there is no sound XML");
    for other in ["<html><KeePassFile/></html>", "<KeePassFile/>", "<", "<!-- x", "<?xml version='1.0'?>"] {
        assert_eq!(recognise("a.xml", other), None, "{other}");
        assert_eq!(items(SafeKind::KeepassXml, other).unwrap_err(), "is no export of KeePass");
    }
}

#[test]
fn groups_within_groups_do_not_multiply() {
    let deep = 20_000;
    let inner = "<Group><Name>g</Name><Entry></Entry>".repeat(deep);
    let text = format!("<KeePassFile><Root>{inner}{}</Root></KeePassFile>", "</Group>".repeat(deep));
    let items = items(SafeKind::KeepassXml, &text).unwrap();
    assert_eq!(items.len(), deep);
    assert_eq!(items[1].folder.as_deref(), Some("g / g"));
    assert!(items.iter().all(|item| item.folder.as_ref().is_some_and(|folder| folder.len() <= 200)));
}

const KEEPASSXC: &str = r#""Group","Title","Username","Password","URL","Notes","TOTP","Icon","Last Modified","Created"
"Baza/KSeF","Token, ""1""","u","canary-password","","canary-note
two lines","","0","2026-03-01T10:00:00Z","x"
"","","u","canary-password"
"#;

#[test]
fn tables_of_all_programs() {
    let told = told(SafeKind::KeepassTable, KEEPASSXC);
    assert_eq!(told.len(), 2);
    assert!(
        told[0].0.starts_with("\"Baza/KSeF\"") && told[0].0.contains("two lines") && told[1].0.starts_with("\"\",\"\"")
    );
    assert_eq!(told[0].1, some("Token, \"1\""));
    assert_eq!(told[0].2, some("Baza / KSeF"));
    assert_eq!((told[1].1.clone(), told[1].2.clone()), (None, None));
    for (kind, heading, row, folder) in [
        (
            SafeKind::BitwardenTable,
            "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp",
            "KSeF,,login,Token,canary-note,canary-field,0,,u,canary-password,",
            some("KSeF"),
        ),
        (
            SafeKind::BitwardenTable,
            "collections,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp",
            "Klienci,note,Token,canary-note,canary-field,0,,,,",
            some("Klienci"),
        ),
        (
            SafeKind::OnePasswordTable,
            "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes",
            "Token,,u,canary-password,,false,false,,canary-note",
            None,
        ),
        (
            SafeKind::OnePasswordTable,
            "title,website,username,password,notes",
            "Token,,u,canary-password,canary-note",
            None,
        ),
        (
            SafeKind::KeepassTable,
            "\"Account\",\"Login Name\",\"Password\",\"Web Site\",\"Comments\"",
            "\"Token\",\"u\",\"canary-password\",\"\",\"canary-note\"",
            None,
        ),
    ] {
        let text = format!("{heading}\r\n{row}\r\n\r\n{row}");
        assert_eq!(recognise("export.csv", &text), Some(kind), "{heading}");
        let told = self::told(kind, &text);
        assert_eq!(told.len(), 2, "{heading}");
        assert!(told.iter().all(|item| item.0.trim() == row && item.1 == some("Token") && item.2 == folder));
        let other = if kind == SafeKind::KeepassTable { SafeKind::BitwardenTable } else { SafeKind::KeepassTable };
        assert_eq!(items(other, &text).unwrap_err(), "has not the columns of such an export");
    }
}

#[test]
fn an_inventory_of_people_is_no_export() {
    for heading in [
        "name,NIP,token",
        "Podmiot;NIP;Nazwa tokena;Środowisko;Token",
        "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes,NIP",
        "title,website,username,password,notes,token",
        "\"Group\",\"Title\",\"Username\",\"Password\",\"URL\",\"Notes\",\"NIP\"",
        "\"Account\",\"Login Name\",\"Password\",\"Web Site\",\"Comments\",\"NIP\"",
        "title,username,password",
        "title,title,website,username,password,notes",
        "folder,type,name,notes,token",
        "",
        "\n",
    ] {
        assert_eq!(recognise("inwentarz.csv", &format!("{heading}\na,b,c\n")), None, "{heading}");
    }
    for other in
        ["{\"items\":[],\"encrypted\":\"no\"}", "{\"encrypted\":false}", "{}", "{\"accounts\":[]}", "{", "[]", "7"]
    {
        assert_eq!(recognise("a.json", other), None, "{other}");
    }
}

#[test]
fn what_is_no_sound_json_is_told_without_quotes() {
    let text = bitwarden();
    for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
        let error = items(SafeKind::BitwardenJson, &text[..at]).unwrap_err();
        assert!(error.starts_with("line ") && !error.contains("canary"), "{error}");
    }
    let wrong = text.replace("\"encrypted\": false", "\"encrypted\": \"canary\"");
    let error = items(SafeKind::BitwardenJson, &wrong).unwrap_err();
    assert!(error.starts_with("line 22, ") || error.contains("there stands something else"), "{error}");
    assert!(!error.contains("canary"));
    let deep = format!("{{\"encrypted\":false,\"items\":[{}", "[".repeat(1 << 20));
    assert!(items(SafeKind::BitwardenJson, &deep).is_err());
    let many = format!("{{\"encrypted\":false,\"items\":[0{}]}}", ",0".repeat(MOST));
    assert!(items(SafeKind::BitwardenJson, &many).unwrap_err().contains("100000"));
}
