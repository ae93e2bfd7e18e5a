//! What is read as a password and what is not, form by form.

use super::Strength::{Named, Plain, Spoken};
use super::{Strength, WORDS, is_password_name, read, read_alone};

/// What all anchors of a text announce; the same candidate counts once.
fn candidates(text: &[u8]) -> Vec<(Vec<u8>, Strength)> {
    let mut found: Vec<(Vec<u8>, Strength)> = Vec::new();
    for at in 0..text.len() {
        let meets = |word: &&&[u8]| text[at..].get(..word.len()).is_some_and(|part| part == **word);
        if WORDS.iter().any(|word| meets(&word)) {
            read(text, at, &mut |candidate| {
                assert!(text.get(candidate.range.clone()).is_some(), "the range is within the text");
                let next = (candidate.plain.to_vec(), candidate.strength);
                if !found.contains(&next) {
                    found.push(next);
                }
            });
        }
    }
    found
}

fn told(text: &[u8]) -> Vec<(String, Strength)> {
    let lossy = |(plain, strength): (Vec<u8>, Strength)| (String::from_utf8_lossy(&plain).into_owned(), strength);
    candidates(text).into_iter().map(lossy).collect()
}

/// Texts, and the first password that each announces.
const ASSIGNED: [(&str, &str, Strength); 75] = [
    ("KSEF_KEY_PASSWORD=Gora7Lato", "Gora7Lato", Named),
    ("DB_PASSWORD=Gora7Lato\nX=1", "Gora7Lato", Plain),
    ("DB_PASSWORD=kotek", "kotek", Plain),
    ("KSEF_PASS=Gora7Lato", "Gora7Lato", Named),
    ("CERT_PASS=\"Gora 7 Lato\"", "Gora 7 Lato", Named),
    ("export P12_PASSWORD='Gora$7Lato'", "Gora$7Lato", Named),
    ("set KSEF_CERT_PASSWORD=Gora7Lato\r\nset B=1", "Gora7Lato", Named),
    ("set \"KSEF_PASS=Gora7Lato\"", "Gora7Lato", Named),
    ("$env:DB_PASSWORD = \"Gora7Lato\"", "Gora7Lato", Plain),
    ("setx KSEF_PASS \"x\"\nPGPASSWORD=Gora7Lato psql", "Gora7Lato", Named),
    ("ENV KSEF_KEY_PASSPHRASE=Gora7Lato", "Gora7Lato", Named),
    ("  - DB_PASSWORD=Gora7Lato", "Gora7Lato", Plain),
    ("  DB_PASSWORD: Gora7Lato", "Gora7Lato", Plain),
    ("db_password: kotek # stary", "kotek", Plain),
    ("db_password: 'Gora''7'", "Gora'7", Plain),
    ("db_password: \"Gora\\\"7\"", "Gora\"7", Plain),
    ("db_password: >-\n    Gora7Lato\n", "Gora7Lato", Plain),
    ("db_password: |\n    Gora7Lato\n", "Gora7Lato", Plain),
    ("- name: DB_PASSWORD\n  value: Gora7Lato\n", "Gora7Lato", Plain),
    ("- name: KSEF_PASSWORD\n  value: \"Gora7Lato\"\n", "Gora7Lato", Named),
    ("db.password=Gora7Lato", "Gora7Lato", Plain),
    ("keystore.password = Gora7Lato", "Gora7Lato", Named),
    ("db_password = \"Gora7Lato\" # toml", "Gora7Lato", Plain),
    ("{\"password\": \"Gora7Lato\"}", "Gora7Lato", Plain),
    ("{\"privateKeyPassword\":\"Go\\u0072a\\\\7\\/L\"}", "Gora\\7/L", Named),
    ("{\\\"password\\\":\\\"Gora7Lato\\\"}", "Gora7Lato", Plain),
    ("{\"key\": \"DB_PASSWORD\", \"value\": \"Gora7Lato\"}", "Gora7Lato", Plain),
    ("<login password=\"Gora&amp;7\"/>", "Gora&7", Plain),
    ("<Password>Gora&lt;7</Password>", "Gora<7", Plain),
    ("<ns:Password xsi:type=\"string\">Gora7 Lato</ns:Password>", "Gora7 Lato", Plain),
    ("<CertificatePassword><![CDATA[Gora<7]]></CertificatePassword>", "Gora<7", Named),
    ("<add key=\"CertificatePassword\" value=\"Gora7Lato\"/>", "Gora7Lato", Named),
    ("<property name=\"password\">Gora7Lato</property>", "Gora7Lato", Plain),
    ("<data name=\"DbPassword\" xml:space=\"preserve\">\n  <value>Gora7Lato</value>", "Gora7Lato", Plain),
    ("string password = \"Gora7Lato\";", "Gora7Lato", Plain),
    ("var pw = new { certificatePassword = @\"Gora\"\"7\" };", "Gora\"7", Named),
    ("let password: &str = \"Gora7Lato\";", "Gora7Lato", Plain),
    ("p12Password: String = \"Gora7Lato\"", "Gora7Lato", Named),
    ("char password[] = \"Gora7Lato\";", "Gora7Lato", Plain),
    ("char password[16] = \"Gora7Lato\";", "Gora7Lato", Plain),
    ("password=b\"Gora7Lato\", backend=None)", "Gora7Lato", Plain),
    ("char[] storePassword = \"Gora7Lato\".toCharArray();", "Gora7Lato", Named),
    ("'password' => 'Gora7Lato',", "Gora7Lato", Plain),
    ("$config['password'] = 'Gora7Lato';", "Gora7Lato", Plain),
    ("pass_cert = 'Gora7Lato'", "Gora7Lato", Named),
    ("key_passphrase: 'Gora7Lato'", "Gora7Lato", Named),
    ("certPass: \"Gora7Lato\"", "Gora7Lato", Named),
    ("haslo_do_klucza = \"Gora7Lato\"", "Gora7Lato", Named),
    ("hasloCertyfikatu=Gora7Lato", "Gora7Lato", Named),
    ("HASLO=Gora7Lato", "Gora7Lato", Plain),
    ("builder.WithPassword(\"Gora7Lato\")", "Gora7Lato", Plain),
    ("b.setKeyPassword('Gora7Lato');", "Gora7Lato", Named),
    ("define('DB_PASSWORD', 'Gora7Lato');", "Gora7Lato", Plain),
    ("os.environ.get(\"DB_PASSWORD\", \"Gora7Lato\")", "Gora7Lato", Plain),
    ("new X509Certificate2(\"a.pfx\", \"Gora7Lato\")", "Gora7Lato", Named),
    ("new X509Certificate2(Path.Combine(d, \"a.x\"), \"Gora7Lato\", Flags.A)", "Gora7Lato", Named),
    ("${DB_PASSWORD:-Gora7Lato}", "Gora7Lato", Plain),
    ("$p = ConvertTo-SecureString; $pwd=ConvertTo-SecureString -String \"Gora7Lato\" -Force", "Gora7Lato", Plain),
    ("Import-PfxCertificate -Password (ConvertTo-SecureString \"Gora7Lato\" -AsPlainText)", "Gora7Lato", Named),
    ("openssl pkey -in k -passin pass:Gora7Lato -out b", "Gora7Lato", Named),
    ("openssl pkcs12 -password pass:Gora7Lato", "Gora7Lato", Named),
    ("[\"openssl\", \"-passout\", \"pass:Gora7Lato\"]", "Gora7Lato", Named),
    ("keytool -storepass kotek -keypass piesek", "kotek", Named),
    ("curl --cert a.crt --pass Gora7Lato https://a", "Gora7Lato", Named),
    ("x --password=Gora7Lato", "Gora7Lato", Plain),
    ("https://a/b?user=x&password=Gora%217&x=1", "Gora!7", Plain),
    ("Server=a;User=b;Password=kotek;Timeout=1", "kotek", Plain),
    ("\"Server=a;Pwd=Gora7Lato;\"", "Gora7Lato", Plain),
    ("key-store-password: changeit", "changeit", Named),
    ("\"Certificate\": {\"Path\": \"a.pfx\", \"Password\": \"Gora7\"}", "Gora7", Named),
    ("load_pem_private_key(data, password=b\"Gora7\")", "Gora7", Named),
    ("{ key, passphrase: 'Gora7' }", "Gora7", Named),
    ("\"db_password = \\\"Gora7\\\"\\n\",", "Gora7", Plain),
    ("DB_PASSWORD=\"Go`ra7\"", "Go`ra7", Plain),
    ("pwsh -c { $x.Password='Gora7' }", "Gora7", Plain),
];

#[test]
fn what_is_assigned_is_read() {
    let mut wrong = Vec::new();
    for (text, password, strength) in ASSIGNED {
        let told = told(text.as_bytes());
        if told.first() != Some(&(password.to_owned(), strength)) {
            wrong.push(format!("{text}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Sentences, and all that each announces.
const SAID: [(&str, &[&str], Strength); 51] = [
    ("hasło: Gora7", &["Gora7"], Spoken),
    ("haslo: kotek", &["kotek"], Spoken),
    ("Hasło: Gora7.", &["Gora7.", "Gora7"], Spoken),
    ("Hasło: Gora7!\r\n", &["Gora7!", "Gora7"], Spoken),
    ("(hasło: Gora7).", &["Gora7).", "Gora7)", "Gora7"], Spoken),
    ("Password: Gora7\nLink: x", &["Gora7"], Spoken),
    ("Passphrase: Gora7", &["Gora7"], Named),
    ("Login: jan\nHasło: kotek i juz", &["kotek"], Spoken),
    ("HASŁO: Gora7", &["Gora7"], Spoken),
    ("Hasło do klucza: Gora7", &["Gora7"], Named),
    ("Hasło do certyfikatu to Gora7", &["Gora7"], Named),
    ("hasło (do certyfikatu) - Gora7", &["Gora7"], Named),
    ("hasło do archiwum – Gora7", &["Gora7"], Named),
    ("hasło do zip: Gora7", &["Gora7"], Named),
    ("Hasło do pliku wysyłam: Gora7", &["Gora7"], Spoken),
    ("hasło to Gora7", &["Gora7"], Spoken),
    ("hasło to kotek", &["kotek"], Spoken),
    ("Hasłem jest Gora7.", &["Gora7.", "Gora7"], Spoken),
    ("hasłem jest: Gora7", &["Gora7"], Spoken),
    ("hasło jest Gora7", &["Gora7"], Spoken),
    ("password is Gora7", &["Gora7"], Spoken),
    ("the password for the key: Gora7", &["Gora7"], Named),
    ("The password for the certificate is: Gora7", &["Gora7"], Named),
    ("password is \"kotek burek\"", &["kotek burek"], Spoken),
    ("Hasło do klucza:\nGora7\n\nPozdrawiam", &["Gora7"], Named),
    ("Hasło:\r\n\r\nGora7\r\n", &["Gora7"], Spoken),
    ("Hasło:\n„Gora 7”\n", &["Gora 7"], Spoken),
    ("hasło: „Gora 7”", &["Gora 7"], Spoken),
    ("hasło: “Gora 7”", &["Gora 7"], Spoken),
    ("hasło: »Gora 7«", &["Gora 7"], Spoken),
    ("hasło: `Gora 7`", &["Gora 7"], Spoken),
    ("hasło: \"Gora 7\"", &["Gora 7"], Spoken),
    ("hasło: <b>Gora7</b>", &["Gora7"], Spoken),
    ("<b>Hasło:</b> Gora7<br>", &["Gora7"], Spoken),
    ("**Hasło:** Gora7", &["Gora7"], Spoken),
    ("hasło: **Gora7**", &["Gora7"], Spoken),
    ("| hasło | Gora7 |", &["Gora7"], Spoken),
    ("Hasło do klucza\tGora7", &["Gora7"], Named),
    ("- hasło: Gora7", &["Gora7"], Spoken),
    ("* Password: Gora7", &["Gora7"], Spoken),
    ("Hasło = Gora7", &["Gora7"], Spoken),
    ("W zalaczniku a.pfx, haslo: Gora7", &["Gora7"], Named),
    ("Hasło do paczki: Gora7,Lato", &["Gora7,Lato"], Spoken),
    ("Hasło dostępu: kotek", &["kotek"], Spoken),
    ("pass: Gora7", &["Gora7"], Spoken),
    ("Plik zabezpieczony hasłem Kotek7.", &["Kotek7.", "Kotek7"], Spoken),
    ("Hasło Kotek7", &["Kotek7"], Spoken),
    ("Hasło do certyfikatu KSeF: Kotek7", &["Kotek7"], Named),
    ("Hasło do p12: Kotek7", &["Kotek7"], Named),
    ("Password : Gora7", &["Gora7"], Spoken),
    ("hasło:\u{A0}Gora7", &["Gora7"], Spoken),
];

#[test]
fn what_is_said_is_read() {
    let mut wrong = Vec::new();
    for (text, passwords, strength) in SAID {
        let expected: Vec<_> = passwords.iter().map(|password| ((*password).to_owned(), strength)).collect();
        let told = told(text.as_bytes());
        if told != expected {
            wrong.push(format!("{text}: {told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_byte_alphabets_are_read_as_they_stand() {
    for text in [&b"Has\xB3o: Kot\xB37"[..], b"HAS\xA3O do klucza: Kot\xB37", b"has\xB3o to \x84Kot\xB37\x94"] {
        let first = candidates(text).into_iter().next().expect("a candidate");
        assert_eq!(first.0, b"Kot\xB37");
    }
}

/// Texts that announce nothing.
const REFUSED: [&str; 134] = [
    "passwordless: Gora7",
    "password_hash = \"Gora7Lato\"",
    "password_reset: Gora7",
    "passwordPolicy: \"Gora7Lato\"",
    "forgot password: Gora7",
    "password field",
    "password must: be long",
    "password must be: 8 characters",
    "PasswordEncoder = \"Gora7Lato\"",
    "passwords = \"Gora7Lato\"",
    "hashed_password = 'Gora7Lato'",
    "password_file: /run/a7",
    "KSEF_KEY_PASSWORD_FILE=/run/a7",
    "passed: yes7",
    "PASSED: yes7",
    "compass: Gora7",
    "bypass=Gora7",
    "zgaslo: Gora7",
    "hasloo: Gora7",
    "password=",
    "password=\"\"",
    "password: ''",
    "PASSWORD=ab",
    "PASSWORD=\n",
    "password: None",
    "password = null;",
    "password: nil",
    "password: undefined",
    "password = true",
    "password: String,",
    "password: &str",
    "password: &'a str,",
    "password?: string;",
    "password: Option<String>,",
    "password: string | null",
    "password: str = None",
    "password: bool",
    "PASSWORD=$DB_PASSWORD2",
    "PASSWORD=${DB}",
    "PASSWORD=\"$DB2\"",
    "PASSWORD=$(cat a7)",
    "set PASSWORD=%DB2%",
    "password: {{ db2 }}",
    "password: \"{{ db2 }}\"",
    "password: <password>",
    "PASSWORD=<haslo7>",
    "PASSWORD=****",
    "PASSWORD=xxxx",
    "password: ...",
    "password: process.env.X7",
    "password = os.environ['X7']",
    "password = os.environ[\"X\"]",
    "password = getenv(\"X7\")",
    "password: process.env.KSEF_PASSWORD",
    "os.getenv(\"KSEF_PASSWORD\")",
    "password: %s",
    "printf(\"password: %s\\n\", p)",
    "format!(\"password: {}\", p)",
    "f\"password: {password}\"",
    "password = f\"{user}7\"",
    "password = $\"{user}7\"",
    "password = `${user}7`",
    "password = password;",
    "password = keyPassword",
    "password = value",
    "self.password = password",
    "password=password, user=user",
    "connect(password=pw1)",
    "connect(password=pw1, a=1)",
    "{password: secret}",
    "{ password: secret, a: 1 }",
    "password == \"Gora7Lato\"",
    "password != \"Gora7Lato\"",
    "password::read",
    "if password =~ /a7/",
    "int check_password(const char *password, int n);",
    "fn read(password: &[u8], n: usize)",
    "get_password(\"Gora7Lato\")",
    "checkPassword('Gora7Lato')",
    "password(user, \"Gora7\")",
    "password = read_password()",
    "password = input(\"Password: \")",
    "password = obj.get(\"a7\")",
    "password = a->b7",
    "password = std::env7",
    "password = \"Gora\" + suffix",
    "password = \"Gora%s\" % suffix",
    "password = 'Gora' . $x",
    "<input type=\"password\" name=\"a\" value=\"Gora7\">",
    "<label for=\"password\">Gora7</label>",
    "<Password/>",
    "</Password>Gora7",
    "<Password></Password>",
    "add_argument(\"--password\", \"-p\", help=\"Gora7\")",
    "--password <password>",
    "--password PASSWORD",
    "--password -x",
    "-passin env:X7",
    "-passin file:a7",
    "-passin stdin",
    "-passin pass:$X7",
    "--pass word by word",
    "PWD=/home/a7",
    "Hasło jest wymagane.",
    "password is required",
    "The password is incorrect.",
    "Enter password: Gora7",
    "hasło musi mieć: 8 znaków",
    "hasło to tajne",
    "Hasło do pobrania: https://a/b7",
    "password: $2y$10$abcdefghijk",
    "password: ENC(abc7)",
    "password: !vault |",
    "password: your_password_7",
    "password: \"[hidden]\"",
    "haslo: TWOJE_HASLO",
    "password:\n  other: a7",
    "all tests pass: 3000",
    "KSEF_KEY_PASSWORD: ${{ secrets.A7 }}",
    "Hasło w2: ma 8 znaków",
    "ok ? \"pass\" : \"fail7\"",
    "Kind::Pass => \"a7b\",",
    "war_pass = K_REV_2;",
    "pass = 0x1234",
    "pass = $self->read7($x);",
    "first pass is Gora7",
    "next pass - a7b",
    "pass:\n\t++count7;",
    "// PASS: UTC",
    "the password is kept\")",
    "Password for https://a7b: x",
    "/// <param name=\"password\">Gora 7</param>",
    "url_pass=$BASE_URL/a7",
    "x_passwd = !!(t & A7);",
];

#[test]
fn what_is_no_password_is_refused() {
    let told = REFUSED.iter().map(|text| (text, told(text.as_bytes()))).filter(|(_, told)| !told.is_empty());
    let wrong: Vec<_> = told.map(|(text, told)| format!("{text}: {told:?}")).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn both_readings_of_an_escape_are_offered() {
    assert_eq!(told(br#"DB_PASSWORD="a\\bc7""#), [("a\\bc7".to_owned(), Plain), ("a\\\\bc7".to_owned(), Plain)]);
    assert_eq!(told(b"DB_PASSWORD=ab7;cd"), [("ab7".to_owned(), Plain), ("ab7;cd".to_owned(), Plain)]);
}

#[test]
fn every_cut_is_survived() {
    let samples = ASSIGNED.iter().map(|(text, ..)| *text).chain(SAID.iter().map(|(text, ..)| *text)).chain(REFUSED);
    for sample in samples {
        let text = sample.as_bytes();
        for end in 0..=text.len() {
            for at in 0..=end + 1 {
                read(&text[..end], at, &mut |candidate| assert!(candidate.range.end <= end));
                read(&text[at.min(end)..end], 0, &mut |candidate| assert!(candidate.range.end <= end));
            }
        }
    }
}

#[test]
fn only_some_hundred_bytes_are_looked_at() {
    for filling in
        [&b"a"[..], b"<", b"\\", b"\"", b"pass", b"(", b"&#", b" ", b"-", b"\xC2\xA0", b"*", b"a_", b"\n", b"<b>"]
    {
        let far = filling.repeat(4000);
        let text = [&far[..], b"password: ", &far, b"Gora7\""].concat();
        read(&text, far.len(), &mut |candidate| {
            assert!(candidate.range.end < far.len() + 600 && candidate.plain.len() <= 512);
        });
        read(&text, text.len(), &mut |_| panic!("nothing begins at the end"));
    }
}

#[test]
fn a_file_may_be_a_password() {
    for name in [
        "haslo.txt",
        "hasło.txt",
        "HASŁO.TXT",
        "password.txt",
        "passwd",
        "pass.txt",
        "pin.txt",
        "firma.pass",
        "a.pwd",
        "hasło do klucza.txt",
        "dir/haslo_ksef.txt",
        "dir\\haslo",
    ] {
        assert!(is_password_name(name), "{name}");
    }
    for name in ["compass.txt", "password.rs", "opinia.txt", "password_reset.txt", "haslo.pdf", "", "pin", "spin.txt"] {
        assert!(!is_password_name(name), "{name}");
    }
    let lines = |text: &[u8]| {
        let mut lines = Vec::new();
        read_alone(text, &mut |candidate| {
            assert_eq!(candidate.strength, Named);
            lines.push(String::from_utf8_lossy(&candidate.plain).into_owned());
        });
        lines
    };
    assert_eq!(lines(b"\xEF\xBB\xBFGora 7 \r\n\r\nklucz: kotek\nx=\n"), ["Gora 7", "klucz: kotek", "kotek"]);
    assert_eq!(lines(&b"abc\n".repeat(100)).len(), 20);
    assert_eq!(lines(&b"a".repeat(129)), [""; 0]);
    assert_eq!(lines(b"").len(), 0);
}
