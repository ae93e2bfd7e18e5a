//! What looks like a credential and is none.
//!
//! Holds: one file for each look-alike, made of templates of the sampler. Must not know: why the
//! library passes them over.

use super::document::{Document, fill, sampler};
use super::encode::{base64, utf16};

/// Files made of one line many times: name, head, line, tail, how often.
const LISTS: [(&str, &str, &str, &str, usize); 26] = [
    (
        "package-lock.json",
        "{\n  \"name\": \"ksef-client\",\n  \"packages\": {\n",
        "    \"node_modules/ksef-{{nip}}\": {\n      \"resolved\": \"https://registry.npmjs.org/ksef/-/ksef-1.0.tgz#{{hex40}}\",\n      \"integrity\": \"sha512-{{base64:86}}==\"\n    },\n",
        "  }\n}\n",
        60,
    ),
    (
        "Cargo.lock",
        "# ksef\n",
        "[[package]]\nname = \"ksef\"\nversion = \"0.{{nip}}.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{{hex64}}\"\n\n[[package]]\nname = \"ksef-xades\"\nchecksum = \"{{secret}}\"\n\n",
        "",
        60,
    ),
    (
        "go.sum",
        "",
        "github.com/example/ksef v0.1.0 h1:{{base64:43}}=\ngithub.com/example/ksef v0.1.0/go.mod h1:{{base64:43}}=\n",
        "",
        40,
    ),
    (
        "yarn.lock",
        "# ksef\n",
        "ksef-client@^1.0.0:\n  resolved \"https://registry.yarnpkg.com/ksef/-/ksef.tgz#{{hex40}}\"\n  integrity sha512-{{base64:86}}==\n\n",
        "",
        40,
    ),
    (
        "composer.lock",
        "{\"packages\": [\n",
        "{\"name\": \"n1ebieski/ksef-php-client\", \"source\": {\"reference\": \"{{hex40}}\"}, \"dist\": {\"reference\": \"{{hex40}}\", \"shasum\": \"\"}},\n",
        "], \"content-hash\": \"00\"}\n",
        30,
    ),
    (
        "Pipfile.lock",
        "{\"default\": {\"ksef\": {\"hashes\": [\n",
        "  \"sha256:{{secret}}\",\n  \"sha256:{{hex64}}\",\n",
        "]}}}\n",
        40,
    ),
    (
        "poetry.lock",
        "[[package]]\nname = \"ksef2\"\nfiles = [\n",
        "    {file = \"ksef2-0.1-py3-none-any.whl\", hash = \"sha256:{{secret}}\"},\n",
        "]\n",
        40,
    ),
    (
        "git-log.txt",
        "",
        "commit {{hex40}}\nAuthor: Jan Kowalski <jan@example.com>\nDate:   Sun Mar 1 10:00:00 2026 +0100\n\n    Dodaj obsługę tokena KSeF\n\n",
        "",
        40,
    ),
    ("git-oneline.txt", "", "{{hex40}} token KSeF: poprawka odczytu\n", "", 40),
    (
        "packed-refs.txt",
        "# pack-refs with: peeled fully-peeled sorted\n",
        "{{hex40}} refs/heads/ksef-token\n^{{hex40}}\n",
        "",
        30,
    ),
    ("SHA256SUMS.txt", "", "{{secret}}  ksef-client-1.0.tar.gz\n{{hex64}}  ksef-client-1.1.tar.gz\n", "", 40),
    (
        "tsconfig.tsbuildinfo",
        "{\"program\":{\"fileInfos\":{\n",
        "\"./src/ksef/token.ts\":{\"version\":\"{{secret}}\",\"signature\":\"{{hex64}}\"},\n",
        "}},\"version\":\"5.4\"}\n",
        40,
    ),
    (
        "docker-digests.txt",
        "",
        "FROM ghcr.io/example/ksef@sha256:{{secret}}\nimage: ksef/token@sha256:{{hex64}}\n",
        "",
        30,
    ),
    (
        "references.txt",
        "",
        "{{reference}} {{reference:CR}} {{reference:AU}} {{reference:SO}} {{reference:SB}} {{reference:EE}} {{reference:EH}} {{reference:EU}}\n",
        "",
        30,
    ),
    (
        "reference-bar.txt",
        "",
        "{{reference}}|1760448227084\n{{reference}}|{{nip}}\n{{reference}}|nip-{{nip}}|\n",
        "",
        20,
    ),
    (
        "sessions.json",
        "[\n",
        "{\"sessionReferenceNumber\":\"{{reference:SO}}\",\"tokenReferenceNumber\":\"{{reference}}\",\"status\":\"Active\",\"nip\":\"{{nip}}\"},\n",
        "{}]\n",
        30,
    ),
    ("invoices.csv", "Numer KSeF;NIP;Kwota\r\n", "{{invoice-number}};{{nip}};123,00\r\n", "", 60),
    (
        "UPO.xml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Potwierdzenie xmlns=\"http://upo.schematy.mf.gov.pl/KSeF/v4-2\">\n<NumerReferencyjnySesji>x</NumerReferencyjnySesji>\n",
        "<Dokument><NumerKSeFDokumentu>{{invoice-number}}</NumerKSeFDokumentu><SkrotDokumentu>{{base64:43}}=</SkrotDokumentu></Dokument>\n",
        "</Potwierdzenie>\n",
        30,
    ),
    (
        "hashes.json",
        "{\"ksef\":[\n",
        "{\"invoiceHash\":\"{{secret}}\",\"fileDigest\":\"{{hex64}}\",\"odcisk\":\"{{secret}}\",\"skrót KSeF\":\"{{secret}}\"},\n",
        "{}]}\n",
        30,
    ),
    (
        "open-session.json",
        "{\"formCode\":{\"systemCode\":\"FA (3)\"},\n",
        "\"encryption\":{\"encryptedSymmetricKey\":\"{{base64:342}}==\",\"initializationVector\":\"{{base64:22}}==\"},\"encryptedToken\":\"{{base64:342}}==\",\n",
        "\"ksef\":1}\n",
        10,
    ),
    (
        "secrets.sops.yaml",
        "ksef:\n",
        "    ksef_token: ENC[AES256_GCM,data:{{base64:152}},iv:{{base64:43}}=,tag:{{base64:22}}==,type:str]\n",
        "sops:\n    version: 3.8.1\n",
        10,
    ),
    (
        "other-jwts.txt",
        "",
        "KSEF_SESSION=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhbm90aGVyLWFwaSIsIm5vdGUiOiJub3QgYSBLU2VGIG9uZSJ9.{{token40}}abc\nksef eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2V4YW1wbGUuY29tIn0.{{token40}}{{token40}}\n",
        "",
        10,
    ),
    (
        "other-tokens.env",
        "# klient KSeF\n",
        "GITHUB_TOKEN=ghp_{{base64:36}}\nKSEF_GITHUB_TOKEN={{hex40}}\nNPM_TOKEN=npm_{{token40}}\nAWS_SECRET_ACCESS_KEY={{base64:40}}\nSONAR_TOKEN={{hex40}}\nSENTRY_AUTH_TOKEN={{hex64}}\n",
        "",
        20,
    ),
    ("uuids.txt", "", "ksef {{uuid}} token {{uuid}}\nsessionToken: {{uuid}}\n", "", 20),
    (
        "certificates.txt",
        "",
        "odcisk certyfikatu KSeF (SHA-1): {{hex40}}\nodcisk certyfikatu KSeF (SHA-256): {{secret}}\nThumbprint ksef: {{hex40}}\nETag: \"{{secret}}\" ksef\n",
        "",
        20,
    ),
    ("bare.txt", "", "{{secret}}\ntoken = {{secret}}\n{{HEX64}}\n{{hex64}}\n{{token40}}\n", "", 20),
];

/// Placeholders of all kinds.
const PLACEHOLDERS: &str = "KSEF_TOKEN=TWOJ_TOKEN_KSEF
KSEF_TOKEN=YOUR_KSEF_TOKEN
KSEF_TOKEN=TUTAJ_WKLEJ_TOKEN
KSEF_TOKEN=<token>
KSEF_TOKEN=${{ secrets.KSEF_TOKEN }}
KSEF_TOKEN=$(cat /run/secrets/ksef_token)
KSEF_TOKEN=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
KSEF_TOKEN=XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX
KSEF_TOKEN=0000000000000000000000000000000000000000
KSEF_TOKEN=1234567890123456789012345678901234567890
KSEF_TOKEN=abcdefghijklmnopqrstuvwxyz0123456789ABCD
KSEF_TOKEN=deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef
KSEF_TOKEN=0000000000000000000000000000000000000000000000000000000000000000
KSEF_TOKEN=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
KSEF_TOKEN=aaaaaaaaaaaa4aaa8aaaaaaaaaaaaaaaaaaaaaaaaaaa4aaa8aaaaaaaaaaaaaaa
KSEF_TOKEN=20260101-EC-XXXXXXXXXX-XXXXXXXXXX-XX|nip-1111111111|xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
KSEF_TOKEN=20260101-EC-0000000000-0000000000-00|nip-0000000000|0000000000000000000000000000000000000000000000000000000000000000
KSEF_TOKEN=20260101-EC-1234567890-ABCDEF1234-12|nip-1234567890|0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
KSEF_TOKEN=20260101-EC-1234567890-ABCDEF1234-12|nip-1234567890|deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef
ksef: KsefInvoiceMetadataQuerySubjectAuthorizationTypeBuilder
tokenKsef = getKsefAuthorisationTokenFromEnvironment()
/^\\d{8}-EC-[0-9A-F]{10}-[0-9A-F]{10}-[0-9A-F]{2}\\|nip-\\d{10}\\|[0-9a-f]{64}$/
";

/// The Ministry's certificates, as the API gives them.
const CERTIFICATES: [(&str, &str); 2] = [
    ("mf-symmetric.pem", include_str!("public/mf-symmetric.pem")),
    ("mf-token.pem", include_str!("public/mf-token.pem")),
];

/// All look-alikes.
pub(crate) fn documents() -> Vec<Document> {
    let mut documents: Vec<Document> = LISTS.iter().map(list).collect();
    documents.push(Document::of("miss/placeholders.env", PLACEHOLDERS));
    for (name, pem) in CERTIFICATES {
        documents.push(Document::of(&format!("miss/{name}"), pem));
        let one_line: String = pem.lines().filter(|line| !line.starts_with("---")).collect();
        documents.push(Document::of(
            &format!("miss/{name}.json"),
            format!("{{\"certificate\":\"{one_line}\",\"usage\":[\"KsefTokenEncryption\"]}}"),
        ));
    }
    documents.extend(invented());
    documents.extend(dressed_lists());
    documents.push(Document::of(
        "miss/search-string.py",
        "if 'BEGIN PRIVATE KEY' in text or '-EC-' in text or 'nip-' in text:\n    pass\n",
    ));
    documents
}

fn list(&(name, head, line, tail, count): &(&str, &str, &str, &str, usize)) -> Document {
    let path = format!("miss/{name}");
    let mut sampler = sampler(&path);
    let lines: String = (0..count).map(|_| fill(&mut sampler, line)).collect();
    Document::of(&path, format!("{head}{lines}{tail}"))
}

/// Tokens whose check digits and secret part are both wrong: invented by hand.
fn invented() -> impl Iterator<Item = Document> {
    ["crc+secret", "date+crc+secret", "date+crc+time+nip+secret", "time+nip+secret"].into_iter().map(|flaws| {
        let path = format!("miss/invented-{}.md", flaws.replace('+', "-"));
        let mut sampler = sampler(&path);
        let template = format!("`{{{{token:wrong={flaws}}}}}`\n");
        Document::of(&path, fill(&mut sampler, &template).repeat(2))
    })
}

/// Look-alikes in other alphabets and encodings.
fn dressed_lists() -> Vec<Document> {
    let text: String = ["miss/Cargo.lock", "miss/git-log.txt", "miss/references.txt", "miss/hashes.json"]
        .iter()
        .flat_map(|path| LISTS.iter().filter(move |list| path.ends_with(list.0)).map(list))
        .map(|document| String::from_utf8_lossy(&document.bytes).into_owned())
        .collect();
    let wide = [&[0xFF, 0xFE][..], &utf16(&text, false)].concat();
    let quoted = text.replace('=', "=3D").replace('\n', "=0A\r\n");
    vec![
        Document::of("miss/look-alikes-utf16.txt", wide),
        Document::of("miss/look-alikes-base64.txt", base64(text.as_bytes())),
        Document::of("miss/look-alikes-quoted-printable.eml", quoted),
    ]
}
