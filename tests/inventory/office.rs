//! An accounting office: 200 companies, 600 credentials in three environments, tables in five styles, listings of KSeF,
//! leaks in a repository, a mailbox and a drive; and the standing of every one as it must be.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ksefleaks::{CertificateForm, Fingerprint, Instant, KeyPair, Sampler, TokenForm, armour};
use serde_json::{Value, json};

use crate::desk::{Desk, NOW};
use crate::imports::workbook;
use crate::repository::Room;

const COMPANIES: usize = 200;

/// What is behind a credential.
enum Thing {
    Token(String),
    Certificate(Box<KeyPair>, Vec<u8>),
}

/// What KSeF says of it, and what somebody wrote down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Listed by KSeF, and in the table.
    Active,
    Revoked,
    Revoking,
    /// In the table alone.
    Written,
    /// Nowhere.
    Shadow,
    /// A certificate that ends within a month, or has ended.
    Ending,
    Ended,
}

struct Planted {
    nip: String,
    company: String,
    name: String,
    environment: &'static str,
    system: &'static str,
    fate: Fate,
    thing: Thing,
}

impl Planted {
    fn token(&self) -> Option<&str> {
        match &self.thing {
            Thing::Token(token) => Some(token),
            Thing::Certificate(..) => None,
        }
    }

    /// The number of a certificate: it stands behind the version.
    fn serial(&self) -> Option<String> {
        let Thing::Certificate(_, der) = &self.thing else { return None };
        let version = [0xA0, 3, 2, 1, 2, 2, 8];
        let at = memchr::memmem::find(der, &version).expect("a number of eight bytes") + version.len();
        Some(der[at..at + 8].iter().map(|byte| format!("{byte:02X}")).collect())
    }

    /// The day of its issue, as far as the inventory can know it.
    fn issued(&self) -> String {
        match (&self.thing, self.fate) {
            (Thing::Token(token), _) => format!("{}-{}-{}", &token[..4], &token[4..6], &token[6..8]),
            (_, Fate::Written) => String::new(),
            _ => "2026-02-01".to_owned(),
        }
    }

    /// The state that its finding must have.
    fn state(&self) -> &'static str {
        match self.fate {
            // A row of a table without a number or a fingerprint sets no standing.
            _ if self.is_unknown() => "unlisted",
            Fate::Active | Fate::Revoking | Fate::Written => "live",
            Fate::Revoked => "revoked",
            Fate::Shadow => "unlisted",
            Fate::Ending => "expiring",
            Fate::Ended => "expired",
        }
    }

    /// Whether nothing that was imported tells by what it is known.
    fn is_unknown(&self) -> bool {
        self.fate == Fate::Shadow || self.fate == Fate::Written && self.token().is_none()
    }

    /// What it looks like where it leaks.
    fn leak(&self) -> String {
        match &self.thing {
            Thing::Token(token) => token.clone(),
            Thing::Certificate(pair, der) => pair.pem() + &armour("CERTIFICATE", der),
        }
    }

    /// By what its finding is known.
    fn print(&self) -> String {
        let print = match &self.thing {
            Thing::Token(token) => Fingerprint::of_public(token.as_bytes()),
            Thing::Certificate(pair, _) => Fingerprint::of_public(&pair.spki()),
        };
        print.to_string()
    }
}

fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

/// The credentials of all companies, three each.
fn office() -> Vec<Planted> {
    let mut sampler = Sampler::new(2026);
    let mut all = Vec::new();
    for company in 0..COMPANIES {
        let nip = sampler.nip();
        for part in 0..3 {
            let number = company * 3 + part;
            let environment = ["production", ["demo", "test"][company % 2], "production"][part];
            let is_certificate = part == 2 && company % 2 == 0;
            let fate = match (number % 10, is_certificate) {
                (5, _) => Fate::Revoked,
                (6, _) => Fate::Written,
                (7, _) => Fate::Shadow,
                (8, false) => Fate::Revoking,
                (8, true) => Fate::Ending,
                (2, true) => Fate::Ended,
                _ => Fate::Active,
            };
            let thing = if is_certificate {
                let pair = sampler.key_pair();
                let (not_before, not_after) = match fate {
                    Fate::Ending => (instant("2024-12-05"), instant("2026-12-05")),
                    Fate::Ended => (instant("2024-10-05"), instant("2026-10-05")),
                    _ => (instant("2026-02-01"), instant("2028-02-01")),
                };
                let form = CertificateForm {
                    nip: Some(nip.clone()),
                    not_before: Some(not_before),
                    not_after: Some(not_after),
                    ..CertificateForm::default()
                };
                let der = pair.certificate(&form);
                Thing::Certificate(Box::new(pair), der)
            } else {
                Thing::Token(sampler.token_with(&TokenForm { nip: Some(nip.clone()), ..TokenForm::default() }))
            };
            let short = format!("K{company:03}");
            let system = ["Comarch", "nexo", "enova365"][part];
            all.push(Planted {
                nip: nip.clone(),
                company: format!("Klient {company:03} Sp. z o.o."),
                name: format!("{short}-Poland-{system}-{}-2026", environment.to_uppercase()),
                environment,
                system,
                fate,
                thing,
            });
        }
    }
    all
}

/// The five styles in which the office keeps its tables, each of some companies.
fn tables(office: &[Planted]) -> Vec<(String, Vec<u8>)> {
    let written: Vec<&Planted> = office.iter().filter(|one| one.fate != Fate::Shadow).collect();
    let style = |number: usize| {
        let own = written.iter().filter(move |one| one.company[7..10].parse::<usize>().unwrap() % 5 == number);
        own.copied().collect::<Vec<_>>()
    };
    let token = |one: &Planted| one.token().unwrap_or_default().to_owned();
    let polish = |one: &Planted| match one.environment {
        "production" => "produkcja",
        "demo" => "demo (przedprodukcyjne)",
        _ => "testowe",
    };
    let mut terse = "NIP;Token;Środ.;Program;Nazwa tokena;Odp.\r\n".to_owned();
    for one in style(0) {
        let _ = write!(terse, "{};{};{};{};{};Anna Nowak\r\n", one.nip, token(one), polish(one), one.system, one.name);
    }
    let text = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let mut verbose = vec![
        text(&["Ewidencja tokenów i certyfikatów KSeF"]),
        text(&["stan na 21.11.2026", "", "sporządziła: A. Nowak"]),
        text(&[]),
        text(&[
            "Lp.",
            "Nazwa klienta",
            "NIP klienta",
            "Nazwa tokena / certyfikatu",
            "Środowisko",
            "Oprogramowanie",
            "Właściciel biznesowy",
            "Opiekun techniczny",
            "Token (pełny)",
            "Uwagi",
        ]),
    ];
    for (number, one) in style(1).into_iter().enumerate() {
        let (number, token) = ((number + 1).to_string(), token(one));
        verbose.push(text(&[
            &number,
            &one.company,
            &one.nip,
            &one.name,
            polish(one),
            one.system,
            "Anna Nowak",
            "Jan Kowalski",
            &token,
            "-",
        ]));
    }
    let mut english =
        "Company,Tax ID,Environment,Software,Token name,Business owner,Technical custodian,Token\n".to_owned();
    for one in style(2) {
        let _ = writeln!(
            english,
            "\"{}\",PL{},{},{},{},Anna Nowak,Jan Kowalski,{}",
            one.company,
            one.nip,
            one.environment,
            one.system,
            one.name,
            token(one)
        );
    }
    let mut blocks = vec![text(&["Klient", "NIP", "Nazwa", "Środowisko", "System", "Token KSeF"])];
    let mut last = "";
    for one in style(3) {
        let token = token(one);
        let (company, nip) = if one.company == last { ("", "") } else { (&*one.company, &*one.nip) };
        blocks.push(text(&[company, nip, &one.name, polish(one), one.system, &token]));
        last = &one.company;
    }
    let mut mess = "\t\t\nTokeny\t\t\n\nName\tVAT no.\tEnv\tOwner\tSystem\tSecret\n".to_owned();
    for one in style(4) {
        let spaced = format!("{}-{}-{}-{}", &one.nip[..3], &one.nip[3..6], &one.nip[6..8], &one.nip[8..]);
        let _ =
            writeln!(mess, "{}\t{spaced}\t{}\tAnna Nowak\t{}\t{}", one.name, one.environment, one.system, token(one));
    }
    mess.push_str("\nRazem\t\t\t\t\t\n");
    vec![
        ("terse.csv".to_owned(), terse.into_bytes()),
        ("verbose.xlsx".to_owned(), workbook("Ewidencja", &verbose)),
        ("english.csv".to_owned(), english.into_bytes()),
        ("blocks.xlsx".to_owned(), workbook("Klienci", &blocks)),
        ("mess.tsv".to_owned(), mess.into_bytes()),
    ]
}

/// What KSeF lists, by environment.
fn listings(office: &[Planted]) -> Vec<(String, String, &'static str)> {
    let mut all = Vec::new();
    for environment in ["production", "demo", "test"] {
        let listed = office.iter().filter(|one| one.environment == environment);
        let listed: Vec<&Planted> = listed.filter(|one| !matches!(one.fate, Fate::Shadow | Fate::Written)).collect();
        let status = |one: &Planted| match one.fate {
            Fate::Revoked => "Revoked",
            Fate::Revoking => "Revoking",
            Fate::Ended => "Expired",
            _ => "Active",
        };
        let tokens: Vec<Value> = listed
            .iter()
            .filter_map(|one| Some((one, one.token()?)))
            .map(|(one, token)| {
                json!({
                    "referenceNumber": &token[..36], "description": one.name, "status": status(one),
                    "authorIdentifier": { "type": "Nip", "value": one.nip },
                    "contextIdentifier": { "type": "Nip", "value": one.nip },
                    "requestedPermissions": ["InvoiceRead", "InvoiceWrite"],
                    "dateCreated": format!("{}-{}-{}T12:00:00.0000001+00:00", &token[..4], &token[4..6], &token[6..8]),
                    "lastUseDate": "2026-11-20T08:00:00+00:00", "statusDetails": [],
                })
            })
            .collect();
        // KSeF is asked for each company, and gives a token a page here.
        let nip = |token: &Value| token["contextIdentifier"]["value"].clone();
        let pages: Vec<String> = tokens
            .chunk_by(|one, next| nip(one) == nip(next))
            .flat_map(|company| {
                company.iter().enumerate().map(|(number, token)| {
                    let more = (number + 1 < company.len()).then_some("W3sidG9rZW4i");
                    json!({ "continuationToken": more, "tokens": [token] }).to_string()
                })
            })
            .collect();
        all.push((format!("tokens-{environment}.json"), pages.join("\n"), environment));
        let certificates: Vec<Value> = listed
            .iter()
            .filter_map(|one| Some((one, one.serial()?)))
            .map(|(one, serial)| {
                json!({
                    "certificateSerialNumber": serial,
                    "name": one.name, "type": "Authentication", "commonName": "Ewa Zmyślona", "status": status(one),
                    "subjectIdentifier": { "type": "Nip", "value": one.nip },
                    "validFrom": match one.fate { Fate::Ending => "2024-12-05T00:00:00+00:00", Fate::Ended => "2024-10-05T00:00:00+00:00", _ => "2026-02-01T00:00:00+00:00" },
                    "validTo": match one.fate { Fate::Ending => "2026-12-05T00:00:00+00:00", Fate::Ended => "2026-10-05T00:00:00+00:00", _ => "2028-02-01T00:00:00+00:00" },
                    "requestDate": "2026-02-01T00:00:00+00:00",
                })
            })
            .collect();
        if !certificates.is_empty() {
            let page = json!({ "certificates": certificates, "hasMore": false }).to_string();
            all.push((format!("certificates-{environment}.json"), page, environment));
        }
    }
    all
}

/// What the findings say, by fingerprint: state, severity, company, owner, system.
fn told(findings: &[Value]) -> BTreeMap<String, [String; 5]> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |finding: &Value| {
        let standing = &finding["standing"];
        let about =
            [&standing["state"], &finding["severity"], &standing["entity"], &standing["owner"], &standing["system"]];
        (text(&finding["secret"]["sha256"]), about.map(text))
    };
    findings.iter().map(one).collect()
}

/// The inventory of an office: its tables, then what KSeF lists.
fn stocked(office: &[Planted]) -> Desk {
    let desk = Desk::new();
    for (name, bytes) in tables(office) {
        // Beside a tax number a mere «Name» is taken for that of the company.
        let words: &[&str] = if name == "mess.tsv" { &["--yes", "--map", "Name=name"] } else { &["--yes"] };
        let said = desk.import(&name, bytes, words).ends(0);
        assert!(said.out.contains("0 conflicts"), "{name}: {said:?}");
    }
    let written = office.iter().filter(|one| one.fate != Fate::Shadow).count();
    assert_eq!(desk.credentials().len(), written);
    for (name, text, environment) in listings(office) {
        let said = desk.import(&name, text, &["--environment", environment]).ends(0);
        assert!(said.out.contains("0 added"), "{name}: {said:?}");
    }
    assert_eq!(desk.credentials().len(), written);
    desk
}

/// A third of all leaks on a drive, in a mailbox and in a repository each, and what is found in both: two documents.
fn leaked(desk: &Desk, office: &[Planted], foreign: &[String]) -> [String; 2] {
    let room = Room::new();
    let repository = room.init("r", &[]);
    let mut mailbox = String::new();
    for (number, one) in office.iter().enumerate() {
        match number % 3 {
            0 => drop(desk.write(&format!("drive/{number}/notatka.txt"), one.leak())),
            1 => {
                let _ = write!(
                    mailbox,
                    "From x@example.com Mon Nov  2 10:00:00 2026\nFrom: Anna <a@example.com>\nTo: b@example.com\n\
                     Date: Mon, 2 Nov 2026 10:00:00 +0100\nSubject: klucz {number}\nMessage-ID: <{number}@example.com>\n\n{}\n\n",
                    one.leak()
                );
            }
            _ => drop(repository.write(&format!("conf/{number}.env"), one.leak())),
        }
    }
    desk.write("drive/poczta.mbox", mailbox);
    for (number, token) in foreign.iter().enumerate() {
        desk.write(&format!("drive/obcy-{number}.txt"), token);
    }
    repository.commit("all of it");
    repository.git(&["rm", "-rq", "conf"]);
    repository.commit("none of it");
    let repository = repository.path.to_str().unwrap();
    let found = |command: &str, what: &str| {
        desk.run(&[command, what, "--format", "jsonl", "--no-progress", "--now", NOW]).ends(1).out
    };
    [found("scan", "drive"), found("git", repository)]
}

#[test]
fn every_leak_of_an_office_has_the_standing_that_it_must_have() {
    let office = office();
    let desk = stocked(&office);
    let entities = desk.inventory(&["list", "entities", "--format", "json"]).ends(0).json();
    assert_eq!(entities["entities"].as_array().unwrap().len(), COMPANIES);
    let foreign: Vec<String> = (0..10).map(|seed| Sampler::new(90_000 + seed).token()).collect();
    let mut findings = BTreeMap::new();
    for found in leaked(&desk, &office, &foreign) {
        let lines = found.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        findings.extend(told(&lines.filter(|line| line["type"] == "finding").collect::<Vec<_>>()));
    }

    let mut wrong = Vec::new();
    for one in &office {
        let Some(found) = findings.get(&one.print()) else {
            wrong.push(format!("{} {:?} was not found", one.name, one.fate));
            continue;
        };
        let severity = match one.fate {
            Fate::Revoked | Fate::Ended => "low",
            _ if one.environment != "production" => "medium",
            _ => "critical",
        };
        let shadow = one.is_unknown();
        // What nobody wrote down says nothing of its environment, if it is a token.
        let severity = if shadow { "critical" } else { severity };
        let is_named = one.company[7..10].parse::<usize>().unwrap() % 5;
        let entity = if matches!(is_named, 1..=3) { one.company.clone() } else { one.nip.clone() };
        let owner = if shadow || is_named == 3 { "" } else { "Anna Nowak" };
        let system = if shadow { "" } else { one.system };
        let expected = [one.state(), severity, &entity, owner, system].map(str::to_owned);
        if *found != expected {
            wrong.push(format!("{} {:?}: {found:?}, not {expected:?}", one.name, one.fate));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    for token in foreign {
        assert_eq!(findings[&Fingerprint::of_public(token.as_bytes()).to_string()][0], "foreign");
    }
}

/// The names of the credentials of which a rule must be told.
fn expected(office: &[Planted], rule: &str) -> Vec<String> {
    let style = |one: &Planted| one.company[7..10].parse::<usize>().unwrap() % 5;
    let is_over = |one: &Planted| matches!(one.fate, Fate::Revoked | Fate::Ended);
    let falls_short = |one: &&Planted| match rule {
        // Also of what is over.
        "leaked" => !one.is_unknown(),
        _ if one.fate == Fate::Shadow || is_over(one) => false,
        "no-owner" => style(one) == 3,
        "no-custodian" => !matches!(style(one), 1 | 2),
        "person-left" => matches!(style(one), 1 | 2),
        // What was issued within a quarter is not due yet.
        "not-reviewed" => *one.issued() < *"2026-08-21",
        "unknown-status" => one.fate == Fate::Written,
        "statutory-end" => one.token().is_some(),
        // KSeF lists no use of these certificates, which are older than half a year.
        "dormant" => one.token().is_none() && matches!(one.fate, Fate::Active | Fate::Ending),
        "expiring" => one.fate == Fate::Ending,
        _ => false,
    };
    let mut names: Vec<String> = office.iter().filter(falls_short).map(|one| one.name.clone()).collect();
    names.sort_unstable();
    names
}

#[test]
fn the_audit_of_an_office_says_what_falls_short_and_nothing_else() {
    let office = office();
    let desk = stocked(&office);
    let [drive, repository] = leaked(&desk, &office, &[Sampler::new(90_000).token()]);
    desk.write("drive.jsonl", drive).write("repository.jsonl", repository).write("left.txt", "Kowalski Jan\n");
    let words = ["audit", "--findings", "drive.jsonl", "--findings", "repository.jsonl", "--left", "left.txt"];
    let said = desk.inventory(&[&words[..], &["--format", "json"]].concat()).ends(1).json();
    let names: BTreeMap<u64, String> = desk
        .credentials()
        .iter()
        .map(|one| (one["number"].as_u64().unwrap(), one["name"].as_str().unwrap().to_owned()))
        .collect();
    let mut told: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for remark in said["remarks"].as_array().unwrap() {
        let number = remark["credential"].as_u64().unwrap_or_else(|| panic!("{remark:#}"));
        told.entry(remark["rule"].as_str().unwrap()).or_default().push(names[&number].clone());
    }
    told.values_mut().for_each(|names| names.sort_unstable());
    let pages = include_str!("../../docs/audit.md").lines().filter_map(|line| line.strip_prefix("| `"));
    let rules: Vec<&str> = pages.filter_map(|line| line.split('`').next()).collect();
    assert_eq!(rules.len(), 21);
    for rule in rules {
        let (told, expected) = (told.remove(rule).unwrap_or_default(), expected(&office, rule));
        let other =
            told.iter().find(|name| !expected.contains(name)).or(expected.iter().find(|name| !told.contains(name)));
        assert_eq!((told.len(), other), (expected.len(), None), "{rule}");
    }
    assert!(told.is_empty(), "{told:?}");
}
