//! The matrix of rules and dresses.
//!
//! Holds: the forms that wear every dress, and the looser ones with the dresses that people give
//! them. Must not know: how a dress is made.

use ksefleaks::{JwtForm, JwtType, Sampler};

use super::document::{Document, sampler};
use super::dress::{Carrier, Dress, all};
use super::encode::utf16;
use super::{EXAMPLE_INTERNAL, EXAMPLE_NIP};

/// What stands around a credential; the looser forms are known by it.
const LEAD: &str = "# ustawienia\nKSEF_TOKEN=";
const TAIL: &str = "\n";

/// Between two dresses of one file.
const BETWEEN: &str = "\n\n-----\nInny akapit.\n\n";

/// All files of the matrix.
pub(crate) fn documents() -> Vec<Document> {
    let mut documents = Vec::new();
    let (mut tokens, mut jwts) = (sampler("matrix ksef-token"), sampler("matrix ksef-jwt"));
    dressed("hit/ksef-token", "ksef-token", &mut || tokens.token(), &mut documents);
    dressed("hit/ksef-jwt", "ksef-jwt", &mut || jwt(&mut jwts), &mut documents);
    let mut internal = true;
    let mut example = || {
        internal = !internal;
        if internal { EXAMPLE_INTERNAL.to_owned() } else { EXAMPLE_NIP.to_owned() }
    };
    let mut examples = Vec::new();
    dressed("miss/example", "", &mut example, &mut examples);
    examples.iter_mut().for_each(|document| document.expected.clear());
    documents.extend(examples);
    for (rule, draw) in LOOSE {
        looser(rule, draw, &mut documents);
    }
    documents
}

/// Each in turn, so that all kinds wear some dress.
fn jwt(sampler: &mut Sampler) -> String {
    let kind = [JwtType::Access, JwtType::Refresh, JwtType::Authentication][sampler.below(3) as usize];
    sampler.jwt(&JwtForm { kind, ..JwtForm::default() })
}

/// Whether a credential is found in a dress. A JWT is found by words inside of its base64; what is
/// strewn over all of it hides them. No word processor changes its hyphens.
pub(crate) fn wears(rule: &str, dress: &Dress) -> bool {
    rule != "ksef-jwt" || !(dress.file.starts_with("unseen-often") || dress.family.starts_with("look-alikes"))
}

/// Whether all that is left to be known of a token is `nip-<NIP>|<secret>`, where KSeF is near. No
/// encoder that is known escapes hyphens.
pub(crate) fn is_beheaded(rule: &str, dress: &Dress) -> bool {
    rule == "ksef-token" && dress.family.starts_with("hyphens")
}

fn dressed(folder: &str, rule: &str, draw: &mut dyn FnMut() -> String, documents: &mut Vec<Document>) {
    for dress in all().iter().filter(|dress| wears(rule, dress)) {
        let path = format!("{folder}/{}.txt", dress.file);
        let value = draw();
        let worn = dress.wear(&Carrier { lead: LEAD, value: &value, tail: TAIL });
        let index = documents.iter().position(|document| document.path == path);
        let index = index.unwrap_or_else(|| {
            documents.push(Document::new(&path));
            documents.len() - 1
        });
        let document = &mut documents[index];
        if !document.bytes.is_empty() {
            assert!(!dress.whole, "{path}: a dress of a whole file stands alone");
            document.add(BETWEEN.as_bytes());
        }
        if is_beheaded(rule, dress) {
            let secret = &value[value.len() - 64..];
            let at = worn.bytes.windows(3).position(|window| window == b"nip");
            document.hit(&worn.bytes, at.unwrap_or_default(), "ksef-token-secret", secret, dress.clothes);
        } else {
            document.hit(&worn.bytes, worn.at, rule, &value, dress.clothes);
        }
    }
}

/// Draws a credential.
type Draw = fn(&mut Sampler) -> String;

/// The looser forms: rule and generator.
pub(crate) const LOOSE: [(&str, Draw); 3] = [
    ("ksef-token-secret", Sampler::secret),
    ("ksef-token-40", Sampler::token40),
    ("ksef-token-1", |sampler| sampler.hex64().to_ascii_uppercase()),
];

/// The dresses of the looser forms: name, family, clothes, template with `@` for the credential.
pub(crate) const LOOSE_TEXTS: [(&str, &str, &[&str], &str); 9] = [
    ("utf8", "UTF-8", &[], "# ustawienia\nKSEF_TOKEN=@\n"),
    ("prose", "UTF-8", &[], "Dzień dobry,\n\nnowy token KSeF: @\n\nPozdrawiam\n"),
    ("json-in-json", "`\\u007c`, `\\x7c`, `\\|`", &[], "{\"body\":\"{\\\"ksefToken\\\":\\\"@\\\"}\"}\n"),
    ("json-escaped-line", "`\\u007c`, `\\x7c`, `\\|`", &[], "{\"env\":\"KSEF_NIP=5260250274\\nKSEF_TOKEN=@\\nA=1\"}\n"),
    ("url", "`%7C`, `%257C`", &[], "GET /api?ksefToken%3D@%26env%3Dprod HTTP/1.1\n"),
    ("html", "`&#124;`, `&#x7C;`, `&vert;`", &[], "<a data-config=\"{&quot;ksefToken&quot;:&quot;@&quot;}\">x</a>\n"),
    ("html-cell", "`&#124;`, `&#x7C;`, `&vert;`", &[], "<tr><td>Token KSeF:&nbsp;</td><td>@</td></tr>\n"),
    ("quoted-printable-head", "quoted-printable", &[], "Token KSeF:=20=\r\n@=20\r\n"),
    ("powershell", "UTF-8", &[], "$env:KSEF_TOKEN = '@'\r\n"),
];

fn looser(rule: &str, draw: Draw, documents: &mut Vec<Document>) {
    let mut sampler = sampler(&format!("matrix {rule}"));
    for (name, _, clothes, text) in LOOSE_TEXTS {
        let (lead, tail) = text.split_once('@').unwrap_or((text, ""));
        let value = draw(&mut sampler);
        let mut document = Document::new(&format!("hit/{rule}/{name}.txt"));
        document.hit(format!("{lead}{value}{tail}").as_bytes(), lead.len(), rule, &value, clothes);
        documents.push(document);
    }
    for (name, mark, big) in [
        ("utf16le", &b""[..], false),
        ("utf16le-bom", b"\xFF\xFE", false),
        ("utf16be", b"", true),
        ("utf16be-bom", b"\xFE\xFF", true),
    ] {
        let value = draw(&mut sampler);
        let lead = [mark, &utf16(LEAD, big)].concat();
        let bytes = [&lead, &utf16(&value, big)[..], &utf16("\r\nŁódź\r\n", big)].concat();
        let mut document = Document::new(&format!("hit/{rule}/{name}.txt"));
        document.hit(&bytes, lead.len(), rule, &value, &[if big { "utf16be" } else { "utf16le" }]);
        documents.push(document);
    }
    let mut document = Document::new(&format!("hit/{rule}/quoted-printable.eml"));
    let length = draw(&mut sampler).len();
    for at in 1..length {
        let value = draw(&mut sampler);
        let (lead, (before, behind)) = ("\r\n\r\nZdanie.\r\nKSEF_TOKEN=3D", value.split_at(at));
        let text = format!("{lead}{before}=\r\n{behind}\r\n");
        document.hit(text.as_bytes(), lead.len(), rule, &value, &["quoted-printable"]);
    }
    documents.push(document);
}
