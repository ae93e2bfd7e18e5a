//! The places where credentials were met, or will be.
//!
//! Holds: one small file for each home, `@` where a credential stands. Must not know: dresses.

use super::document::{Document, fill, sampler};

/// Homes of a token of KSeF 2.0: name and text.
const TOKEN_HOMES: [(&str, &str); 27] = [
    ("home.env", "APP_ENV=prod\nKSEF_NIP=5260250274\nKSEF_TOKEN=@\n#KSEF_TOKEN_OLD=@\n"),
    ("appsettings.json", "{\n  \"KSeF\": {\n    \"Environment\": \"prod\",\n    \"Token\": \"@\"\n  }\n}\n"),
    ("compose.yaml", "services:\n  erp:\n    environment:\n      KSEF_TOKEN: \"@\"\n      - KSEF_TOKEN_TEST=@\n"),
    ("config.toml", "[ksef]\nenvironment = 'prod'\ntoken = '@'\n"),
    (
        "web.config.xml",
        "<configuration><appSettings>\n  <add key=\"KsefToken\" value=\"@\" />\n</appSettings></configuration>\n",
    ),
    (
        "dump-copy.sql",
        "COPY public.firms (id, nip, token, active) FROM stdin;\n1\t5260250274\t@\tt\n2\t7740001454\t@\tf\n\\.\n",
    ),
    ("dump-insert.sql", "INSERT INTO settings VALUES (7,'ksef','@',NULL),(8,'ksef-test','@',1);\n"),
    ("office.csv", "Firma;NIP;Token;Środowisko\r\nABC Sp. z o.o.;5260250274;@;PROD\r\nŁąka S.A.;7740001454;@;TEST\r\n"),
    ("README.md", "# Użycie\n\n```bash\nexport KSEF_TOKEN=\"@\"\n```\n\nalbo `@`.\n"),
    (
        "service.log",
        "2026-03-01 10:00:01 INFO  [ksef] authenticating with token=@ nip=5260250274\n2026-03-01 10:00:02 DEBUG POST /auth/ksef-token 202\n",
    ),
    ("deploy.ps1", "# wdrożenie\r\n$token = '@'\r\n./ksef.exe --token $token --nip 5260250274\r\n"),
    ("Form1.vb", "Public Const KSEF_TOKEN As String = \"@\"\r\n' Private Const OLD = \"@\"\r\n"),
    ("ksef.prg", "#define KSEF_TOKEN \"@\"\r\nLOCAL cToken := \"@\"\r\n"),
    ("old.php", "<?php\n// $token = '@'; // stary, do usunięcia\n/* define('KSEF_TOKEN', '@'); */\n"),
    ("Client.cs", "var client = new KsefClient(\"@\");\n// var client = new KsefClient(\"@\");\n"),
    ("test_client.py", "TOKEN = '@'\n\ndef test_login():\n    assert KsefClient(token=\"@\").login()\n"),
    ("KsefTest.java", "private static final String TOKEN = \"@\";\n"),
    ("config.exs", "config :ksef, token: \"@\"\n"),
    ("ksef.rb", "Ksef.configure { |c| c.token = '@' }\n"),
    ("index.js", "const token = `@`;\nmodule.exports = { ksefToken: '@' };\n"),
    ("minified.js", "(function(){var a=1,t=\"@\";function b(c){return c+t}window.k={t:t,u:\"@\"}})();"),
    ("script.sh", "#!/bin/sh\ncurl -s -X POST -d '{\"token\":\"@\"}' https://api.ksef.mf.gov.pl/v2/auth/ksef-token\n"),
    ("notebook.ipynb", "{\"cells\":[{\"cell_type\":\"code\",\"source\":[\"token = '@'\\n\",\"nip = 5260250274\"]}]}\n"),
    (
        "cassette.yml",
        "interactions:\n- request:\n    body: '{\"authorisationToken\":\"@\"}'\n    uri: https://api-test.ksef.mf.gov.pl/v2/\n",
    ),
    ("properties.properties", "ksef.environment=PROD\nksef.token=@\n"),
    ("together.txt", "@@\n0@f@\n"),
    ("git-config.txt", "[http \"https://api.ksef.mf.gov.pl\"]\n\textraHeader = X-KSeF-Token: @\n"),
];

/// Homes of the other rules: rule, placeholder of the sampler, name and text.
const OTHER_HOMES: [(&str, &str, &str, &str); 21] = [
    (
        "ksef-token-secret",
        "secret",
        "appsettings.json",
        "{ \"KSeF\": { \"Nip\": \"5260250274\", \"Token\": \"@\" } }\n",
    ),
    ("ksef-token-secret", "secret", "yaml.yml", "ksef:\n  nip: 5260250274\n  token: @\n"),
    ("ksef-token-secret", "secret", "office.csv", "Firma;NIP;Token KSeF\r\nABC;5260250274;@\r\nDEF;7740001454;@\r\n"),
    ("ksef-token-secret", "secret", "column.tsv", "nazwa\tksef_token\tnip\nABC\t@\t5260250274\n"),
    ("ksef-token-40", "token40", "office.csv", "Firma;NIP;Token KSeF\r\nABC;5260250274;@\r\nDEF;7740001454;@\r\n"),
    ("ksef-token-40", "token40", "mail.txt", "Cześć,\r\n\r\ntoken autoryzacyjny dla ABC: @\r\n\r\nPozdrawiam\r\n"),
    (
        "ksef-token-40",
        "token40",
        "dump.sql",
        "COPY public.firms (id, nip, ksef_token) FROM stdin;\n1\t5260250274\t@\n2\t7740001454\t@\n\\.\n",
    ),
    (
        "ksef-token-40",
        "token40",
        "insert.sql",
        "INSERT INTO firms (id, nip, ksef_token) VALUES (1, '5260250274', '@');\n",
    ),
    ("ksef-token-40", "token40", "app.config", "<add key=\"TokenKSeF\" value=\"@\"/>\n"),
    ("ksef-token-40", "token40", "ksef.ini", "[KSeF]\r\nTokenKSeF=@\r\n"),
    ("ksef-token-40", "token40", "above.txt", "Token do KSeF:\n\n@\n"),
    ("ksef-token-40", "token40", "systemowy.txt", "token systemowy @ (ABC)\ntoken integracyjny: @\n"),
    ("ksef-token-1", "HEX64", "appsettings.json", "{ \"ksefToken\": \"@\", \"env\": \"test\" }\n"),
    (
        "ksef-token-1",
        "HEX64",
        "init.xml",
        "<ns2:InitSession><authorisationToken>@</authorisationToken></ns2:InitSession>\n",
    ),
    (
        "ksef-token-1",
        "hex64",
        "session.log",
        "POST https://ksef.mf.gov.pl/api/online/Invoice/Send\r\nSessionToken: @\r\n",
    ),
    (
        "ksef-jwt",
        "jwt:access:production",
        "http.log",
        "> GET /v2/tokens HTTP/1.1\n> Host: api.ksef.mf.gov.pl\n> Authorization: Bearer @\n",
    ),
    (
        "ksef-jwt",
        "jwt:refresh:test",
        "cassette.yaml",
        "- response:\n    body: '{\"accessToken\":{\"token\":\"@\"},\"refreshToken\":{\"token\":\"@\"}}'\n",
    ),
    ("ksef-jwt", "jwt:authentication:demo", "session.http", "@token = @\nAuthorization: Bearer {{token}}\n"),
    ("ksef-jwt", "jwt:access:test:full", "trace.har", "{\"name\":\"Authorization\",\"value\":\"Bearer @\"}\n"),
    ("ksef-jwt", "jwt:access:demo", "minified.json", "{\"a\":\"@\",\"b\":\"@\",\"c\":\"@\"}"),
    ("ksef-jwt", "jwt:refresh:production", "home.env", "KSEF_REFRESH_TOKEN=@\n"),
];

/// All homes.
pub(crate) fn documents() -> Vec<Document> {
    let mut documents = Vec::new();
    for (name, text) in TOKEN_HOMES {
        let path = format!("hit/ksef-token/{name}");
        let mut sampler = sampler(&path);
        documents.push(Document::filled(&path, "ksef-token", text, &mut || sampler.token()));
    }
    for (rule, placeholder, name, text) in OTHER_HOMES {
        let path = format!("hit/{rule}/home-{name}");
        let mut sampler = sampler(&path);
        // The variable of an .http file is no place for a credential.
        let text = text.strip_prefix("@token = ").unwrap_or(text);
        let template = format!("{{{{{placeholder}}}}}");
        documents.push(Document::filled(&path, rule, text, &mut || fill(&mut sampler, &template)));
    }
    documents.extend(prefixed());
    documents.extend(weak());
    documents.extend(binaries());
    documents
}

/// `<NIP>|<secret>` and `nip-<NIP>|<secret>`; what is hashed is the secret part.
fn prefixed() -> impl Iterator<Item = Document> {
    let rule = "ksef-token-secret";
    let texts = [("bar", ""), ("nip-bar", "nip-")];
    texts.into_iter().map(move |(name, prefix)| {
        let mut document = Document::new(&format!("hit/{rule}/home-{name}.env"));
        let mut sampler = sampler(&document.path);
        let (nip, secret) = (sampler.nip(), sampler.secret());
        document.add(b"A=1\nKSEF_TOKEN=");
        document.hit(format!("{prefix}{nip}|{secret}").as_bytes(), 0, rule, &secret, &[]);
        document.add(b"\n");
        document
    })
}

/// Edited copies: one failed check leaves a token, more of them its secret part.
fn weak() -> impl Iterator<Item = Document> {
    let token = ["date", "crc", "time", "nip", "secret"].map(|flaw| (flaw, "ksef-token"));
    let secret = ["date+crc", "crc+time+nip", "date+crc+time+nip"].map(|flaw| (flaw, "ksef-token-secret"));
    token.into_iter().chain(secret).map(|(flaw, rule)| {
        let name = format!("hit/{rule}/wrong-{}.env", flaw.replace('+', "-"));
        let mut sampler = sampler(&name);
        let template = format!("{{{{token:wrong={flaw}}}}}");
        Document::filled(&name, rule, "# kopia\nKSEF_TOKEN=@\n", &mut || fill(&mut sampler, &template))
    })
}

/// Compiled Python and pages of a database: any byte may follow the last digit.
fn binaries() -> Vec<Document> {
    let rule = "ksef-token";
    let mut sampler = sampler("binaries");
    let mut pyc = Document::new("hit/ksef-token/settings.cpython-312.pyc");
    pyc.add(b"\xcb\x0d\x0d\x0a\0\0\0\0\x10\x9a\xf0\x68\x40\x01\0\0\xe3\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\xf3\x1c\0\0\0\x97\0d\0Z\0");
    for behind in [&b"N\xe9\x01"[..], b"a", b"0", b"Z\0\xda"] {
        let token = sampler.token();
        pyc.add(&[0xFA, token.len() as u8]);
        pyc.hit(token.as_bytes(), 0, rule, &token, &[]);
        pyc.add(behind);
    }
    let mut page = Document::new("hit/ksef-token/office.sqlite");
    page.add(b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20");
    page.add(&[0; 300]);
    for name in ["ABC", "Łąka"] {
        let token = sampler.token();
        page.add(&[0x81, 0x5E, 0x07, 0x05, 0x00, 0x13, 0x81, 0x75, 0x01]);
        page.add(name.as_bytes());
        page.hit(token.as_bytes(), 0, rule, &token, &[]);
        page.add(&[0x01]);
    }
    page.add(&[0; 400]);
    vec![pyc, page]
}
