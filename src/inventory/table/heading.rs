//! What headings mean.
//!
//! Holds: the phrases of headings in Polish and English, and how the one that counts is chosen. In a heading the
//! longest phrase wins; of two as long, the one that names a property over the one that names a thing, since `Status
//! tokena` and `token status` are both a status; then the one that names a secret; then the longer word, and the first.
//! Must not know: other headings, or what stands below. A new phrase is a word in `PHRASES`: `*` ends a word of which
//! the beginning is enough, `=` begins a phrase that must be the whole heading.

use std::collections::BTreeMap;

use super::Use;
use super::Use::{Ignored, Secret};
use crate::inventory::Field;
use crate::inventory::value::words;

/// Longer headings are notes.
const LONGEST: usize = 160;

/// Words that headings may have anywhere and that say nothing here.
const SILENT: [&str; 6] = ["ksef", "ksefu", "2", "0", "v2", "e"];

/// What a heading means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// One thing.
    One(Use),
    /// The first, or where that is taken or does not fit, the second.
    Either(Use, Use),
    /// A name: that of the company or that of the credential.
    Called,
    /// A credential itself, or what it is called by.
    Credential,
}

use Sense::{Called, Credential, Either, One};

const fn field(field: Field) -> Sense {
    One(Use::Field(field))
}

/// What headings mean, and their phrases between commas.
const PHRASES: &[(Sense, &str)] = &[
    (
        field(Field::Entity),
        "klient*, firm*, spolk*, podmiot*, podatnik*, kontrahent*, nazw* klient*, nazw* firm*, nazw* spolk*, \
         nazw* podmiot*, nazw* podatnik*, nazw* kontrahent*, entity, legal entity, company, client, customer, \
         taxpayer, organisation, organization, company name, client name, customer name, entity name, \
         name of client, name of company",
    ),
    (
        field(Field::Nip),
        "nip, numer* nip, nr nip, identyfikator* podatkow*, numer* podatkow*, tax id, tax number, tax no, \
         tax identification number, vat id, vat number, vat no, vat reg*, context nip, kontekst nip, =tin",
    ),
    (
        field(Field::Environment),
        "srodowisk*, =srod, environment, env, =instancja, token* srodowisk*, target environment",
    ),
    (
        field(Field::Sort),
        "=sort, =token certyfikat, =token certificate, rodzaj* poswiadczen*, typ* poswiadczen*, credential type, \
         credential kind, kind of credential, token or certificate",
    ),
    (Either(Use::Field(Field::Sort), Use::Field(Field::Environment)), "rodzaj*, typ, typu, type, kind"),
    (
        field(Field::Reference),
        "numer* referencyjn*, nr referencyjn*, numer* ref, nr ref, referencj*, reference, =ref, \
         reference number, reference no, ref no, ref number, token reference, identyfikator* token*, id token*, \
         token id",
    ),
    (
        field(Field::Serial),
        "numer* seryjn*, nr seryjn*, serial, serial number, serial no, certificate serial number, \
         certificate serial, numer* certyfikat*, nr certyfikat*, =sn, =s n",
    ),
    (
        field(Field::Name),
        "nazw* token*, nazw* certyfikat*, nazw* klucz*, nazw* poswiadczen*, opis* token*, etykiet*, \
         nazw* wlasn*, token name, certificate name, key name, credential name, name of token, label, \
         description, common name, alias*",
    ),
    (Called, "=nazwa, =nazwy, =name, =nazwa pelna, =pelna nazwa, =full name"),
    (
        field(Field::System),
        "oprogramowan*, system*, program*, aplikacj*, nazw* system*, nazw* program*, nazw* aplikacj*, \
         system* erp, =erp, system* ksiegow*, program* ksiegow*, system* fk, program* fk, integracj*, software, \
         system, application, app, software name, system name, application name, used by system, integration",
    ),
    (
        field(Field::Scope),
        "zakres*, uprawnien*, zakres* uprawnien*, zakres* dostep*, scope, scopes, permission, permissions, \
         requested permissions, token permissions, role ksef, =role, =rola",
    ),
    (
        field(Field::Issued),
        "wygenerowano, wygenerowan*, dat* wygenerowan*, dat* generowan*, dat* utworzen*, utworzono, utworzon*, \
         dat* wydan*, wydano, dat* wystawien*, wystawiono, dat* nadan*, generated, generated on, generated at, \
         created, created on, created at, date created, creation date, issued, issued on, issued at, issue date, \
         date of issue, date generated, request date",
    ),
    (
        field(Field::ValidFrom),
        "wazn* od, obowiazuj* od, dat* waznosci od, =od, =data od, valid from, not before, start date, \
         effective from, poczat* waznosci",
    ),
    (
        field(Field::ValidTo),
        "wazn* do, waznosc*, dat* waznosci, dat* waznosci do, termin, termin* waznosci, termin* wygas*, wygas*, \
         dat* wygas*, obowiazuj* do, koniec* waznosci, dat* konc*, =do, =data do, expiry, expires, expires on, \
         expires at, expiry date, expiration, expiration date, date of expiry, valid until, valid to, \
         valid thru, valid till, validity, not after, end date",
    ),
    (field(Field::Status), "status*, stan, status, state"),
    (
        field(Field::LastUsed),
        "ostatni* uzyc*, dat* ostatni* uzyc*, ostatnio uzyt*, ostatnio uzywan*, ostatni* logowan*, \
         ostatni* polaczen*, last used, last use, last used on, last used at, last use date, date last used",
    ),
    (
        field(Field::Owner),
        "odpowiedzialn*, =odp, =odpow, osob* odpowiedzialn*, osob* odp, wlasciciel*, wlasciciel* biznesow*, wlasciciel* token*, \
         opiekun* biznesow*, opiekun* klient*, opiekun* merytoryczn*, kto odpowiada, owner, business owner, \
         responsible, responsible person, person responsible, account manager, token owner",
    ),
    (Either(Use::Field(Field::Owner), Use::Field(Field::Custodian)), "opiekun*, =osoba, =person"),
    (
        field(Field::Custodian),
        "opiekun* techniczn*, opiekun* it, wlasciciel* techniczn*, osob* techniczn*, administrator*, admin, \
         administrator* system*, informatyk*, odpowiedzialn* techniczn*, kontakt techniczn*, custodian, \
         technical custodian, technical owner, technical contact, it contact, it owner, system administrator",
    ),
    (
        field(Field::Home),
        "gdzie, gdzie zapisan*, gdzie przechowywan*, gdzie trzyman*, gdzie jest, miejsc* przechowywan*, \
         miejsc* zapis*, lokalizacj*, miejsc*, sejf*, przechowywan*, stored in, stored, storage, where stored, \
         storage location, location, vault, kept in, home",
    ),
    (
        field(Field::Reviewed),
        "ostatni* przeglad*, dat* przeglad*, dat* ostatni* przeglad*, przeglad*, przejrzan*, dat* weryfikacj*, \
         ostatni* weryfikacj*, dat* ostatni* weryfikacj*, last review, last reviewed, last review date, \
         last reviewed on, review date, reviewed, reviewed on, date of last review, date reviewed",
    ),
    (
        One(Secret),
        "wartosc* token*, token* peln*, pelny token*, tresc* token*, haslo*, hasla, sekret*, tajn*, \
         haslo* do certyfikat*, haslo* do klucz*, token value, full token, secret, secret value, password, \
         passphrase, pin, klucz* prywatn*, private key, klucz* api, api key, token secret, token* tajn*, \
         secret key, access token, credential, credentials, poswiadczen*",
    ),
    (
        Credential,
        "token*, klucz*, certyfikat*, key, certificate, cert, numer* token*, nr token*, token number, \
         kod* token*, token* autoryzacyjn*",
    ),
    (
        One(Ignored),
        "uwag*, komentarz*, notatk*, =opis, note, notes, remarks, comment, comments, =lp, =l p, =nr, =no, =id, \
         =poz, =pozycja, telefon*, phone, email, e mail, mail, adres*, address, regon, krs, pesel, login, \
         =numer, =data, =date, wygenerowal, nastepn* przeglad*, dat* nastepn* przeglad*, termin* przeglad*, \
         next review, next review date, dat* uniewaznien*, revoked on, revocation date, osob* kontaktow*, \
         contact person",
    ),
];

/// What a heading means, and how well it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) sense: Sense,
    pub(super) worth: usize,
    /// The words of the phrase that counts.
    pub(super) span: usize,
    /// Whether that phrase is all that the heading says.
    pub(super) whole: bool,
}

/// The phrases, taken apart, by the first letter of each.
pub(super) struct Vocabulary(BTreeMap<char, Vec<Phrase>>);

struct Phrase {
    sense: Sense,
    words: Vec<&'static str>,
    joined: String,
    whole: bool,
}

impl Vocabulary {
    /// Takes the phrases apart.
    pub(super) fn new() -> Self {
        let mut phrases: BTreeMap<char, Vec<Phrase>> = BTreeMap::new();
        for (sense, text) in PHRASES.iter().flat_map(|(sense, texts)| texts.split(", ").map(move |text| (*sense, text)))
        {
            let plain = text.strip_prefix('=');
            let words: Vec<&str> = plain.unwrap_or(text).split(' ').collect();
            // A word that stands for several is written without blanks: `dateCreated`, `valid_to`.
            let joined = if text.contains('*') { String::new() } else { words.concat() };
            let first = words.first().and_then(|word| word.chars().next());
            let phrase = Phrase { sense, words, joined, whole: plain.is_some() };
            if let Some(first) = first {
                phrases.entry(first).or_default().push(phrase);
            }
        }
        Self(phrases)
    }

    /// What a heading means.
    pub(super) fn meaning(&self, heading: &str) -> Option<Meaning> {
        if heading.len() > LONGEST {
            return None;
        }
        let words: Vec<String> = words(heading).into_iter().filter(|word| !SILENT.contains(&&**word)).collect();
        let beginning = |word: &String| word.chars().next().and_then(|first| self.0.get(&first)).into_iter().flatten();
        let places = words.iter().enumerate().flat_map(|(at, word)| beginning(word).map(move |phrase| (at, phrase)));
        let found = places.filter_map(|(at, phrase)| {
            let rest = words.get(at..).unwrap_or_default();
            let taken = phrase.length_in(rest)?;
            let whole = taken == words.len();
            let letters: usize = rest.iter().take(taken).map(String::len).sum();
            // What is longer in words is so in parts: a joined phrase counts as its parts.
            let rank = (phrase.words.len(), phrase.standing(), letters, usize::MAX - at);
            (whole || !phrase.whole).then_some((rank, phrase, taken))
        });
        let (_, phrase, taken) = found.max_by_key(|(rank, ..)| *rank)?;
        // A heading that is the phrase and nothing more says it best; then the longer phrase.
        let worth = 60 * taken / words.len().max(1) + 20 * phrase.words.len().min(4) + 20;
        Some(Meaning { sense: phrase.sense, worth, span: phrase.words.len(), whole: taken == words.len() })
    }
}

impl Phrase {
    /// How many of the words it takes, from the first; nothing where they are not the phrase.
    fn length_in(&self, words: &[String]) -> Option<usize> {
        let same = |(pattern, word): (&&str, &String)| match pattern.strip_suffix('*') {
            Some(stem) => word.starts_with(stem),
            None => word == pattern,
        };
        if words.len() >= self.words.len() && self.words.iter().zip(words).all(same) {
            return Some(self.words.len());
        }
        words.first().filter(|word| self.words.len() > 1 && **word == self.joined).map(|_| 1)
    }

    /// What it names comes before what: a property before the thing that has it, a secret before other things.
    fn standing(&self) -> u8 {
        match self.sense {
            One(Use::Field(Field::Entity | Field::Name | Field::System)) | Called => 0,
            Credential => 1,
            One(Secret) => 2,
            One(_) | Either(..) => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sense(heading: &str) -> Option<Sense> {
        Vocabulary::new().meaning(heading).map(|meaning| meaning.sense)
    }

    #[test]
    fn headings_mean_what_people_mean_by_them() {
        let cases: &[(Field, &[&str])] = &[
            (Field::Entity, &["Klient", "Firma", "Spółka", "PODMIOT", "Nazwa klienta", "Nazwa\nfirmy", "Company name"]),
            (
                Field::Nip,
                &["NIP", "NIP klienta", "Nr NIP", "N\u{307}IP", "tax id", "Client tax ID", "NIP (10 cyfr)", "TaxId"],
            ),
            (
                Field::Environment,
                &["Środowisko", "ŚRODOWISKO KSeF", "Srodowisko (prod/test)", "Env.", "Token environment"],
            ),
            (
                Field::Reference,
                &["Numer referencyjny", "Nr ref.", "Nr\u{A0}ref. tokena", "referenceNumber", "Token reference"],
            ),
            (Field::Serial, &["Numer seryjny", "Nr seryjny certyfikatu", "certificateSerialNumber", "Serial no."]),
            (Field::Name, &["Nazwa tokena", "Nazwa tokena / certyfikatu", "Token name", "Opis tokena"]),
            (
                Field::System,
                &["Oprogramowanie", "System", "Program", "Aplikacja", "Nazwa systemu klienta", "Software", "ERP"],
            ),
            (Field::Scope, &["Zakres", "Uprawnienia", "Zakres uprawnień tokena", "Permissions", "Uprawnienia w KSeF"]),
            (
                Field::Issued,
                &["Wygenerowano", "Data wygenerowania", "Data wygenerowania tokena", "Generated on", "dateCreated"],
            ),
            (Field::ValidFrom, &["Ważny od", "Od", "Valid from", "valid_from"]),
            (
                Field::ValidTo,
                &["Ważny do", "Data ważności (do)", "Termin", "Wygasa", "Do", "Expiry", "expires", "Valid until"],
            ),
            (Field::ValidTo, &["Ważność tokena", "Termin ważności certyfikatu", "Data wygaśnięcia", "ValidTo"]),
            (Field::Status, &["Status", "Stan", "Status tokena", "Token status", "Status (aktywny/unieważniony)"]),
            (Field::LastUsed, &["Ostatnie użycie", "Data ostatniego użycia", "Last used", "lastUseDate"]),
            (
                Field::Owner,
                &["Odpowiedzialny", "Osoba odpowiedzialna", "Właściciel biznesowy", "Owner", "Business owner"],
            ),
            (Field::Owner, &["Właściciel tokena", "Właściciel systemu", "Opiekun klienta", "Owner's name"]),
            (
                Field::Custodian,
                &["Opiekun techniczny", "Administrator", "Administrator systemu", "Technical custodian"],
            ),
            (Field::Home, &["Gdzie zapisany", "Miejsce przechowywania", "Miejsce przechowywania tokena", "Stored in"]),
            (Field::Reviewed, &["Ostatni przegląd", "Data przeglądu", "Last review", "Last review date"]),
        ];
        for (wanted, headings) in cases {
            for heading in *headings {
                assert_eq!(sense(heading), Some(field(*wanted)), "{heading}");
            }
        }
    }

    #[test]
    fn headings_that_hold_secrets_and_those_that_say_nothing_are_known() {
        for heading in [
            "Wartość tokena",
            "Hasło",
            "Sekret",
            "Token (pełny)",
            "Hasło do certyfikatu",
            "Hasło klucza",
            "Token value",
        ] {
            assert_eq!(sense(heading), Some(One(Secret)), "{heading}");
        }
        for heading in ["Token", "Token KSeF", "Klucz", "Certyfikat", "Numer tokena", "Token klienta", "Client token"] {
            assert_eq!(sense(heading), Some(Credential), "{heading}");
        }
        for heading in ["Uwagi", "Lp.", "L.p.", "Nr", "Następny przegląd", "Termin przeglądu", "E-mail", "Opis"] {
            assert_eq!(sense(heading), Some(One(Ignored)), "{heading}");
        }
        for heading in ["", "—", "Kolor", "ABC Sp. z o.o.", "KSeF", &"token ".repeat(60)] {
            assert_eq!(sense(heading), None, "{heading}");
        }
        assert_eq!(sense("Nazwa"), Some(Called));
        assert!(matches!(sense("Typ"), Some(Either(..))));
    }

    #[test]
    fn no_phrase_stands_twice() {
        let mut phrases: Vec<&str> = PHRASES.iter().flat_map(|(_, texts)| texts.split(", ")).collect();
        phrases.sort_unstable();
        let twice: Vec<_> = phrases.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
