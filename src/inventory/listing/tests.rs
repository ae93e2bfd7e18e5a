//! Listings as KSeF writes them, as people save them, and as they must not be.

use serde_json::{Value, json};

use super::*;
use crate::codec::crc8;

const NIP: &str = "5265877635";

/// What must never be kept: a name, a PESEL, the fingerprint of a person's certificate.
const PERSONAL: [&str; 3] = ["Janina Kanarek", "89041712345", "C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00"];

fn reference(number: usize) -> String {
    let body = format!("20251001-EC-2DD3AFF000-{number:010X}");
    let sum = crc8(body.as_bytes());
    format!("{body}-{sum:02X}")
}

/// A token by the official schema.
fn token(number: usize) -> Value {
    json!({
        "referenceNumber": reference(number),
        "authorIdentifier": {"type": "Pesel", "value": PERSONAL[1]},
        "contextIdentifier": {"type": "Nip", "value": NIP},
        "description": "Wystawianie i  przeglądanie\nfaktur.",
        "requestedPermissions": ["InvoiceWrite", "InvoiceRead"],
        "dateCreated": "2025-10-01T13:20:52.9919681+00:00",
        "lastUseDate": "2025-11-01T01:20:52+02:00",
        "status": "Active",
        "statusDetails": [PERSONAL[0]],
    })
}

/// A certificate by the official schema.
fn certificate(number: usize) -> Value {
    json!({
        "certificateSerialNumber": format!("{:016x}", 0x0182_0916_0C63_1F00_usize + number),
        "name": "Certyfikat 1",
        "type": "Authentication",
        "commonName": PERSONAL[0],
        "status": "Revoked",
        "subjectIdentifier": {"type": "Nip", "value": NIP},
        "validFrom": "2025-08-24T14:15:22+00:00",
        "validTo": "2027-08-24T14:15:22+00:00",
        "lastUseDate": null,
        "requestDate": "2025-08-23T14:15:22.5+00:00",
    })
}

fn page(numbers: std::ops::Range<usize>, next: Option<&str>) -> String {
    let tokens: Vec<Value> = numbers.map(token).collect();
    json!({"continuationToken": next, "tokens": tokens}).to_string()
}

fn tokens(text: &str) -> Listing {
    read_tokens(text, None).unwrap()
}

/// The token with one field changed, alone in a page, and why it was rejected.
fn rejected(kind: ListingKind, field: &str, value: Value) -> String {
    let (list, mut entry) = match kind {
        ListingKind::Tokens => ("tokens", token(1)),
        ListingKind::Certificates => ("certificates", certificate(1)),
    };
    entry[field] = value;
    let listing = read_listing(&json!({ list: [entry, entry] }).to_string(), None, kind).unwrap();
    assert!(listing.claims.is_empty(), "{field}: {listing:?}");
    assert_eq!(listing.rejected.len(), 2);
    listing.rejected[1].why.clone()
}

#[test]
fn a_token_is_read_to_the_schema() {
    let listing = read_tokens(&page(1..3, None), Some("production")).unwrap();
    assert!(listing.whole && listing.rejected.is_empty());
    let claim = &listing.claims[1];
    assert_eq!((claim.place.as_str(), claim.voice, claim.prints.len()), ("token 2", Voice::Ksef, 0));
    let fields: Vec<_> = claim.fields.iter().map(|(field, text)| (*field, text.as_str())).collect();
    let wanted = [
        (Field::Nip, NIP),
        (Field::Environment, "production"),
        (Field::Sort, "token"),
        (Field::Reference, &reference(2)),
        (Field::Description, "Wystawianie i przeglądanie faktur."),
        (Field::Scope, "InvoiceRead,InvoiceWrite"),
        (Field::Issued, "2025-10-01T13:20:52.991Z"),
        (Field::Status, "Active"),
        (Field::LastUsed, "2025-10-31T23:20:52Z"),
    ];
    assert_eq!(fields, wanted);
}

#[test]
fn a_certificate_is_read_to_the_schema() {
    let text = json!({"certificates": [certificate(14)], "hasMore": false}).to_string();
    let listing = read_certificates(&text, Some("test")).unwrap();
    assert!(listing.whole && listing.rejected.is_empty());
    let fields: Vec<_> = listing.claims[0].fields.iter().map(|(field, text)| (*field, text.as_str())).collect();
    let wanted = [
        (Field::Nip, NIP),
        (Field::Environment, "test"),
        (Field::Sort, "certificate"),
        (Field::Serial, "018209160C631F0E"),
        (Field::Description, "Certyfikat 1"),
        (Field::Scope, "Authentication"),
        (Field::Issued, "2025-08-23T14:15:22.5Z"),
        (Field::ValidFrom, "2025-08-24T14:15:22Z"),
        (Field::ValidTo, "2027-08-24T14:15:22Z"),
        (Field::Status, "Revoked"),
    ];
    assert_eq!(fields, wanted);
}

#[test]
fn pages_are_read_however_they_were_saved() {
    let (one, two) = (page(0..10, Some("W3sidG9rZW4i")), page(10..14, None));
    let bare = json!((0..14).map(token).collect::<Vec<_>>()).to_string();
    let single: String = (0..14).map(|number| token(number).to_string()).collect();
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&one).unwrap()).unwrap();
    for text in [
        format!("[{one},{two}]"),
        format!("{one}\n{two}\n"),
        format!("\u{feff}{one}{two}"),
        format!("{pretty}\r\n\r\n{two}"),
        bare,
        single,
        format!("[{}]{}", one, (10..14).map(|number| token(number).to_string()).collect::<Vec<_>>().join("\n")),
    ] {
        let listing = tokens(&text);
        let references: Vec<_> = listing.claims.iter().map(|claim| claim.fields[&Field::Reference].clone()).collect();
        assert_eq!(references, (0..14).map(reference).collect::<Vec<_>>(), "{text}");
        assert_eq!(listing.claims[13].place, "token 14");
        assert_eq!(recognise(&text), Some(ListingKind::Tokens), "{text}");
    }
}

#[test]
fn names_of_fields_are_known_in_any_case() {
    let text = page(0..2, Some("x")).replace("referenceNumber", "ReferenceNumber").replace("\"tokens\"", "\"Tokens\"");
    let text = text.replace("continuationToken", "ContinuationToken").replace("\"type\"", "\"Type\"");
    let listing = tokens(&text.replace("\"Active\"", "\"ACTIVE\""));
    assert_eq!((listing.claims.len(), listing.whole), (2, false));
    assert_eq!(listing.claims[0].fields[&Field::Status], "Active");
    assert_eq!(listing.claims[0].fields[&Field::Nip], NIP);
}

#[test]
fn pages_that_are_missing_are_told() {
    let (more, last) = (page(0..2, Some("W3sidG9rZW4i")), page(2..3, None));
    for (text, whole) in [
        (more.clone(), false),
        (format!("{more}{more}{last}"), true),
        (format!("{last}{more}"), true),
        (page(0..1, Some("")), true),
        (token(1).to_string(), true),
    ] {
        assert_eq!(tokens(&text).whole, whole, "{text}");
    }
    for (more, whole) in [(json!(true), false), (json!(false), true), (json!("odd"), false), (json!(null), true)] {
        let text = json!({"certificates": [certificate(1)], "hasMore": more}).to_string();
        assert_eq!(read_certificates(&text, None).unwrap().whole, whole, "{text}");
    }
}

/// A page of one token of a context.
fn page_of(number: usize, kind: &str, context: &str, more: bool) -> String {
    let mut entry = token(number);
    entry["contextIdentifier"] = json!({"type": kind, "value": context});
    json!({"tokens": [entry], "continuationToken": more.then_some("x")}).to_string()
}

#[test]
fn the_pages_of_one_client_say_nothing_of_another() {
    let (a, b) = ("5265877635", "1111111111");
    let (first, last) = (page_of(1, "Nip", a, true), page_of(2, "Nip", a, false));
    let (other, unit) = (page_of(3, "Nip", b, false), page_of(4, "InternalId", "5265877635-12345", false));
    let empty = |more: bool| json!({"tokens": [], "continuationToken": more.then_some("x")}).to_string();
    for (pages, whole) in [
        (vec![&first, &last], true),
        (vec![&first, &other], false),
        (vec![&first, &unit], false),
        (vec![&first, &first, &last, &other, &unit], true),
        // An empty page is that of the only one there is; of two, nobody can tell whose.
        (vec![&first, &empty(false)], true),
        (vec![&first, &empty(true)], false),
        (vec![&first, &other, &empty(false)], false),
        (vec![&first, &last, &other, &empty(true)], false),
        (vec![&empty(true)], false),
        (vec![&empty(true), &empty(false)], true),
    ] {
        for order in [pages.clone(), pages.iter().rev().copied().collect()] {
            let text: String = order.into_iter().map(String::as_str).collect();
            assert_eq!(tokens(&text).whole, whole, "{text}");
        }
    }
    let of = |number: usize, kind: &str, value: &str| {
        let mut entry = certificate(number);
        entry["subjectIdentifier"] = json!({"type": kind, "value": value});
        entry
    };
    let page = |entries: Vec<Value>, more: bool| json!({"certificates": entries, "hasMore": more}).to_string();
    let (own, person) = (of(1, "Nip", NIP), of(2, "Pesel", PERSONAL[1]));
    for (text, whole) in [
        (page(vec![own.clone()], true) + &page(vec![person.clone()], false), false),
        // They stand in one page, so they are listed together.
        (page(vec![own.clone(), person.clone()], true) + &page(vec![person], false), true),
        (page(vec![own.clone()], false) + &page(vec![own], true), true),
    ] {
        assert_eq!(read_certificates(&text, None).unwrap().whole, whole, "{text}");
    }
}

#[test]
fn a_listing_that_contradicts_itself_is_told_once_in_every_order() {
    let with = |status: &str, used: Value| {
        let mut entry = token(1);
        (entry["status"], entry["lastUseDate"]) = (json!(status), used);
        entry
    };
    let entries = [
        with("Revoked", json!("2025-11-03T00:00:00Z")),
        with("Active", json!(null)),
        with("Active", json!("2025-11-02T00:00:00Z")),
        with("Failed", json!(null)),
    ];
    for start in 0..4 {
        let mut order = entries.to_vec();
        order.rotate_left(start);
        for entries in [order.clone(), order.into_iter().rev().collect()] {
            let listing = tokens(&json!({ "tokens": entries }).to_string());
            let [claim] = &listing.claims[..] else { panic!("{listing:?}") };
            assert_eq!(claim.fields[&Field::Status], "Active");
            assert_eq!(claim.fields[&Field::LastUsed], "2025-11-03T00:00:00Z");
            let [told] = &listing.rejected[..] else { panic!("{listing:?}") };
            assert!(told.place != claim.place && told.why.contains(&claim.place), "{told:?}");
            assert!(told.why.contains("with another status: "), "{told:?}");
        }
    }
    let (one, mut other) = (token(1), token(1));
    other["lastUseDate"] = json!(null);
    let listing = tokens(&json!([one, one, other]).to_string());
    assert_eq!((listing.claims.len(), listing.rejected.len()), (1, 0), "it is told twice, and alike");
}

#[test]
fn what_is_live_comes_first_and_the_newest_before_others() {
    let with = |number: usize, status: &str, created: &str| {
        let mut entry = token(number);
        (entry["status"], entry["dateCreated"]) = (json!(status), json!(created));
        entry
    };
    let entries = [
        with(5, "Revoked", "2025-10-09T00:00:00Z"),
        with(4, "Active", "2025-10-01T00:00:00Z"),
        with(3, "Active", "2025-10-02T00:00:00.5Z"),
        with(2, "Active", "2025-10-02T00:00:00Z"),
        with(1, "Pending", "2025-10-08T00:00:00Z"),
    ];
    for start in 0..5 {
        let mut order = entries.to_vec();
        order.rotate_left(start);
        let listing = tokens(&json!(order).to_string());
        let references: Vec<_> = listing.claims.iter().map(|claim| claim.fields[&Field::Reference].clone()).collect();
        assert_eq!(references, [3, 2, 4, 1, 5].map(reference));
        assert_eq!(listing.claims[0].place, format!("token {}", (7 - start) % 5 + 1));
    }
}

#[test]
fn numbers_are_read_as_ksef_writes_them() {
    for text in [
        "token 20251001-EC-2DD3AFF000-A6B7F19A95-11",
        "20251001EC2DD3AFF000A6B7F19A9511",
        "20251001 -EC-2DD3AFF000-A6B7F19A95-11",
    ] {
        assert!(rejected(ListingKind::Tokens, "referenceNumber", json!(text)).contains("referenceNumber"));
    }
    for text in ["18209160C631F1E", "0018209160C631F1E", "018209160C631F1E0", "0x018209160C631F1E", "0000000000000000"]
    {
        let why = rejected(ListingKind::Certificates, "certificateSerialNumber", json!(text));
        assert!(why.contains("sixteen"), "{why}");
    }
    let nip = rejected(ListingKind::Tokens, "contextIdentifier", json!({"type": "Nip", "value": "526-587-76-35"}));
    assert!(nip.contains("no NIP"), "{nip}");
}

#[test]
fn contexts_other_than_a_nip() {
    let with = |kind: &str, value: &str| {
        let mut entry = token(1);
        entry["contextIdentifier"] = json!({"type": kind, "value": value});
        tokens(&entry.to_string()).claims.first().map(|claim| claim.fields.get(&Field::Nip).cloned())
    };
    assert_eq!(with("InternalId", "5265877635-12345"), Some(Some(NIP.to_owned())));
    assert_eq!(with("NipVatUe", "5265877635-DE123"), Some(Some(NIP.to_owned())));
    assert_eq!(with("PeppolId", "P-000123"), Some(None));
    assert_eq!(with("InternalId", "5265877635"), None, "it is rejected");
    let mut entry = certificate(1);
    for (kind, value) in [("Pesel", PERSONAL[1]), ("Fingerprint", PERSONAL[2])] {
        entry["subjectIdentifier"] = json!({"type": kind, "value": value});
        let listing = read_certificates(&entry.to_string(), None).unwrap();
        assert!(!listing.claims[0].fields.contains_key(&Field::Nip));
    }
}

#[test]
fn every_malformed_field_rejects_its_entry() {
    let malformed = [
        (
            ListingKind::Tokens,
            "referenceNumber",
            vec![json!(null), json!(1), json!("20251001-EC-2DD3AFF000-A6B7F19A95-12")],
        ),
        (ListingKind::Tokens, "contextIdentifier", vec![json!("x"), json!({}), json!({"type": "Nip"})]),
        (ListingKind::Tokens, "contextIdentifier", vec![json!({"type": "Nip", "value": "5265877636"}), json!([])]),
        (ListingKind::Tokens, "description", vec![json!(5), json!({})]),
        (ListingKind::Tokens, "requestedPermissions", vec![json!("InvoiceRead"), json!([1]), json!(["Everything"])]),
        (ListingKind::Tokens, "dateCreated", vec![json!("yesterday"), json!(1), json!("2025-13-01T00:00:00Z")]),
        (ListingKind::Tokens, "lastUseDate", vec![json!("2025-10-01T13:20:52"), json!(false)]),
        (ListingKind::Tokens, "status", vec![json!(null), json!("Blocked"), json!("Canary"), json!({"code": 200})]),
        (
            ListingKind::Certificates,
            "certificateSerialNumber",
            vec![json!(""), json!("0182"), json!("018209160C631F1G")],
        ),
        (ListingKind::Certificates, "name", vec![json!([]), json!(1)]),
        (ListingKind::Certificates, "type", vec![json!("Sealing"), json!(1)]),
        (ListingKind::Certificates, "status", vec![json!("Pending"), json!(null), json!(7)]),
        (ListingKind::Certificates, "subjectIdentifier", vec![json!({"type": "Nip", "value": "123"}), json!(1)]),
        (ListingKind::Certificates, "validFrom", vec![json!("24.08.2025"), json!(1)]),
        (ListingKind::Certificates, "validTo", vec![json!("canary"), json!([])]),
        (ListingKind::Certificates, "requestDate", vec![json!("2025"), json!({})]),
        (ListingKind::Certificates, "lastUseDate", vec![json!("never"), json!(0)]),
    ];
    for (kind, field, values) in malformed {
        for value in values {
            let why = rejected(kind, field, value.clone());
            assert!(why.starts_with("has ") && why.contains(field), "{field}: {why}");
            let quoted = value.as_str().filter(|text| text.len() > 3);
            assert!(quoted.is_none_or(|text| !why.contains(text)), "{why}");
        }
    }
    let twice = token(1).to_string().replacen('{', "{\"STATUS\":\"Revoked\",", 1);
    let listing = tokens(&twice);
    assert_eq!((listing.claims.len(), listing.rejected[0].why.as_str()), (0, "has the field status twice"));
}

#[test]
fn a_bad_entry_costs_no_other() {
    let text =
        format!("{{\"tokens\":[{},5,[1,{{}}],null,\"x\",{{}},{}]}} 7 {{\"exception\":{{}}}}", token(1), token(2));
    let listing = tokens(&text);
    let places: Vec<_> = listing.claims.iter().map(|claim| claim.place.as_str()).collect();
    assert_eq!(places, ["token 1", "token 7"]);
    let rejected: Vec<_> = listing.rejected.iter().map(|entry| entry.place.as_str()).collect();
    assert_eq!(rejected, ["token 2", "token 3", "token 4", "token 5", "token 6", "document 2", "document 3"]);
}

#[test]
fn errors_name_the_place_and_quote_nothing() {
    for (text, place) in [
        (format!("{}\n{{\"canary\" 1", page(0..1, None)), "line 2, column 11: "),
        ("{\"tokens\": \"canary\"}".to_owned(), "line 1, column 19: "),
        (format!("{{\"tokens\":[{}", token(1)), "line 1, column "),
        (format!("{{\"tokens\":[{{\"status\":{}", "[".repeat(1000)), "line 1, column "),
        ("[".repeat(100_000), "line 1, column "),
        ("canary".to_owned(), "line 1, column 1: "),
    ] {
        let error = read_tokens(&text, None).unwrap_err();
        assert!(error.starts_with(place) && !error.contains("canary"), "{error}");
    }
    for text in ["", "  \u{feff}", "[]", "{}", "7", "{\"canary\":[1]}", "[{\"certificates\":[]}]"] {
        let error = read_tokens(text, None).unwrap_err();
        assert!(!error.contains("canary") && !error.is_empty(), "{error}");
    }
    let error = read_tokens(&page(0..1, None), Some("canary")).unwrap_err();
    assert_eq!(error, "the environment is none of production, demo, test");
}

#[test]
fn more_than_a_listing_can_have_is_refused() {
    let text = format!("{{\"tokens\":[{}0]}}", "0,".repeat(MOST));
    assert!(read_tokens(&text, None).unwrap_err().contains("100000"));
    assert_eq!(MOST, 100_000);
    assert_eq!(tokens(&format!("{{\"tokens\":[{}{}]}}", "0,".repeat(MOST - 1), token(1))).claims.len(), 1);
}

#[test]
fn only_listings_are_recognised() {
    let certificates = json!({"certificates": [certificate(1)], "hasMore": false}).to_string();
    assert_eq!(recognise(&certificates), Some(ListingKind::Certificates));
    assert_eq!(recognise("{\"certificates\":[],\"hasMore\":false}"), Some(ListingKind::Certificates));
    assert_eq!(recognise("{\"tokens\":[],\"continuationToken\":null}"), Some(ListingKind::Tokens));
    assert_eq!(recognise(&certificate(1).to_string()), Some(ListingKind::Certificates));
    assert_eq!(recognise(&page(0..3, None)[..600]), Some(ListingKind::Tokens), "it is cut");
    for other in [
        "",
        "{}",
        "[]",
        "token;nip\n",
        "{\"tokens\":[{\"text\":\"a\"}]}",
        "{\"tokens\":[],\"model\":\"x\"}",
        "{\"referenceNumber\":\"20251001-AU-2DD3AFF000-A6B7F19A95-11\",\"status\":{\"code\":200}}",
        "{\"items\":[],\"encrypted\":false}",
        "{\"tokens\":{}}",
    ] {
        assert_eq!(recognise(other), None, "{other}");
    }
}

#[test]
fn what_is_personal_stays_out() {
    let mut tokens: Vec<Value> = (0..4).map(token).collect();
    tokens[1]["status"] = json!("Unknown");
    tokens[2]["authorIdentifier"] = json!({"type": "Fingerprint", "value": PERSONAL[2]});
    tokens[3]["contextIdentifier"] = json!({"type": "Pesel", "value": PERSONAL[1]});
    let mut certificates: Vec<Value> = (0..4).map(certificate).collect();
    certificates[1]["subjectIdentifier"] = json!({"type": "Pesel", "value": PERSONAL[1]});
    certificates[2]["subjectIdentifier"] = json!({"type": "Fingerprint", "value": PERSONAL[2]});
    certificates[3]["subjectIdentifier"] = json!({"type": "Nip", "value": PERSONAL[1]});
    let tokens = read_tokens(&json!({ "tokens": tokens }).to_string(), None).unwrap();
    let certificates = read_certificates(&json!({ "certificates": certificates }).to_string(), None).unwrap();
    assert_eq!((tokens.claims.len(), certificates.claims.len()), (3, 3));
    let all = format!("{tokens:?}{certificates:?}");
    for personal in PERSONAL {
        assert!(!all.contains(personal), "{personal}");
    }
}
