//! One key in every form and wrapping: always found, always the same, on its line.

use ksefleaks::{KeyPair, armour};

use crate::made::archive::{seven, tar, zip};
use crate::made::letter::{attached, encoded, mail, quoted};
use crate::made::{office, record, stream};
use crate::repository::Room;
use crate::shelf::{base64, der, found, hex, jwk, key, noise, print, scan, spots};

/// A name of a file, what is in it, and the members and the line of the key; none where lines mean nothing.
type Dress = (&'static str, fn(&KeyPair) -> Vec<u8>, &'static str);

/// Every key is found in its file and nowhere else, and nothing besides.
fn check(dresses: &[Dress], first: u64) {
    let files: Vec<(String, Vec<u8>)> = (first..)
        .zip(dresses)
        .map(|(number, (name, make, _))| (format!("{number}/{name}"), make(&key(number))))
        .collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
    let told = scan(&files, &[]);
    let mut wrong = Vec::new();
    for (number, (name, _, spot)) in (first..).zip(dresses) {
        let print = print(&key(number));
        let own = told.findings.iter().find(|finding| finding["secret"]["sha256"] == print.as_str());
        let spots = own.map(spots).unwrap_or_default();
        let mut expected = format!("{number}/{name}{spot}");
        if spot.is_empty() {
            expected.push(':');
        }
        let fits = matches!(&spots[..], [own] if own == &expected || spot.is_empty() && own.starts_with(&expected));
        if !fits || own.is_none_or(|own| own["rule"] != "private-key" || own["id"] != print[..16]) {
            wrong.push(format!("{expected}: {spots:?}"));
        }
    }
    let known: Vec<String> = (first..).zip(dresses).map(|(number, _)| print(&key(number))).collect();
    let others = told.findings.iter().filter(|finding| !known.iter().any(|own| finding["secret"]["sha256"] == **own));
    wrong.extend(others.map(|finding| format!("unexpected: {finding}")));
    wrong.extend(told.notices.iter().map(|notice| format!("told: {notice}")));
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), dresses.len(), wrong.join("\n"));
    // Nothing says that they are of KSeF.
    assert_eq!((told.code, &*told.error), (0, ""));
}

/// Each line of a PEM between two signs.
fn lines(pair: &KeyPair, before: &str, behind: &str) -> String {
    pair.pem().lines().map(|line| format!("{before}{line}{behind}")).collect()
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

fn wrapped(bytes: &[u8], width: usize, end: &str) -> String {
    let digits = base64(bytes);
    digits.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned() + end).collect()
}

const TEXTS: &[Dress] = &[
    ("firma.key", |pair| pair.pem().into(), ":1"),
    ("a.txt", |pair| format!("# ustawienia\n\n{}koniec\n", pair.pem()).into(), ":3"),
    ("sec1.pem", |pair| armour("EC PRIVATE KEY", &pair.sec1()).into(), ":1"),
    (
        "params.pem",
        |pair| {
            format!(
                "{}{}",
                armour("EC PARAMETERS", &[6, 8, 42, 134, 72, 206, 61, 3, 1, 7]),
                armour("EC PRIVATE KEY", &pair.sec1())
            )
            .into()
        },
        ":4",
    ),
    (
        "bag.pem",
        |pair| format!("Bag Attributes\n    localKeyID: 01 02\nKey Attributes: <No Attributes>\n{}", pair.pem()).into(),
        ":4",
    ),
    ("a.yaml", |pair| format!("klucze:\n  key: |\n{}", lines(pair, "    ", "\n")).into(), ":3"),
    ("folded.yaml", |pair| format!("key: >-\n{}", lines(pair, "\t", "\n\n")).into(), ":2"),
    ("answer.txt", |pair| lines(pair, "> > ", "\n").into(), ":1"),
    ("commented.py", |pair| lines(pair, "# ", "\n").into(), ":1"),
    ("starred.java", |pair| format!("/*\n{} */\n", lines(pair, " * ", "\n")).into(), ":2"),
    ("a.json", |pair| format!("{{\n  \"key\": \"{}\"\n}}\n", lines(pair, "", "\\n")).into(), ":2"),
    ("crlf.json", |pair| format!("{{\"key\":\"{}\"}}", lines(pair, "", "\\r\\n")).into(), ":1"),
    (
        "twice.json",
        |pair| format!("{{\"body\":\"{{\\\"key\\\":\\\"{}\\\"}}\"}}", lines(pair, "", "\\\\n")).into(),
        ":1",
    ),
    (
        "unicode.json",
        |pair| {
            format!("{{\"key\":\"{}\"}}", lines(pair, "", "\\u000a").replace('/', "\\/").replace('+', "\\u002B")).into()
        },
        ":1",
    ),
    (".env", |pair| format!("A=1\nB=\"{}\"\n", lines(pair, "", "\\n")).into(), ":2"),
    ("lines.env", |pair| format!("A=1\nB=\"{}\"\n", pair.pem()).into(), ":2"),
    ("crlf.pem", |pair| lines(pair, "", "\r\n").into(), ":1"),
    ("cr.pem", |pair| lines(pair, "", "\r").into(), ":1"),
    ("blank-ends.pem", |pair| lines(pair, "", "  \n").into(), ":1"),
    ("double-spaced.pem", |pair| lines(pair, "", "\n\n").into(), ":1"),
    ("bom.pem", |pair| format!("\u{FEFF}{}", pair.pem()).into(), ":1"),
    ("one-line.txt", |pair| lines(pair, "", "").into(), ":1"),
    ("spaces.txt", |pair| lines(pair, "", " ").into(), ":1"),
    ("a.xml", |pair| format!("<a>\n<key>{}</key>\n</a>", pair.pem()).into(), ":2"),
    ("cdata.xml", |pair| format!("<a>\n<key><![CDATA[{}]]></key>\n</a>", pair.pem()).into(), ":2"),
    ("attribute.xml", |pair| format!("<add key=\"x\" value=\"{}\"/>", lines(pair, "", "&#10;")).into(), ":1"),
    ("hex.xml", |pair| format!("<add value=\"{}\"/>", lines(pair, "", "&#xD;&#xA;")).into(), ":1"),
    ("a.html", |pair| format!("<pre>\n{}</pre>", pair.pem()).into(), ":2"),
    ("br.html", |pair| format!("<p>{}</p>", lines(pair, "", "<br>")).into(), ":1"),
    ("br2.html", |pair| format!("<p>\n{}</p>", lines(pair, "", "<br />\n")).into(), ":2"),
    (
        "query.txt",
        |pair| {
            format!(
                "POST /?key={}",
                lines(pair, "", "%0A").replace(' ', "%20").replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
            )
            .into()
        },
        ":1",
    ),
    (
        "form.txt",
        |pair| {
            format!(
                "key={}",
                lines(pair, "", "%0D%0A").replace('+', "%2B").replace(' ', "+").replace('/', "%2F").replace('=', "%3D")
            )
            .into()
        },
        ":1",
    ),
];

const SOURCES: &[Dress] = &[
    ("a.py", |pair| format!("KEY = \"\"\"{}\"\"\"\n", pair.pem()).into(), ":1"),
    ("parentheses.py", |pair| format!("KEY = (\n{})\n", lines(pair, "    '", "\\n'\n")).into(), ":2"),
    ("bytes.py", |pair| format!("KEY = (\n{})\n", lines(pair, "    b\"", "\\n\"\n")).into(), ":2"),
    ("a.js", |pair| format!("const key = `{}`;\n", pair.pem()).into(), ":1"),
    ("join.js", |pair| format!("const key = [\n{}].join('\\n');\n", lines(pair, "  '", "',\n")).into(), ":2"),
    ("A.java", |pair| format!("String KEY =\n{};\n", lines(pair, "    \"", "\\n\" +\n")).into(), ":2"),
    ("A.cs", |pair| format!("var key = @\"{}\";\n", pair.pem()).into(), ":1"),
    ("lines.cs", |pair| format!("var key =\n{};", lines(pair, "  \"", "\" + Environment.NewLine +\n")).into(), ":2"),
    ("a.php", |pair| format!("<?php\n$key = {};", lines(pair, "'", "' . \"\\n\" .\n")).into(), ":2"),
    ("a.vb", |pair| format!("Dim key = {}", lines(pair, "\"", "\" & vbCrLf & _\r\n")).into(), ":1"),
    ("a.c", |pair| format!("const char key[] =\n{};", lines(pair, "\"", "\\r\\n\"\n")).into(), ":2"),
    ("a.go", |pair| format!("const key = `{}`", pair.pem()).into(), ":1"),
    ("a.ps1", |pair| format!("$key = @'\r\n{}'@", lines(pair, "", "\r\n")).into(), ":2"),
    ("a.sh", |pair| format!("cat > k <<EOF\n{}EOF\n", pair.pem()).into(), ":2"),
    ("printf.sh", |pair| format!("printf '{}' > k\n", lines(pair, "", "\\n")).into(), ":1"),
    ("a.sql", |pair| format!("INSERT INTO k VALUES (1, '{}');", pair.pem()).into(), ":1"),
    ("escaped.sql", |pair| format!("COPY k FROM stdin;\n1\t{}\n\\.\n", lines(pair, "", "\\n")).into(), ":2"),
    ("a.properties", |pair| format!("key={}\n", lines(pair, "", "\\n\\\n")).into(), ":1"),
    ("a.tf", |pair| format!("key = <<-EOT\n{}EOT\n", lines(pair, "  ", "\n")).into(), ":2"),
    ("a.jwk", |pair| jwk(pair).into(), ":1"),
    ("set.jwks", |pair| format!("{{\"keys\":[\n{}]}}", jwk(pair)).into(), ":2"),
    ("spaced.jwk", |pair| jwk(pair).replace(',', ",\n  ").replace(':', " : ").into(), ":1"),
    ("quoted.json", |pair| format!("{{\"jwk\":\"{}\"}}", jwk(pair).replace('"', "\\\"")).into(), ":1"),
];

const DIGITS: &[Dress] = &[
    ("a.env", |pair| format!("A=1\nKEY={}\n", base64(&pair.der())).into(), ":2"),
    ("sec1.env", |pair| format!("KEY={}\n", base64(&pair.sec1())).into(), ":1"),
    (
        "a.http",
        |pair| format!("@baseUrl = https://localhost\n@key = {}\n\nGET {{{{baseUrl}}}}\n", base64(&pair.der())).into(),
        ":2",
    ),
    ("a.json", |pair| format!("{{\"key\":\"{}\"}}", base64(&pair.der())).into(), ":1"),
    ("slashes.json", |pair| format!("{{\"key\":\"{}\"}}", base64(&pair.der()).replace('/', "\\/")).into(), ":1"),
    ("A.cs", |pair| format!("Convert.FromBase64String(\"{}\")", base64(&pair.der())).into(), ":1"),
    (
        "joined.cs",
        |pair| {
            format!(
                "var k =\n{}\"\";",
                wrapped(&pair.der(), 60, "\" +\n").lines().map(|line| format!("  \"{line}\n")).collect::<String>()
            )
            .into()
        },
        ":2",
    ),
    ("wrapped.txt", |pair| format!("klucz:\n{}\nkoniec\n", wrapped(&pair.der(), 64, "\n")).into(), ":2"),
    ("wrapped-76.txt", |pair| format!("klucz:\r\n{}\r\nkoniec\r\n", wrapped(&pair.der(), 76, "\r\n")).into(), ":2"),
    (
        "indented.yaml",
        |pair| {
            format!(
                "key: !!binary |\n{}",
                wrapped(&pair.der(), 70, "\n").lines().map(|line| format!("  {line}\n")).collect::<String>()
            )
            .into()
        },
        ":2",
    ),
    ("a.xml", |pair| format!("<k>\n<D>{}</D></k>", base64(&pair.der())).into(), ":2"),
    (
        "percent.txt",
        |pair| {
            format!("?key={}", base64(&pair.der()).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")).into()
        },
        ":1",
    ),
    ("lower.txt", |pair| format!("key: {}\n", hex(&pair.der())).into(), ":1"),
    ("upper.txt", |pair| format!("key: {}\n", hex(&pair.der()).to_uppercase()).into(), ":1"),
    ("sec1.txt", |pair| format!("a\nkey: {}\n", hex(&pair.sec1())).into(), ":2"),
    ("postgres.sql", |pair| format!("COPY k FROM stdin;\n1\t\\\\x{}\n", hex(&pair.der())).into(), ":2"),
    ("bytea.sql", |pair| format!("INSERT INTO k VALUES ('\\x{}'::bytea);", hex(&pair.der())).into(), ":1"),
    ("server.sql", |pair| format!("INSERT k VALUES (0x{});", hex(&pair.der()).to_uppercase()).into(), ":1"),
    ("oracle.sql", |pair| format!("INSERT INTO k VALUES (X'{}');", hex(&pair.der()).to_uppercase()).into(), ":1"),
    ("secret.yaml", |pair| format!("data:\n  tls.key: {}\n", base64(pair.pem().as_bytes())).into(), ":2"),
    (
        "sec1-secret.yaml",
        |pair| format!("data:\n  tls.key: {}\n", base64(armour("EC PRIVATE KEY", &pair.sec1()).as_bytes())).into(),
        ":2",
    ),
    ("crlf-secret.yaml", |pair| format!("tls.key: {}\n", base64(lines(pair, "", "\r\n").as_bytes())).into(), ":1"),
    ("wrapped-secret.txt", |pair| wrapped(pair.pem().as_bytes(), 76, "\n").into(), ":1"),
    ("jwk-secret.yaml", |pair| format!("jwk: {}\n", base64(jwk(pair).as_bytes())).into(), ":1"),
];

const WIDE: &[Dress] = &[
    (
        "le.txt",
        |pair| [b"\xFF\xFE".to_vec(), utf16(&format!("klucz\r\n{}", pair.pem()), u16::to_le_bytes)].concat(),
        ":2",
    ),
    (
        "be.txt",
        |pair| [b"\xFE\xFF".to_vec(), utf16(&format!("klucz\r\n{}", pair.pem()), u16::to_be_bytes)].concat(),
        ":2",
    ),
    ("le-bare.txt", |pair| utf16(&format!("klucz\r\n{}", pair.pem()), u16::to_le_bytes), ":2"),
    ("be-bare.txt", |pair| utf16(&format!("klucz\r\n{}", pair.pem()), u16::to_be_bytes), ":2"),
    (
        "le-der.txt",
        |pair| [b"\xFF\xFE".to_vec(), utf16(&format!("klucz={}\r\n", base64(&pair.der())), u16::to_le_bytes)].concat(),
        ":1",
    ),
    (
        "le-hex.txt",
        |pair| [b"\xFF\xFE".to_vec(), utf16(&format!("klucz={}\r\n", hex(&pair.der())), u16::to_le_bytes)].concat(),
        ":1",
    ),
    ("le-jwk.txt", |pair| [b"\xFF\xFE".to_vec(), utf16(&jwk(pair), u16::to_le_bytes)].concat(), ":1"),
    (
        "le.json",
        |pair| {
            [b"\xFF\xFE".to_vec(), utf16(&format!("{{\"k\":\"{}\"}}", lines(pair, "", "\\n")), u16::to_le_bytes)]
                .concat()
        },
        ":1",
    ),
];

const BYTES: &[Dress] = &[
    ("a.der", KeyPair::der, ":1"),
    ("sec1.der", KeyPair::sec1, ":1"),
    ("at-1.bin", |pair| [noise(1, 1), pair.der(), noise(2, 1)].concat(), ""),
    ("at-17.bin", |pair| [noise(3, 17), pair.sec1(), noise(4, 500)].concat(), ""),
    ("at-4095.bin", |pair| [noise(5, 4095), pair.der(), noise(6, 4096)].concat(), ""),
    ("at-65535.bin", |pair| [noise(7, 65535), pair.sec1(), noise(8, 77)].concat(), ""),
    ("at-200001.bin", |pair| [noise(9, 200_001), pair.der(), noise(10, 9)].concat(), ""),
    ("octets.bin", |pair| [noise(11, 100), der(4, &[&pair.der()]), noise(12, 100)].concat(), ""),
    ("pem.bin", |pair| [noise(13, 300), b"\0".to_vec(), pair.pem().into(), noise(14, 300)].concat(), ""),
    ("zeros.bin", |pair| [vec![0; 999], pair.der(), vec![0; 999]].concat(), ""),
];

const WRAPPINGS: &[Dress] = &[
    ("a.zip", |pair| zip(&[("a/firma.key", pair.pem())]), " > a/firma.key:1"),
    ("der.zip", |pair| zip(&[("klucz.der", pair.der())]), " > klucz.der:1"),
    ("a.tar", |pair| tar(&[("firma.key", pair.pem())]), " > firma.key:1"),
    ("a.tar.gz", |pair| stream::gz(&tar(&[("firma.key", pair.der())])), " > firma.key:1"),
    ("firma.key.gz", |pair| stream::gz(pair.pem().as_bytes()), ":1"),
    ("a.7z", |pair| seven("firma.key", pair.pem().as_bytes()), " > firma.key:1"),
    ("nested.zip", |pair| zip(&[("in.zip", zip(&[("firma.key", pair.pem())]))]), " > in.zip > firma.key:1"),
    ("a.eml", |pair| attached("x", &[("firma.key", pair.pem().as_bytes())]).into(), " > firma.key:1"),
    ("der.eml", |pair| attached("x", &[("firma.der", &pair.der())]).into(), " > firma.der:1"),
    ("zip.eml", |pair| attached("x", &[("a.zip", &zip(&[("k.pem", pair.pem())]))]).into(), " > a.zip > k.pem:1"),
    ("body.eml", |pair| mail("x", &pair.pem()).into(), ":8"),
    ("encoded.eml", |pair| encoded("x", pair.pem().as_bytes()).into(), " > part 1.txt:1"),
    ("quoted.eml", |pair| quoted("x", &pair.pem()).into(), " > part 1.txt:1"),
    ("a.docx", |pair| office::docx(&[&pair.pem()]), " > word/document.xml:1"),
    ("a.db", |pair| record::sqlite(&["n", "k"], &[&["x", &pair.pem()]]), ""),
];

#[test]
fn text() {
    check(TEXTS, 1000);
}

#[test]
fn source_code() {
    check(SOURCES, 1100);
}

#[test]
fn digits() {
    check(DIGITS, 1200);
}

#[test]
fn wide_characters() {
    check(WIDE, 1300);
}

#[test]
fn bytes() {
    check(BYTES, 1400);
}

#[test]
fn containers() {
    check(WRAPPINGS, 1500);
}

#[test]
fn five_forms_are_one_finding() {
    let pair = key(1);
    let forms: [(&str, Vec<u8>); 5] = [
        ("a/firma.key", pair.pem().into()),
        ("b/firma.der", pair.sec1()),
        ("c/.env", format!("KSEF_KEY={}\n", base64(&pair.der())).into()),
        ("d/dump.sql", format!("x\n\\\\x{}\n", hex(&pair.der())).into()),
        ("e.jwk", jwk(&pair).into()),
    ];
    let files: Vec<(&str, &[u8])> = forms.iter().map(|(name, bytes)| (*name, &**bytes)).collect();
    let told = scan(&files, &[]);
    assert_eq!(told.findings.len(), 1, "{:#?}", told.findings);
    let expected = ["a/firma.key:1", "b/firma.der:1", "c/.env:1", "d/dump.sql:2", "e.jwk:1"];
    assert_eq!(spots(found(&told, &pair)), expected);
}

#[test]
fn a_repository_remembers_its_keys() {
    let room = Room::new();
    let repository = room.init("repo", &[]);
    let [gone, der, here] = [2, 3, 4].map(key);
    let first = repository.write("certs/firma.key", gone.pem()).write("k.der", der.der()).commit("klucze");
    let second = repository.remove("certs/firma.key").remove("k.der").commit("bez kluczy");
    let third = repository.write(".env", format!("KSEF_KEY={}\n", base64(&here.der()))).commit("w base64");
    let told = repository.tell();
    assert_eq!(told.findings.len(), 3, "{:#?}", told.findings);
    for (pair, path, added, removed) in [
        (&gone, "certs/firma.key", &first, Some(&second)),
        (&der, "k.der", &first, Some(&second)),
        (&here, ".env", &third, None),
    ] {
        let finding = found(&told, pair);
        let location = &finding["locations"][0];
        assert_eq!((&location["path"], finding["count"].as_u64()), (&path.into(), Some(1)), "{finding}");
        let commits: Vec<_> = location["commits"].as_array().expect("a list").iter().map(|mark| &mark["id"]).collect();
        assert_eq!(commits, [added].into_iter().chain(removed).collect::<Vec<_>>(), "{finding}");
    }
}
