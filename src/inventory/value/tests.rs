//! What is read of what people write, and what is refused.
//!
//! Holds: a table of cases for each form. Must not know: tables.

use proptest::prelude::*;

use super::*;
use crate::inventory::FIELDS;

const REFERENCE: &str = "20251010-EC-1DCE3E3000-12ECB5B36E-45";

fn reads(field: Field, cases: &[(&str, &str)]) {
    for (text, wanted) in cases {
        assert_eq!(read(field, text), Ok(Some((*wanted).to_owned())), "{field}: {text}");
        assert_eq!(read(field, wanted), Ok(Some((*wanted).to_owned())), "{field}: {wanted} again");
    }
}

fn refuses(field: Field, texts: &[&str]) {
    for text in texts {
        let clause = read(field, text).expect_err(text);
        assert!(clause.starts_with("takes ") && !clause.contains('\n'), "{clause}");
        // A clause has words and examples of its own, in which a short text may stand.
        assert!(text.len() < 5 || !clause.contains(text), "{field} quotes {text}: {clause}");
    }
}

#[test]
fn nothing_is_nothing_in_every_field() {
    for (field, ..) in FIELDS {
        for text in
            ["", " \t\n", "-", "—", "n/d", "N/D.", "brak", "BRAK", "nie dotyczy", "?", "???", "n/a", "\u{200B}-", "…"]
        {
            assert_eq!(read(*field, text), Ok(None), "{field}: {text}");
        }
    }
    for text in ["bezterminowo", "Nigdy", "never", "9999-12-31", "31.12.9999", "0001-01-01T00:00:00"] {
        assert_eq!(read(Field::ValidTo, text), Ok(None), "{text}");
    }
    for text in ["czas nieokreślony", "do odwołania", "nie wygasa", "unlimited"] {
        assert_eq!(read(Field::ValidTo, text), Ok(None), "{text}");
    }
}

#[test]
fn a_month_alone_is_told_apart_from_what_is_no_day() {
    for text in ["grudzień 2026", "do XII 2026 r.", "12.2026", "2026-12", "12/2026", "December 2026"] {
        assert!(read(Field::ValidTo, text).is_err_and(|clause| clause.contains("a month alone")), "{text}");
    }
    for text in ["13.2026", "wiosna 2026", "31.12", "2026"] {
        assert!(read(Field::ValidTo, text).is_err_and(|clause| !clause.contains("a month alone")), "{text}");
    }
}

#[test]
fn days_are_read_as_offices_write_them() {
    let day = "2026-01-31T00:00:00Z";
    let days = [
        "2026-01-31",
        "31.01.2026",
        "31-01-2026",
        "31/01/2026",
        "31.1.26",
        "2026/01/31",
        "2026.01.31",
        "31 stycznia 2026",
        "31 Stycznia 2026 r.",
        "31 sty 2026",
        "31 sty. 2026",
        "31-sty-2026",
        "Jan 31, 2026",
        "January 31st, 2026",
        "31st Jan 2026",
        "31-Jan-26",
        "01/31/2026",
        "31 I 2026",
        "31.I.2026",
        "31. 01. 2026",
        "31.01.2026r.",
        "31.01.2026 r.",
        "do 31.01.2026",
        "dnia 31.01.2026",
        "sobota, 31 stycznia 2026",
        "Saturday, January 31, 2026",
        "46053",
        "46053.0",
        "46053,0",
        "20260131",
        "2026-01-31 00:00:00",
        "2026-01-31T00:00",
        "31.01.2026 0:00",
        "31\u{A0}stycznia\u{A0}2026",
        "31–01–2026",
        "\u{200E}31.01.2026\u{200E}",
    ];
    reads(Field::ValidTo, &days.map(|text| (text, day)));
    reads(
        Field::Issued,
        &[
            ("02.03.2026", "2026-03-02T00:00:00Z"),
            ("02/03/2026", "2026-03-02T00:00:00Z"),
            ("29.02.2028", "2028-02-29T00:00:00Z"),
            ("1 maja 2026", "2026-05-01T00:00:00Z"),
            ("5 paź 2026", "2026-10-05T00:00:00Z"),
            ("12.XII.2026", "2026-12-12T00:00:00Z"),
        ],
    );
}

#[test]
fn instants_are_read_with_their_offset() {
    reads(
        Field::LastUsed,
        &[
            ("31.01.2026 14:05", "2026-01-31T14:05:00Z"),
            ("31.01.2026, 14:05", "2026-01-31T14:05:00Z"),
            ("31.01.2026 godz. 14:05", "2026-01-31T14:05:00Z"),
            ("31.01.2026 14:05:22", "2026-01-31T14:05:22Z"),
            ("2026-01-31 14:05:22,5", "2026-01-31T14:05:22.5Z"),
            ("1/31/2026 2:05 PM", "2026-01-31T14:05:00Z"),
            ("1/31/2026 12:05 AM", "2026-01-31T00:05:00Z"),
            ("31 stycznia 2026 14:05 CET", "2026-01-31T13:05:00Z"),
            ("31.07.2026 14:05 CEST", "2026-07-31T12:05:00Z"),
            ("31.01.2026 14:05 +01:00", "2026-01-31T13:05:00Z"),
            ("31.01.2026 00:30 +0100", "2026-01-30T23:30:00Z"),
            ("31.01.2026 14:05 -2", "2026-01-31T16:05:00Z"),
            ("2026-01-31T14:05:00+01:00", "2026-01-31T13:05:00Z"),
            ("2025-10-01T13:20:52.9919681+00:00", "2025-10-01T13:20:52.991Z"),
            ("46053.5", "2026-01-31T12:00:00Z"),
            ("46053,5868055556", "2026-01-31T14:05:00Z"),
            ("46053.999999999", "2026-02-01T00:00:00Z"),
        ],
    );
    refuses(
        Field::LastUsed,
        &[
            "30.02.2026",
            "29.02.2026",
            "32.01.2026",
            "31.04.2026",
            "13/13/2026",
            "2026-13-01",
            "2026",
            "11.2027",
            "styczeń 2026",
            "30.11",
            "31.01-2026",
            "31.01.2026 25:00",
            "31.01.2026 14:60",
            "31.01.2026 14",
            "0",
            "46",
            "1234567890",
            "31.01.1899",
            "2500-01-01",
            "01.01.2026 - 31.12.2026",
            "jutro",
            "31 xyz 2026",
            "310126",
            "31.01.2026 14:05 MST",
            "31.01.2026 13:05 PM",
            "canary",
        ],
    );
}

#[test]
fn nips_are_read_whatever_stands_between_the_digits() {
    let written = [
        "5265877635",
        "526-587-76-35",
        "526 587 76 35",
        "PL 526-587-76-35",
        "PL5265877635",
        "NIP: 526-587-76-35",
        "nip 5265877635",
        "NIP UE: PL5265877635",
        "VATPL-5265877635",
        "5265877635.0",
        "5265877635,00",
        "5.265877635E9",
        "5.265877635E+09",
        "5265877635-12345",
        "nip-5265877635",
        "internalId-5265877635-12345",
        "'5265877635",
        "=\"5265877635\"",
        "526–587–76–35",
        "5 265 877 635",
        "526.587.76.35",
        " 526-58-77-635 ",
    ];
    reads(Field::Nip, &written.map(|text| (text, "5265877635")));
    refuses(
        Field::Nip,
        &[
            "5265877636",
            "526587763",
            "52658776355",
            "0000000000",
            "5.26588E+09",
            "5265877635.5",
            "44051401359",
            "ABC",
            "5265877635, 1111111111",
            "DE5265877635",
            "5265877635-1234",
            "5265877635-12345-1",
        ],
    );
}

#[test]
fn choices_are_known_by_what_people_call_them() {
    for (wanted, written) in [
        ("production", &["prod", "PRODUKCJA", "produkcyjne", "Produkcyjny", "PRD", "PR", "środowisko produkcyjne"][..]),
        (
            "demo",
            &["DEMO", "przedprodukcyjne", "Przedprodukcja", "TR", "pre-prod", "KSeF Demo", "api-demo.ksef.mf.gov.pl"],
        ),
        (
            "test",
            &[
                "TEST",
                "testowe",
                "Testowy",
                "TE",
                "tst",
                "środowisko testowe",
                "testy",
                "https://api-test.ksef.mf.gov.pl/v2",
            ],
        ),
    ] {
        reads(Field::Environment, &written.iter().map(|text| (*text, wanted)).collect::<Vec<_>>());
    }
    refuses(Field::Environment, &["uat", "prod/test", "nieprodukcyjne", "canary"]);
    for (wanted, written) in [
        ("token", &["Token", "TOKEN KSeF", "token autoryzacyjny"][..]),
        (
            "certificate",
            &[
                "certyfikat",
                "Certificate",
                "cert.",
                "certyfikat KSeF typ 1",
                "Certyfikat uwierzytelniający",
                "certyfikat wewnętrzny (p12)",
            ],
        ),
        ("key", &["klucz", "KEY", "klucz prywatny"]),
    ] {
        reads(Field::Sort, &written.iter().map(|text| (*text, wanted)).collect::<Vec<_>>());
    }
    refuses(Field::Sort, &["token / certyfikat", "klucz certyfikatu", "hasło", "KSeF"]);
}

#[test]
fn statuses_are_the_least_that_is_meant() {
    for (wanted, written) in [
        (
            "Active",
            &[
                "active",
                "Aktywny",
                "aktywna",
                "w użyciu",
                "ACTIVE",
                "ważny",
                "Status: aktywny",
                "działa",
                "do odwołania",
                "nieużywany",
                "wydany",
            ][..],
        ),
        ("Pending", &["pending", "oczekujący", "W oczekiwaniu"]),
        ("Revoking", &["revoking", "w trakcie unieważniania"]),
        ("Revoked", &["revoked", "unieważniony", "Unieważniona", "cofnięty", "odwołany", "uniewaz\u{307}niony"]),
        ("Failed", &["błąd", "FAILED", "nieudany"]),
        (
            "Blocked",
            // None of these says that it is over: the least that they may mean is taken.
            &[
                "zablokowany",
                "blocked",
                "zawieszony",
                "nieaktywny",
                "Nieaktywna",
                "Inactive",
                "nieważny",
                "nieaktualny",
                "wyłączony",
                "archiwalny",
                "disabled",
                "nie działa",
                "wycofany",
                "usunięty",
            ],
        ),
        ("Expired", &["wygasły", "wygasł", "Wygasła", "expired", "po terminie"]),
    ] {
        reads(Field::Status, &written.iter().map(|text| (*text, wanted)).collect::<Vec<_>>());
    }
    refuses(Field::Status, &["nie wiem", "OK", "zielony", "tak"]);
}

#[test]
fn scopes_are_sorted_names_of_ksef() {
    reads(
        Field::Scope,
        &[
            ("InvoiceRead", "InvoiceRead"),
            ("invoicewrite; INVOICEREAD", "InvoiceRead,InvoiceWrite"),
            ("invoice_read / Invoice Write", "InvoiceRead,InvoiceWrite"),
            ("InvoiceRead\nInvoiceWrite", "InvoiceRead,InvoiceWrite"),
            ("przeglądanie faktur i wystawianie faktur", "InvoiceRead,InvoiceWrite"),
            ("przeglądanie i wystawianie faktur", "InvoiceRead,InvoiceWrite"),
            ("Odczyt faktur + dostęp do faktur", "InvoiceRead"),
            ("przeglądanie uprawnień oraz nadawanie uprawnień", "CredentialsManage,CredentialsRead"),
            ("zarządzanie uprawnieniami, odczyt uprawnień", "CredentialsManage,CredentialsRead"),
            ("zarządzanie jednostkami podrzędnymi|operacje egzekucyjne", "EnforcementOperations,SubunitManage"),
            ("jednostki podległe and historia sesji", "Introspection,SubunitManage"),
            ("wgląd w sesje; introspekcja", "Introspection"),
            ("Uwierzytelnianie", "Authentication"),
            ("offline", "Offline"),
            ("podgląd faktur, przesyłanie faktur", "InvoiceRead,InvoiceWrite"),
            ("Zarządzanie podmiotami podrzędnymi; Przeglądanie historii sesji", "Introspection,SubunitManage"),
            ("wystawianie faktur offline", "Offline"),
        ],
    );
    refuses(Field::Scope, &["wszystko", "InvoiceRead, canary", "i", "InvoiceReads", ",,;;", "przeglądanie"]);
}

#[test]
fn references_are_taken_and_tokens_are_not() {
    let written = [
        REFERENCE,
        "20251010-ec-1dce3e3000-12ecb5b36e-45",
        " 20251010-EC-1DCE3E3000-\n12ECB5B36E-45 ",
        "20251010–EC–1DCE3E3000–12ECB5B36E–45",
        "nr ref.: 20251010-EC-1DCE3E3000-12ECB5B36E-45",
        "(20251010-EC-1DCE3E3000-12ECB5B36E-45)",
        "Numer referencyjny: 20251010-EC-1DCE3E3000-12ECB5B36E-45;",
    ];
    reads(Field::Reference, &written.map(|text| (text, REFERENCE)));
    refuses(
        Field::Reference,
        &[
            "20251010-EC-1DCE3E3000-12ECB5B36E-46",
            "20251310-EC-1DCE3E3000-12ECB5B36E-45",
            "20251010-EC-1DCE3E3000",
            "20251010-AU-1DCE3E3000-12ECB5B36E-45",
            "canary",
            "20251010-EC-1DCE3E3000-12ECB5B36E-45 Kowalski",
            "20251010-EC-1DCE3E3000-12ECB5B36E-4",
            "X20251010-EC-1DCE3E3000-12ECB5B36E-45",
        ],
    );
    let secret = "0f".repeat(32);
    for text in [
        format!("{REFERENCE}|nip-5265877635|{secret}"),
        format!("{REFERENCE} {secret}"),
        format!("{secret} {REFERENCE}"),
        format!("token: {REFERENCE}|"),
    ] {
        let clause = read(Field::Reference, &text).expect_err("a token");
        assert!(clause.contains("holds a token") && !clause.contains("0f0f"), "{clause}");
    }
}

#[test]
fn a_reference_with_one_digit_turned_is_none() {
    let day = "20251301-EC-2DD3AFF000-A6B7F19A95";
    refuses(Field::Reference, &[&format!("{day}-{:02X}", crate::codec::crc8(day.as_bytes()))]);
    for at in 0..36 {
        let mut turned = REFERENCE.as_bytes().to_vec();
        turned[at] ^= 1;
        refuses(Field::Reference, &[std::str::from_utf8(&turned).unwrap()]);
    }
}

#[test]
fn serials_have_the_zeros_that_ksef_writes() {
    reads(
        Field::Serial,
        &[
            ("01f20a5d352aaaaa", "01F20A5D352AAAAA"),
            ("1f20a5d352aaaaa", "01F20A5D352AAAAA"),
            ("0x01:F2:0A 5D", "0000000001F20A5D"),
            ("'0012", "0000000000000012"),
            ("21A4B5C6D7E8F90", "021A4B5C6D7E8F90"),
            ("00 02:1a:4b:5c:6d:7e:8f:90", "021A4B5C6D7E8F90"),
            ("0x00021A4B5C6D7E8F90", "021A4B5C6D7E8F90"),
            ("00F21A4B5C6D7E8F901", "F21A4B5C6D7E8F901"),
            (&"a".repeat(40), &"A".repeat(40)),
        ],
    );
    refuses(Field::Serial, &[&"a".repeat(41), "0x", "0", "000:00", "1.5E+15", "XYZ", "01-02"]);
}

#[test]
fn words_stay_what_they_were() {
    reads(
        Field::Owner,
        &[
            ("  Anna   Kowalska\n(księgowość) ", "Anna Kowalska (księgowość)"),
            ("Jan\u{202E}\u{7} Nowak\u{200B}", "Jan Nowak"),
            (&"ż".repeat(200), &"ż".repeat(200)),
        ],
    );
    // A part of a secret is one, in whatever it stands; and whose it is belongs into no inventory.
    refuses(Field::Owner, &["ERP 0f1e2d3c4b5a5c6d", "0f1e2d3c 4b5a5c6d 8e9f0a1b", "Jan Kowalski 44051401458"]);
    reads(
        Field::Owner,
        &[("tel. 44051401459", "tel. 44051401459"), ("nr 12345678901234567890", "nr 12345678901234567890")],
    );
    refuses(Field::Home, &[&"ż".repeat(201), &"a1".repeat(20), &format!("w sejfie: {}", "0f".repeat(32))]);
}

proptest! {
    #[test]
    fn what_is_read_is_read_again(
        text in "\\PC{0,60}|[0-9./: TZ+-]{0,30}|[0-9A-Fx:|EC-]{0,50}|[a-zA-Ząęł ,;/0-9.-]{0,40}",
    ) {
        for (field, ..) in FIELDS {
            if let Ok(Some(value)) = read(*field, &text) {
                prop_assert_eq!(read(*field, &value), Ok(Some(value)));
            }
        }
    }

    #[test]
    fn whatever_a_date_is_made_of_it_is_read_again(
        parts in prop::collection::vec(prop::sample::select(vec![
            "31", "1", "2026", "26", "01", "12", ".", "-", "/", " ", ":", ",", "sty", "maja", "T", "Z", "+",
            "pm", "r", "i", "46053", "5",
        ]), 0..12),
    ) {
        if let Ok(Some(value)) = read(Field::Issued, &parts.concat()) {
            prop_assert_eq!(read(Field::Issued, &value), Ok(Some(value)));
        }
    }
}
