//! Private keys and their passwords, planted and looked for.
//!
//! Holds: canaries made of keys. Must not know: how a canary is seen.

use super::*;

/// Keys in many forms, open and locked, with their passwords in files, names and mails.
fn keys(folder: &Path, canaries: &mut Canaries) {
    let mut sampler = Sampler::new(21);
    let mut key = || {
        let pair = sampler.key_pair();
        canaries.plant_key(&pair);
        pair
    };
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    };
    for (name, pair) in [("a.key", key()), ("b.key", key())] {
        write(name, pair.pem().as_bytes());
        write(&format!("{name}.crt"), &pair.certificate(&CertificateForm::default()));
    }
    write("a.der", &key().der());
    write("in.bin", &[&[0xFF; 99][..], &key().sec1(), &[0xFE; 99]].concat());
    write("ksef.env", format!("KSEF_KEY={}\nX={}\n", base64(&key().der()), base64(key().pem().as_bytes())).as_bytes());
    write("dump.sql", format!("\\\\x{}\n{}\n", hex(&key().der()), hex(&key().sec1()).to_uppercase()).as_bytes());
    write("broken.key", &key().pem().as_bytes()[..150]);
    write("zips/a.zip", &made::archive::zip(&[("ksef.key", key().pem())]));
    write("zips/b.zip", &made::archive::sealed(&[("ksef.key", key().pem())], PASSWORDS[0]));
    write("zips/haslo.txt", PASSWORDS[0].as_bytes());
    // In names: of files, of folders, of members.
    // A slash would part folders.
    let mut word =
        || std::iter::repeat_with(|| base64(&key().sec1())).find(|digits| !digits.contains('/')).expect("one");
    write(&format!("names/{}.txt", word()), b"nothing");
    write(&format!("names/ksef {}/a.env", word()), b"KSEF_KEY_PASSWORD=Zielony-Slon.1987\n");
    write(&format!("names/{}/broken.gz", word()), b"\x1F\x8B\x08\0\0\0\0\0\0\xFFbroken");
    write("names/a.zip", &made::archive::zip(&[(&*hex(&key().sec1()), key().pem())]));
    let sealed = |pair: &KeyPair, password: &str| armour("ENCRYPTED PRIVATE KEY", &pair.sealed(password, 2048));
    let said = |password: &str| {
        [
            ("haslo.txt", format!("{password}\n")),
            (".env", format!("KSEF_KEY_PASSWORD={password}\n")),
            ("run.sh", format!("openssl pkey -in ksef.key -passin pass:{password}\n")),
            ("list.txt", format!("Hasło do klucza KSeF: {password}\n")),
            ("c.json", format!("{{\"ksefCertificatePassword\":\"{password}\"}}\n")),
        ]
    };
    for (index, password) in PASSWORDS.iter().enumerate() {
        write(&format!("ksef{index}/ksef.key"), sealed(&key(), password).as_bytes());
        said(password).iter().for_each(|(name, text)| write(&format!("ksef{index}/{name}"), text.as_bytes()));
        write(&format!("ksef{index}/closed.key"), sealed(&key(), "Nobody-knows.55").as_bytes());
        let locked = sealed(&key(), password);
        let mail =
            made::letter::attached(&format!("hasło do klucza KSeF: {password}"), &[("ksef.key", locked.as_bytes())]);
        write(&format!("mails{index}/a.eml"), mail.as_bytes());
        let locked = sealed(&key(), password);
        let letters = [
            made::letter::attached("klucz", &[("ksef.key", locked.as_bytes())]),
            made::letter::mail(&format!("hasło: {password}"), "w temacie"),
        ];
        write(&format!("mails{index}/b.mbox"), made::letter::mailbox(&letters).as_bytes());
    }
    canaries.words.extend(PASSWORDS.map(str::to_owned));
    canaries.words.extend(["Nobody-knows", "Dane-Wprost"].map(str::to_owned));
}

#[test]
fn no_key_and_no_password_is_shown() {
    let mut canaries = Canaries::default();
    let (folder, out) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    keys(folder.path(), &mut canaries);
    let own = out.path().join("list");
    fs::write(&own, "Dane-Wprost.3\n").expect("it can be written");
    let own = own.to_str().expect("UTF-8");
    let known = out.path().join("known");
    let known = known.to_str().expect("UTF-8");
    for format in ["text", "json", "jsonl", "sarif", "gitlab", "github", "junit"] {
        for more in [
            &["-vvv"][..],
            &["-q"],
            &["-vvv", "--no-unlock"],
            &["-vvv", "--password-file", own],
            &["--max-rounds", "5000"],
        ] {
            let common = ["scan", "--format", format, "--now", "2026-11-21", "--people", "--write-baseline", known];
            let shown = run(folder.path(), &[&common, more].concat(), b"");
            assert_eq!(shown.status.code(), Some(1), "{}", String::from_utf8_lossy(&shown.stderr));
            assert!(shown.stdout.len() > 2_000);
            let known = fs::read(known).expect("it is written");
            assert_quiet(&canaries, &format!("{format} {more:?}"), &[&shown.stdout, &shown.stderr, &known]);
        }
    }
    let mut pair = canaries;
    let key = Sampler::new(22).key_pair();
    pair.plant_key(&key);
    for input in [key.pem(), base64(&key.der()), hex(&key.sec1()), armour("PRIVATE KEY", &key.der()[..99])] {
        for arguments in [&["explain"][..], &["scan", "-"], &["scan", "-", "-vvv", "--format", "jsonl"]] {
            let output = run(folder.path(), arguments, input.as_bytes());
            assert_quiet(&pair, &format!("{arguments:?}"), &[&output.stdout, &output.stderr]);
        }
    }
}

#[test]
fn the_check_itself_sees_keys() {
    let mut canaries = Canaries::default();
    let pair = Sampler::new(23).key_pair();
    canaries.plant_key(&pair);
    for text in [
        pair.der(),
        pair.sec1(),
        pair.sec1()[10..24].to_vec(),
        pair.pem().into(),
        hex(&pair.der()).into(),
        base64url(&pair.sec1()).into(),
    ] {
        assert!(!canaries.seen(&text).is_empty(), "{}", String::from_utf8_lossy(&text));
    }
    assert!(
        canaries.seen(&pair.spki()).is_empty()
            && canaries.seen(armour("PUBLIC KEY", &pair.spki()).as_bytes()).is_empty()
    );
}
