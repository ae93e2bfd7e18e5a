//! What looks like a key and is none.

use ksefleaks::{CertificateForm, KeyPair, Sampler, armour};

use crate::shelf::{base64, der, hex, jwk, key, noise, scalar, scan, sealed};

type Files = Vec<(String, Vec<u8>)>;

/// Nothing is found, and nothing is said.
#[track_caller]
fn nothing(files: &Files) {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
    let told = scan(&files, &[]);
    let found: Vec<String> = told
        .findings
        .iter()
        .map(|finding| format!("{} {}", finding["locations"][0]["path"], finding["secret"]["redacted"]))
        .collect();
    assert!(found.is_empty(), "{} of {}: {found:#?}", found.len(), files.len());
    assert_eq!((told.code, told.notices.len(), &*told.error), (0, 0, ""), "{:#?}", told.notices);
}

fn file(name: &str, bytes: impl Into<Vec<u8>>) -> (String, Vec<u8>) {
    (name.to_owned(), bytes.into())
}

#[test]
fn public_halves_are_no_keys() {
    let pair = key(3000);
    let public = |label: &str| armour(label, &pair.spki());
    let certificate = pair.certificate(&CertificateForm::default());
    let request = Sampler::new(3001).fill("{{request}}").expect("a known placeholder");
    let mut wide = vec![0xFF, 0xFE];
    wide.extend(armour("CERTIFICATE", &certificate).encode_utf16().flat_map(u16::to_le_bytes));
    let spki = pair.spki();
    let member = |value: &str| {
        format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{0}\",\"y\":\"{0}\"{value}}}", base64(&spki[27..59]))
    };
    let number = base64(&noise(31, 256));
    nothing(&vec![
        file("ksef.crt", armour("CERTIFICATE", &certificate)),
        file("ksef.cer", certificate.clone()),
        file("ksef.env", format!("KSEF_CERT={}\n", base64(&certificate))),
        file("ksef.hex", hex(&certificate)),
        file("ksef.txt", wide),
        file("ksef.bin", [noise(30, 999), certificate.clone(), noise(31, 999)].concat()),
        file("chain.pem", armour("CERTIFICATE", &certificate).repeat(3)),
        file("trusted.pem", armour("TRUSTED CERTIFICATE", &certificate)),
        file("ksef.csr", request),
        file("public.pem", public("PUBLIC KEY")),
        file("public.der", spki.clone()),
        file("public.env", format!("KSEF_PUBLIC_KEY={}", base64(&spki))),
        file("public.hex", hex(&spki)),
        file("mislabelled.pem", public("PRIVATE KEY")),
        file("mislabelled2.pem", armour("EC PRIVATE KEY", &certificate)),
        file("public.jwk", member("")),
        file("public.jwks", format!("{{\"keys\":[{},{}]}}", member(",\"use\":\"sig\""), member(",\"d\":null"))),
        file("rsa.jwk", format!("{{\"kty\":\"RSA\",\"n\":\"{number}\",\"e\":\"AQAB\"}}")),
        file("rsa-d.jwk", format!("{{\"kty\":\"RSA\",\"n\":\"{number}\",\"e\":\"AQAB\",\"d\":\"{number}\"}}")),
        file("symmetric.jwk", format!("{{\"kty\":\"oct\",\"k\":\"{}\"}}", base64(&noise(32, 32)))),
        file("rsa.xml", format!("<RSAKeyValue><Modulus>{number}</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>")),
        file(
            "ds.xml",
            format!(
                "<ds:RSAKeyValue>\n<ds:Modulus>{number}</ds:Modulus>\n<ds:Exponent>AQAB</ds:Exponent>\n</ds:RSAKeyValue>"
            ),
        ),
        file(
            "id.pub",
            format!(
                "ecdsa-sha2-nistp256 {} ja@tu\n",
                base64(
                    &[
                        &[0, 0, 0, 19],
                        &b"ecdsa-sha2-nistp256"[..],
                        &[0, 0, 0, 8],
                        b"nistp256",
                        &[0, 0, 0, 65],
                        &spki[26..]
                    ]
                    .concat()
                )
            ),
        ),
        file("id2.pub", format!("---- BEGIN SSH2 PUBLIC KEY ----\n{}\n---- END SSH2 PUBLIC KEY ----\n", base64(&spki))),
    ]);
}

#[test]
fn what_only_speaks_of_keys_is_none() {
    let noise = |count| base64(&noise(33, count));
    nothing(&vec![
        file("search.py", "if '-----BEGIN PRIVATE KEY-----' in text: raise Leak('ksef')\n"),
        file("both.js", "\"-----BEGIN PRIVATE KEY-----\\n\" + body + \"\\n-----END PRIVATE KEY-----\"\n"),
        file("rule.toml", "regex = '''-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY-----[\\s\\S]{64,}?-----END'''\n"),
        file("placeholder.env", "KSEF_KEY=\"-----BEGIN PRIVATE KEY-----\\nTWOJ_KLUCZ\\n-----END PRIVATE KEY-----\"\n"),
        file(
            "dots.pem",
            "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg...\n-----END PRIVATE KEY-----\n",
        ),
        file("noise.pem", format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", noise(138))),
        file(
            "noise2.pem",
            format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{}\n-----END ENCRYPTED PRIVATE KEY-----\n", noise(240)),
        ),
        file(
            "noise3.pem",
            format!(
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{}\n-----END RSA PRIVATE KEY-----\n",
                noise(240)
            ),
        ),
        file(
            "noise4.pem",
            format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----\n", noise(240)),
        ),
        file(
            "pgp.asc",
            format!(
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{}\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\n",
                noise(240)
            ),
        ),
        file("pgp2.asc", format!("-----BEGIN PGP MESSAGE-----\n\n{}\n=abcd\n-----END PGP MESSAGE-----\n", noise(240))),
        file("begins.txt", "-----BEGIN PRIVATE KEY-----\n".repeat(500)),
        file("putty.ppk", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\n"),
        file("digits.txt", format!("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg{}", noise(90))),
    ]);
}

/// A key without its end: nothing of it is left to be used.
#[test]
fn what_is_cut_is_no_key() {
    let pair = key(3010);
    let mut files = Files::new();
    let forms = [
        ("pkcs8", "PRIVATE KEY", pair.der()),
        ("sec1", "EC PRIVATE KEY", pair.sec1()),
        ("sealed", "ENCRYPTED PRIVATE KEY", pair.sealed("x", 1)),
    ];
    for (name, label, bytes) in &forms {
        for length in (0..bytes.len()).step_by(10) {
            let cut = &bytes[..length];
            let pem = armour(label, cut);
            files.push((format!("{name}-{length}.pem"), pem.clone().into()));
            files.push((format!("{name}-{length}.json"), format!("{{\"k\":\"{}\"}}", pem.replace('\n', "\\n")).into()));
            files.push((format!("{name}-{length}.der"), cut.to_vec()));
            files.push((format!("{name}-{length}.env"), format!("KEY={}\n", base64(cut)).into()));
            files.push((format!("{name}-{length}.hex"), hex(cut).into()));
            files.push((format!("{name}-{length}-secret.yaml"), format!("k: {}\n", base64(pem.as_bytes())).into()));
        }
        // Without the line at its end, at any place.
        let pem = armour(label, bytes);
        let end = pem.find("-----END").expect("it has one");
        for length in (0..end - 12).step_by(10) {
            files.push((format!("{name}-open-{length}.pem"), pem[..length].into()));
        }
    }
    nothing(&files);
}

#[test]
fn one_wrong_byte_makes_a_key_none() {
    let pair = key(3020);
    let (private, spki) = (scalar(&pair), pair.spki());
    let mut files = Files::new();
    for (name, label, bytes) in [("pkcs8", "PRIVATE KEY", pair.der()), ("sec1", "EC PRIVATE KEY", pair.sec1())] {
        let at = |part: &[u8]| bytes.windows(part.len()).position(|window| window == part).expect("it is in it");
        let (scalar, point) = (at(&private), at(&spki[27..]));
        for (index, place) in (scalar..scalar + 32).chain(point - 1..point + 64).enumerate() {
            let mut wrong = bytes.clone();
            wrong[place] ^= 1 << (index % 8);
            files.push((format!("{name}-{place}.pem"), armour(label, &wrong).into()));
            files.push((format!("{name}-{place}.der"), wrong));
        }
    }
    let wrong = jwk(&pair);
    for name in ["\"x\":\"", "\"d\":\""] {
        let at = wrong.find(name).expect("it has one") + name.len() + 7;
        let other = if wrong.as_bytes()[at] == b'A' { "B" } else { "A" };
        files.push((format!("{at}.jwk"), [&wrong[..at], other, &wrong[at + 1..]].concat().into()));
    }
    nothing(&files);
}

#[test]
fn der_that_means_nothing_is_no_key() {
    let ec = |pair: &KeyPair, scalar: &[u8]| der(0x30, &[&[2, 1, 1], &der(4, &[scalar]), &pair.der()[138 - 70..]]);
    let mut files = Files::new();
    for seed in 0..40 {
        let number = |at: u64, size| der(2, &[&[0x40], &noise(seed * 100 + at, size)]);
        let numbers: Vec<Vec<u8>> = (0..8).map(|at| number(at, if at < 2 { 255 } else { 127 })).collect();
        let parts: Vec<&[u8]> = [&[2, 1, 0][..]].into_iter().chain(numbers.iter().map(|number| &**number)).collect();
        let rsa = der(0x30, &parts);
        let algorithm = der(0x30, &[&[6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1, 5, 0]]);
        let outer = der(0x30, &[&[2, 1, 0], &algorithm, &der(4, &[&rsa])]);
        files.push((format!("{seed}.rsa.pem"), armour("RSA PRIVATE KEY", &rsa).into()));
        files.push((format!("{seed}.rsa.der"), rsa));
        files.push((format!("{seed}.p8.der"), outer.clone()));
        files.push((format!("{seed}.p8.env"), format!("KEY={}", base64(&outer)).into()));
        files.push((format!("{seed}.ec.der"), ec(&key(3030 + seed), &noise(seed, 32))));
        let store = [&b"\xFE\xED\xFE\xED\0\0\0\x02\0\0\0\x01"[..], &noise(seed, 900)].concat();
        files.push((format!("{seed}.jks"), store));
        let blob = [&[7, 2, 0, 0, 0, 0xA4, 0, 0][..], b"RSA2", &[0, 8, 0, 0, 1, 0, 1, 0], &noise(seed, 1_152)].concat();
        files.push((format!("{seed}.blob"), blob));
    }
    nothing(&files);
}

/// What is locked need not be opened to be a key; what cannot be what a lock gives is none.
#[test]
fn what_no_cipher_gives_is_not_locked() {
    let pair = key(3090);
    let bytes = pair.sealed("Tajne-2026", 1);
    let at = bytes.len() - 144;
    assert_eq!(bytes[at - 3..at], [4, 0x81, 144], "the octets at its end");
    let mut files = Files::new();
    for length in [0, 1, 15, 17, 143] {
        let [kind, scheme] = [0x30, 0x30];
        let inner = &bytes[3..at - 3];
        let short = der(kind, &[inner, &der(4, &[&bytes[at..at + length]])]);
        assert_eq!(inner[0], scheme);
        files.push((format!("{length}.pem"), armour("ENCRYPTED PRIVATE KEY", &short).into()));
        files.push((format!("{length}.der"), short));
    }
    nothing(&files);
    let whole = sealed(&pair, "Tajne-2026");
    let told = scan(&[("a.pem", whole.as_bytes())], &[]);
    assert_eq!(told.findings.len(), 1);
}
