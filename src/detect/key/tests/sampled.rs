//! What the rules and tests invent is what these readers read.

use super::*;
use crate::base::Instant;
use crate::codec::der;
use crate::rules::{CertificateForm, Environment as Issuer, HolderType, KeyPair, Sampler, armour};

const SEALED_LABEL: &str = "ENCRYPTED PRIVATE KEY";

fn pairs(count: u64) -> impl Iterator<Item = KeyPair> {
    (0..count).map(|seed| Sampler::new(seed).key_pair())
}

fn opened(text: &[u8], password: &str) -> Option<Vec<u8>> {
    let found = read(text).expect("a key");
    assert_eq!((found.form, found.len), (Form::SealedPkcs8, text.trim_ascii_end().len()));
    match unlock(sealed_of(&found), &secret(password.as_bytes()), &mut plenty()) {
        Unlocked::Opened(contents) => contents.keys[0].spki.clone(),
        _ => None,
    }
}

fn filled(template: &str) -> String {
    Sampler::new(5).fill(template).expect("a template")
}

#[test]
fn all_forms_of_a_sampled_key_are_one() {
    for pair in pairs(50) {
        let (der, sec1) = (pair.der(), pair.sec1());
        let forms = [
            (Form::Pkcs8, der.clone()),
            (Form::Pkcs8, pair.pem().into_bytes()),
            (Form::Sec1, sec1.clone()),
            (Form::Sec1, armour("EC PRIVATE KEY", &sec1).into_bytes()),
        ];
        for (form, bytes) in &forms {
            let found = read(bytes).unwrap_or_else(|| panic!("{}: no key", form.name()));
            let key = key_of(&found);
            assert_eq!((found.form, found.len), (*form, bytes.trim_ascii_end().len().max(found.len)));
            assert_eq!(key.algorithm, Algorithm::Curve("P-256".to_owned()));
            assert_eq!(key.spki, Some(pair.spki()), "{}", form.name());
        }
        assert_eq!((der.len(), sec1.len(), pair.spki().len()), (138, 121, 91), "those of openssl");
    }
}

#[test]
fn sampled_keys_have_the_bytes_of_openssl() {
    // What differs is where the scalar, the point, the salt and the start of the cipher are drawn.
    let pair = pairs(1).next().expect("a pair");
    let der = |sample: &[u8]| crate::codec::pem::read(sample).expect("armour").body.to_vec();
    let (own, theirs) = (pair.der(), der(sample!("ec.p8.pem").1));
    assert_eq!((&own[..36], &own[68..74]), (&theirs[..36], &theirs[68..74]));
    let (own, theirs) = (pair.sec1(), der(sample!("ec.pem").1));
    assert_eq!((&own[..7], &own[39..57]), (&theirs[..7], &theirs[39..57]));
    let (own, theirs) = (pair.application("x"), der(sample!("ec.application.pem").1));
    assert_eq!((own.len(), &own[..35], &own[51..83]), (theirs.len(), &theirs[..35], &theirs[51..83]));
    assert_eq!(&own[99..102], &theirs[99..102]);
}

#[test]
fn a_sealed_one_opens_with_its_password_alone() {
    for pair in pairs(5) {
        let text = armour(SEALED_LABEL, &pair.sealed("Tajne-2026", 2048));
        assert_eq!(opened(text.as_bytes(), "Tajne-2026"), Some(pair.spki()));
        assert_eq!(opened(text.as_bytes(), "Tajne-2025"), None);
        let found = read(text.as_bytes()).expect("a key");
        let protection = &sealed_of(&found).protection;
        assert_eq!(protection.to_string(), "PBKDF2 with 2048 rounds of HMAC-SHA-256, AES-256-CBC");
        assert!(!protection.application);
    }
}

#[test]
fn that_of_the_application_has_its_shape() {
    for pair in pairs(3) {
        let text = armour(SEALED_LABEL, &pair.application("Tajne-2026"));
        assert_eq!(text.len(), 408);
        assert_eq!(opened(text.as_bytes(), "Tajne-2026"), Some(pair.spki()));
        assert!(sealed_of(&read(text.as_bytes()).expect("a key")).protection.application);
        let other = armour(SEALED_LABEL, &pair.sealed("Tajne-2026", 100_000));
        assert!(!sealed_of(&read(other.as_bytes()).expect("a key")).protection.application, "openssl adds a NULL");
    }
}

#[test]
fn certificates_say_what_was_asked_for() {
    let day = |text: &str| text.parse::<Instant>().expect("a day");
    let nip = Sampler::new(9).nip();
    for (pair, (issuer, environment, first)) in pairs(3).zip([
        (Issuer::Production, Environment::Production, "02"),
        (Issuer::Test, Environment::Test, "01"),
        (Issuer::Demo, Environment::Demo, "03"),
    ]) {
        for (holder, offline) in [
            (HolderType::Company, false),
            (HolderType::Company, true),
            (HolderType::Taxpayer, false),
            (HolderType::Person, true),
        ] {
            let form = CertificateForm {
                environment: issuer,
                holder,
                nip: Some(nip.clone()),
                offline,
                not_before: Some(day("2024-02-29T10:11:12Z")),
                not_after: Some(day("2051-01-01")),
            };
            let bytes = pair.certificate(&form);
            let read = Certificate::read(&bytes).expect("a certificate");
            assert_eq!((read.environment, read.len), (Some(environment), bytes.len()));
            match holder {
                HolderType::Company => assert_eq!(read.holder, Holder::Company(nip.clone())),
                HolderType::Taxpayer => assert_eq!(read.holder, Holder::Taxpayer(nip.clone())),
                HolderType::Person => assert!(matches!(&read.holder, Holder::Person(pesel) if pesel.len() == 11)),
            }
            assert_eq!(read.usage, Some(if offline { Use::Offline } else { Use::Authentication }));
            assert_eq!((read.not_before, read.not_after), (day("2024-02-29T10:11:12Z"), day("2051-01-01")));
            assert!(read.serial.len() == 16 && read.serial.starts_with(first), "{}", read.serial);
            assert_eq!(read.spki, pair.spki(), "it belongs to its key");
            assert!(super::read(&bytes).is_none(), "it is no key");
        }
    }
}

#[test]
fn the_next_certificate_of_a_key_has_another_number() {
    let pair = pairs(1).next().expect("a pair");
    let serial = |form: &CertificateForm| Certificate::read(&pair.certificate(form)).expect("a certificate").serial;
    let forms = [
        CertificateForm::default(),
        CertificateForm { offline: true, ..CertificateForm::default() },
        CertificateForm { not_before: Instant::from_day(2026, 7, 1), ..CertificateForm::default() },
    ];
    let mut serials: Vec<String> = forms.iter().map(serial).collect();
    assert_eq!(serials[0], serial(&forms[0]), "and always the same");
    serials.sort();
    serials.dedup();
    assert_eq!(serials.len(), 3);
}

#[test]
fn placeholders_are_read_or_are_nothing() {
    for (template, form) in [
        ("{{key}}", Form::Pkcs8),
        ("{{key:sec1}}", Form::Sec1),
        ("{{key:line}}", Form::Pkcs8),
        ("{{pair:test}}", Form::Pkcs8),
        ("{{key:sealed=Tajne-2026}}", Form::SealedPkcs8),
        ("{{key:application=Tajne-2026}}", Form::SealedPkcs8),
    ] {
        assert_eq!(read(filled(template).as_bytes()).map(|found| found.form), Some(form), "{template}");
    }
    assert_eq!(read_base64(filled("{{key:der64}}").as_bytes()).map(|found| found.form), Some(Form::Pkcs8));
    assert_eq!(filled("{{key:application=Tajne-2026}}\n").len(), 408);
    for template in ["{{certificate}}", "{{public-key}}", "{{request}}"] {
        let text = filled(template);
        let body = crate::codec::pem::read(text.as_bytes()).expect("armour").body;
        assert!(read(text.as_bytes()).is_none() && read(&body).is_none(), "{template}");
        assert_eq!(der::first(&body).expect("a value").whole.len(), body.len(), "{template} is whole");
        assert_eq!(Certificate::read(text.as_bytes()).is_some(), template == "{{certificate}}");
    }
}

#[test]
fn a_pair_is_a_key_and_its_certificate() {
    for (template, environment, until) in [
        ("{{pair:production}}", Environment::Production, "2028-06-01"),
        ("{{pair:test}}", Environment::Test, "2028-06-01"),
        ("{{pair:expired}}", Environment::Production, "2025-12-01"),
    ] {
        let text = filled(template);
        let found = read(text.as_bytes()).expect("a key");
        let certificate = Certificate::read(text[found.len..].trim_start().as_bytes()).expect("a certificate");
        assert_eq!(key_of(&found).spki.as_ref(), Some(&certificate.spki), "{template}");
        assert_eq!((certificate.environment, certificate.usage), (Some(environment), Some(Use::Authentication)));
        assert!(matches!(certificate.holder, Holder::Company(_)), "{template}");
        assert_eq!(Ok(certificate.not_after), until.parse(), "{template}");
    }
}
