//! Every form is read to the key that its program meant.

use super::*;
use crate::codec::der;

#[test]
fn open_keys_have_the_public_half_that_their_program_tells() {
    for (form, (name, bytes), spki) in OPEN {
        let found = read(bytes).unwrap_or_else(|| panic!("{name}: no key"));
        assert_eq!((found.form, found.len), (form, bytes.trim_ascii_end().len().max(found.len)), "{name}");
        let key = key_of(&found);
        assert_eq!(key.fingerprint, Fingerprint::of_public(key.spki.as_ref().expect("a public half")), "{name}");
        assert!(spki.is_none_or(|spki| key.spki.as_deref() == Some(spki)), "{name}: another public half");
    }
}

#[test]
fn a_key_ends_where_it_ends() {
    for (form, (name, bytes), _) in OPEN {
        let found = read(bytes).expect("a key");
        let longer = [bytes, b"\n tail -----BEGIN"].concat();
        let again = read(&longer).unwrap_or_else(|| panic!("{name}: no key before a tail"));
        assert_eq!((again.form, again.len), (form, found.len), "{name}");
    }
    for (_, (name, bytes), _, _) in SEALED {
        let found = read(bytes).unwrap_or_else(|| panic!("{name}: no key"));
        let again = read(&[bytes, b"\n tail"].concat()).expect("a key");
        assert_eq!(again.len, found.len, "{name}");
    }
}

#[test]
fn all_forms_of_a_key_are_one() {
    let ssh = |name: &str| name.contains("ed25519") && name != "ed25519.pem";
    let keys: Vec<Key> = OPEN
        .iter()
        .filter(|(_, (name, _), _)| ssh(name))
        .map(|(_, (_, bytes), _)| key_of(&read(bytes).expect("a key")).clone())
        .collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0]), "the key of SSH in three forms");
    let pem = crate::codec::pem::read(sample!("rsa.pem").1).expect("armour");
    let plain = read(&pem.body).expect("a key in DER");
    assert_eq!((plain.form, plain.len, key_of(&plain).spki.as_deref()), (Form::Pkcs1, pem.body.len(), Some(RSA)));
}

#[test]
fn scalars_alone_make_their_points() {
    for (curve, oid, length) in [
        ("P-256", objects::P256, 32),
        ("P-384", objects::P384, 48),
        ("P-521", objects::P521, 66),
        ("secp256k1", objects::K256, 32),
    ] {
        let mut scalar = vec![0; length];
        scalar[length - 1] = 7;
        let bare = curve::key(oid, &scalar, None).expect("a key");
        assert_eq!(bare.algorithm, Algorithm::Curve(curve.to_owned()));
        let spki = bare.spki.clone().expect("a public half");
        let point = &spki[spki.len() - 2 * length - 1..];
        assert_eq!(curve::key(oid, &[7], Some(point)).as_ref(), Some(&bare), "leading zeros are nothing");
        let mut compressed = point[..=length].to_vec();
        compressed[0] = 2 | point[2 * length] & 1;
        assert_eq!(curve::key(oid, &scalar, Some(&compressed)).as_ref(), Some(&bare), "compressed");
        compressed[0] ^= 1;
        assert!(curve::key(oid, &scalar, Some(&compressed)).is_none(), "the other point");
        assert!(curve::key(oid, &[8], Some(point)).is_none(), "another scalar");
        assert!(curve::key(oid, &vec![0xFF; length], None).is_none(), "beyond the order");
        assert!(curve::key(oid, &[], None).is_none(), "zero");
    }
}

#[test]
fn unknown_algorithms_are_keys_by_their_name() {
    let ml_dsa: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 18];
    for (object, name) in [(ml_dsa, "ML-DSA-65"), (&[0x2A, 3, 4, 5][..], "1.2.3.4.5")] {
        let algorithm = der::wrap(der::SEQUENCE, &[&der::wrap(der::OBJECT, &[object])]);
        let private = der::wrap(der::OCTET_STRING, &[&[7; 32]]);
        let bytes = der::wrap(der::SEQUENCE, &[&der::wrap_number(&[]), &algorithm, &private]);
        let found = read(&bytes).expect("a key");
        let key = key_of(&found);
        assert_eq!((&key.algorithm, &key.spki), (&Algorithm::Other(name.to_owned()), &None));
        assert_eq!(found.form, Form::Pkcs8);
    }
}

#[test]
fn what_is_public_or_none_is_no_key() {
    let certificate = crate::codec::pem::read(sample!("company.crt").1).expect("armour").body;
    let others: [&[u8]; 16] = [
        sample!("company.crt").1,
        &certificate,
        RSA,
        EC,
        ED,
        sample!("request.csr.pem").1,
        sample!("trust.jks").1,
        b"-----BEGIN PRIVATE KEY-----",
        b"grep -r \"-----BEGIN PRIVATE KEY-----\" .",
        b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj...\n-----END PRIVATE KEY-----",
        b"-----BEGIN RSA PRIVATE KEY-----\nxxxx\n-----END RSA PRIVATE KEY-----",
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIFHDBOBgkqhkiG9w0BBQ0w\n-----END ENCRYPTED PRIVATE KEY-----",
        b"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\",\"d\":\"AAAA\"}",
        b"<RSAKeyValue><Modulus>xA==</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>",
        // The digest of a signature has the two parts of an encrypted key.
        &[0x30, 0x31, 0x30, 0x0D, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20],
        b"",
    ];
    for bytes in others {
        assert!(read(bytes).is_none(), "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
    }
}

#[test]
fn no_place_in_what_is_public_holds_a_key() {
    let mut dice = Dice(0xB17E);
    let random: Vec<u8> = (0..200_000).map(|_| if dice.below(4) == 0 { 0x30 } else { dice.below(256) as u8 }).collect();
    let certificate = crate::codec::pem::read(sample!("person.crt").1).expect("armour").body;
    for bytes in [&certificate[..], sample!("person.crt").1, sample!("trust.jks").1, RSA, EC, ED, &random] {
        assert!((0..bytes.len()).all(|at| read(&bytes[at..]).is_none()));
    }
}

#[test]
fn sets_of_json_web_keys_hold_several() {
    let keys =
        [sample!("ec.jwk").1, sample!("rsa-1024.jwk").1].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let public = r#"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#;
    let set = format!("{{\"keys\":[{},{public},{}]}} tail", keys[0], keys[1]);
    let found = read(set.as_bytes()).expect("keys");
    let Holds::Open(contents) = &found.holds else { panic!("it lies open") };
    let public: Vec<_> = contents.keys.iter().map(|key| key.spki.as_deref()).collect();
    assert_eq!((found.len, public), (set.len() - 5, vec![Some(EC), Some(SMALL)]));
}

#[test]
fn a_json_web_key_needs_no_primes() {
    let text = String::from_utf8_lossy(sample!("rsa-1024.jwk").1).into_owned();
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let fields = value.as_object_mut().expect("an object");
    ["p", "q", "dp", "dq", "qi"].iter().for_each(|name| drop(fields.remove(*name)));
    let found = read(value.to_string().as_bytes()).expect("a key");
    assert_eq!(key_of(&found).spki.as_deref(), Some(SMALL));
    value["e"] = "Aw".into();
    assert!(read(value.to_string().as_bytes()).is_none(), "another exponent");
}

#[test]
fn certificates_tell_whose_they_are() {
    let company = Certificate::read(sample!("company.crt").1).expect("a certificate");
    assert_eq!(company.environment, Some(Environment::Test));
    assert_eq!(company.holder, Holder::Company("5265877635".to_owned()));
    assert_eq!((company.serial.as_str(), company.usage), ("0123456789ABCDEF", Some(Use::Authentication)));
    assert_eq!((company.issuer.as_str(), &company.spki[..]), ("TEST CCK KSeF", EC));
    assert!(company.is_of_ksef() && company.not_before < company.not_after);
    assert_eq!(company.len, sample!("company.crt").1.trim_ascii_end().len());

    let person = Certificate::read(sample!("person.crt").1).expect("a certificate");
    assert_eq!((person.environment, person.usage), (Some(Environment::Production), Some(Use::Offline)));
    assert_eq!((person.holder.clone(), &person.spki[..]), (Holder::Person("*********59".to_owned()), RSA));
    assert!(!format!("{person:?}").contains("440514"), "no birthday");
    assert!(!format!("{person:?}").contains("Stog"), "no name");

    let other = Certificate::read(sample!("other.crt").1).expect("a certificate");
    assert_eq!((other.is_of_ksef(), other.holder), (false, Holder::Taxpayer("5265877635".to_owned())));
    assert!(Certificate::read(sample!("rsa.pem").1).is_none() && Certificate::read(RSA).is_none());
}
