//! Sealed keys open with their password, and with no other.

use super::*;
use crate::codec::der;
use crate::detect::key::protection::Cipher;

#[test]
fn each_lock_says_what_it_is_and_opens() {
    for (form, (name, bytes), spki, protection) in SEALED {
        let found = read(bytes).unwrap_or_else(|| panic!("{name}: no key"));
        let sealed = sealed_of(&found);
        assert_eq!((found.form, sealed.protection.to_string().as_str()), (form, protection), "{name}");
        assert_eq!(sealed.protection.application, name == "ec.application.pem", "{name}");
        let unlocked = unlock(sealed, &secret(PASSWORD), &mut plenty());
        let Unlocked::Opened(contents) = unlocked else { panic!("{name}: {unlocked:?}") };
        let own = contents.keys[0].spki.as_deref().expect("a public half");
        assert!(spki.is_none_or(|spki| spki == own), "{name}: another public half");
        assert!(sealed.spki.iter().all(|public| public == own), "{name}: what stands outside is its own");
        if matches!(form, Form::Pfx | Form::Jks | Form::Jceks) {
            assert_eq!(contents.keys.len(), 1, "{name}");
            let certificate = Certificate::read(&contents.certificates[0]).expect("a certificate");
            assert_eq!(certificate.spki, own, "{name}: its certificate");
        }
    }
}

#[test]
fn another_password_is_wrong() {
    for (_, (name, bytes), _, _) in SEALED {
        let found = read(bytes).expect("a key");
        for password in
            [&b"needle-passwor"[..], b"", b"Needle-password", b"za\xC5\xBC\xC3\xB3\xC5\x82\xC4\x87", b"\xFF\xFE"]
        {
            let unlocked = unlock(sealed_of(&found), &secret(password), &mut plenty());
            assert_eq!(unlocked, Unlocked::Wrong, "{name} with {}", String::from_utf8_lossy(password));
        }
    }
}

#[test]
fn an_empty_password_is_a_password() {
    let found = read(sample!("empty.p12").1).expect("a store");
    let unlocked = unlock(sealed_of(&found), &secret(b""), &mut plenty());
    assert!(matches!(unlocked, Unlocked::Opened(contents) if contents.keys[0].spki.as_deref() == Some(EC)));
}

#[test]
fn what_stands_outside_of_the_seal_is_told_before_it_opens() {
    let outside = |bytes: &[u8]| sealed_of(&read(bytes).expect("a key")).spki.clone();
    assert_eq!(outside(sample!("ssh-rsa-sealed").1), [SSH_RSA]);
    assert_eq!(outside(sample!("ssh-ec-sealed").1), [SSH_EC]);
    assert_eq!(outside(sample!("ec.3-sealed.ppk").1), [SSH_EC]);
    assert_eq!(outside(sample!("store.jks").1), [EC]);
    let store = read(sample!("store.jceks").1).expect("a store");
    assert_eq!(sealed_of(&store).certificates.len(), 1);
}

#[test]
fn a_store_of_certificates_alone_has_no_key() {
    let found = read(sample!("certificates.p12").1).expect("a store");
    let unlocked = unlock(sealed_of(&found), &secret(PASSWORD), &mut plenty());
    assert!(
        matches!(unlocked, Unlocked::Opened(contents) if contents.keys.is_empty() && contents.certificates.len() == 1)
    );
    assert!(read(sample!("trust.jks").1).is_none(), "one that is not sealed is none at all");
}

#[test]
fn a_secret_of_java_ends_what_is_known_of_its_store() {
    let (_, bytes) = sample!("store.jceks");
    let end = bytes.len() - 20;
    let mut store = [&bytes[..end], &[0, 0, 0, 3, 0, 1, b'x'], &[0; 8], b"object of java", b"more"].concat();
    store[11] += 1;
    let found = read(&store).expect("a store");
    assert_eq!(found.len, end, "what stands behind it is no part of it");
    let unlocked = unlock(sealed_of(&found), &secret(PASSWORD), &mut plenty());
    assert!(matches!(unlocked, Unlocked::Opened(contents) if contents.keys.len() == 1), "it is opened");
}

#[test]
fn what_costs_too_much_is_not_begun() {
    for (_, (name, bytes), _, _) in SEALED {
        let found = read(bytes).expect("a key");
        let mut effort = Effort { rounds: 0, memory: 64 << 20 };
        assert_eq!(unlock(sealed_of(&found), &secret(PASSWORD), &mut effort), Unlocked::TooCostly, "{name}");
        assert_eq!(effort.rounds, 0, "{name}: nothing was spent");
    }
}

#[test]
fn what_is_long_costs_its_length() {
    for (_, (name, bytes), _, _) in SEALED {
        let found = read(bytes).expect("a key");
        let sealed = sealed_of(&found);
        let (mut effort, length) = (plenty(), sealed.bytes.len() as u64);
        unlock(sealed, &secret(b"another one"), &mut effort);
        let spent = plenty().rounds - effort.rounds;
        assert!(spent > length / 16, "{name}: {spent} for {length} bytes");
        assert!(cost_of(sealed) > length / 16, "{name}");
    }
}

fn sealed_by_scrypt(n: &[u8], r: &[u8], p: &[u8]) -> Vec<u8> {
    let salt = der::wrap(der::OCTET_STRING, &[&[1; 8]]);
    let numbers = [der::wrap_number(n), der::wrap_number(r), der::wrap_number(p)];
    let parameters = der::wrap(der::SEQUENCE, &[&salt, &numbers[0], &numbers[1], &numbers[2]]);
    let kdf = der::wrap(der::SEQUENCE, &[&der::wrap(der::OBJECT, &[objects::SCRYPT]), &parameters]);
    let aes = der::wrap(der::OBJECT, &[&[objects::NIST, &[1, 42]].concat()]);
    let cipher = der::wrap(der::SEQUENCE, &[&aes, &der::wrap(der::OCTET_STRING, &[&[2; 16]])]);
    let scheme = der::wrap(der::OBJECT, &[&[objects::PKCS5, &[13]].concat()]);
    let algorithm = der::wrap(der::SEQUENCE, &[&scheme, &der::wrap(der::SEQUENCE, &[&kdf, &cipher])]);
    der::wrap(der::SEQUENCE, &[&algorithm, &der::wrap(der::OCTET_STRING, &[&[3; 144]])])
}

type Case<'a> = (&'a [u8], &'a [u8], &'a [u8], Unlocked);

#[test]
fn hostile_parameters_are_refused_from_the_header() {
    let huge: &[u8] = &[0xFF; 8];
    let cases: [Case<'_>; 6] = [
        (&[1, 0, 0, 0], &[8], &[1], Unlocked::TooCostly),
        (&[0x80, 0, 0, 0, 0, 0, 0, 0], &[8], &[1], Unlocked::TooCostly),
        (&[4], huge, huge, Unlocked::TooCostly),
        (&[3], &[8], &[1], Unlocked::Unknown),
        (&[4], &[], &[1], Unlocked::Unknown),
        (&[4], &[8], &[1], Unlocked::Wrong),
    ];
    for (n, r, p, wanted) in cases {
        let bytes = sealed_by_scrypt(n, r, p);
        let found = read(&bytes).expect("a key");
        assert_eq!(unlock(sealed_of(&found), &secret(PASSWORD), &mut plenty()), wanted, "{n:?} {r:?} {p:?}");
    }
}

#[test]
fn what_is_sealed_in_an_unknown_way_is_told_so() {
    let identifier = der::wrap(der::SEQUENCE, &[&der::wrap(der::OBJECT, &[&[0x2A, 3, 4]])]);
    let bytes = der::wrap(der::SEQUENCE, &[&identifier, &der::wrap(der::OCTET_STRING, &[&[3; 144]])]);
    assert!(read(&bytes).is_none(), "without armour it could be anything");
    let found = pkcs::read_sealed(&bytes).expect("a key");
    let sealed = sealed_of(&found);
    assert_eq!(sealed.protection.cipher, Cipher::Unknown("1.2.3.4".to_owned()));
    assert_eq!(unlock(sealed, &secret(PASSWORD), &mut plenty()), Unlocked::Unknown);
}

#[test]
fn the_store_of_bouncy_castle_is_noticed() {
    let sealed = sealed_by_scrypt(&[4], &[8], &[1]);
    let check = der::wrap(der::SEQUENCE, &[&der::wrap(der::SEQUENCE, &[]), &der::wrap(der::OCTET_STRING, &[&[4; 64]])]);
    let bytes = der::wrap(der::SEQUENCE, &[&sealed, &check]);
    let found = read(&bytes).expect("a store");
    assert_eq!((found.form, found.len), (Form::Bcfks, bytes.len()));
    assert_eq!(unlock(sealed_of(&found), &secret(PASSWORD), &mut plenty()), Unlocked::Unknown);
}
