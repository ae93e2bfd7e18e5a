//! Samples of the files that are imported, in `corpus/imports`: every credential in them is generated.
//!
//! With `KSEFLEAKS_BLESS` set they are written anew.

use std::fs;
use std::path::{Path, PathBuf};

use ksefleaks::{CertificateForm, Sampler, TokenForm, armour};
use serde_json::json;

use crate::desk::Desk;

/// A company of the samples.
const NIP: &str = "5265877635";

fn token(seed: u64) -> String {
    Sampler::new(seed).token_with(&TokenForm { nip: Some(NIP.to_owned()), ..TokenForm::default() })
}

/// Each file, what it holds, and how many credentials that are.
fn samples() -> Vec<(&'static str, String, usize)> {
    let (first, second) = (token(7001), token(7002));
    let listing = crate::standings::listing(NIP, &[(&first, "Active"), (&second, "Revoked")]);
    let pretty = |text: &str| {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        serde_json::to_string_pretty(&value).unwrap() + "\n"
    };
    let certificates = json!({
        "certificates": [{
            "certificateSerialNumber": "0200000000000A01", "name": "Certyfikat do ERP", "type": "Authentication",
            "commonName": "Jan Kowalski", "status": "Active", "subjectIdentifier": { "type": "Nip", "value": NIP },
            "validFrom": "2026-02-01T00:00:00+00:00", "validTo": "2028-02-01T00:00:00+00:00",
            "requestDate": "2026-01-31T12:00:00+00:00",
        }],
        "hasMore": false,
    });
    let bitwarden = json!({
        "encrypted": false,
        "folders": [{ "id": "f1", "name": "Klienci" }],
        "items": [{
            "id": "i1", "folderId": "f1", "type": 1, "name": "KSeF ABC", "notes": null,
            "login": { "username": "ksef", "password": token(7003) },
        }],
    });
    let keepass = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<KeePassFile>\n  <Root>\n    <Group>\n      <Name>Biuro</Name>\n      \
         <Entry>\n        <String><Key>Title</Key><Value>KSeF ABC</Value></String>\n        <String><Key>Password</Key><Value>{}</Value>\
         </String>\n      </Entry>\n    </Group>\n  </Root>\n</KeePassFile>\n",
        token(7004)
    );
    let table = format!(
        "Ewidencja tokenów KSeF;;;;;;\n;;;;;;\nKlient;NIP;Nazwa tokena;Środowisko;System;Odpowiedzialny;Token\n\
         ABC Sp. z o.o.;526-587-76-35;ABC-PL-Comarch-PROD-2026;produkcja;Comarch;Anna Nowak;{first}\n\
         ABC Sp. z o.o.;526-587-76-35;ABC-PL-nexo-TEST-2026;test;nexo;Jan Kowalski;{second}\n"
    );
    let one_password = format!(
        "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\nKSeF ABC,,ksef,{},,,,,\n",
        token(7005)
    );
    let certificate = armour("CERTIFICATE", &Sampler::new(7006).key_pair().certificate(&CertificateForm::default()));
    vec![
        ("tabela.csv", table, 2),
        ("ksef-tokens.json", pretty(&listing), 2),
        ("ksef-certificates.json", pretty(&certificates.to_string()), 1),
        ("bitwarden.json", pretty(&bitwarden.to_string()), 1),
        ("1password.csv", one_password, 1),
        ("keepass.xml", keepass, 1),
        ("firma.crt", certificate, 1),
    ]
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/imports")
}

#[test]
fn every_sample_is_imported_as_what_it_is() {
    for (name, text, count) in samples() {
        if std::env::var_os("KSEFLEAKS_BLESS").is_some() {
            fs::write(folder().join(name), &text).unwrap();
        }
        assert_eq!(fs::read_to_string(folder().join(name)).unwrap(), text, "{name}: `just bless` writes it anew");
        let desk = Desk::new();
        desk.import(name, text, &["--yes", "--environment", "production"]).ends(0);
        assert_eq!(desk.credentials().len(), count, "{name}");
    }
}
