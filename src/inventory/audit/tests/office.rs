//! An office of 200 companies with 600 credentials over three environments: what was planted is remarked, and nothing
//! else. And one of 20,000 entries that are one credential.

use super::*;

const ENVIRONMENTS: [(&str, &str); 3] = [("production", "PROD"), ("demo", "DEMO"), ("test", "TEST")];

/// A tax number with its check digit, one for each company.
fn nip(company: u64) -> String {
    let digits = |head: u64| head.to_string().bytes().map(|digit| u64::from(digit - b'0')).collect::<Vec<_>>();
    let weights = [6, 5, 7, 2, 3, 4, 5, 6, 7];
    let sum = |head: u64| digits(head).iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u64>() % 11;
    let head = (0..10).map(|step| 500_000_000 + company * 10 + step).find(|head| sum(*head) < 10).unwrap();
    format!("{head}{}", sum(head))
}

/// The office: company by company, in each environment a credential; each fourth is a certificate.
fn office() -> Shelf {
    let mut shelf = Shelf::of((0..600).map(|at| {
        let (company, (environment, word)) = (at / 3, ENVIRONMENTS[usize::try_from(at % 3).unwrap()]);
        let make = if at % 4 == 3 { certificate } else { sound };
        with(
            make(at + 1),
            &[
                (Field::Entity, &format!("Firma {company}")),
                (Field::Nip, &nip(company)),
                (Field::Environment, environment),
                (Field::Name, &format!("Firma {company}-Poland-Comarch-{word}-2026")),
                (Field::System, &format!("Comarch {word}")),
                (Field::Owner, &format!("Księgowa {company}")),
                (Field::Custodian, &format!("Informatyk {}", company % 10)),
            ],
        )
    }));
    let environments: BTreeSet<String> = ENVIRONMENTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    shelf.entities =
        (0..200).map(|company| Entity { nip: nip(company), name: None, environments: environments.clone() }).collect();
    shelf.systems = ENVIRONMENTS
        .iter()
        .map(|(name, word)| system(&format!("Comarch {word}"), Some(name), Some(&["InvoiceRead", "InvoiceWrite"])))
        .collect();
    shelf.convention = Some("{entity}-{country}-{system}-{environment}-{year}");
    shelf
}

#[test]
fn an_office_without_a_fault_has_no_remark() {
    assert_eq!(office().audit(), []);
}

/// The number of a credential, the rules that are to tell its faults, and the faults.
type Plant<'a> = (u64, &'a [&'a str], &'a [(Field, &'a str)]);

const PLANTED: &[Plant<'_>] = &[
    (1, &["no-owner"], &[(Field::Owner, "brak")]),
    (2, &["no-owner"], &[(Field::Owner, "")]),
    (7, &["no-custodian"], &[(Field::Custodian, "")]),
    (13, &["same-person"], &[(Field::Owner, "Jan Lis"), (Field::Custodian, "LIS Jan")]),
    (19, &["person-left"], &[(Field::Owner, "Zofia Święta")]),
    (31, &["accountants-token"], &[(Field::Custodian, "BR Kowalska")]),
    (37, &["not-reviewed"], &[(Field::Reviewed, "2025-12-31"), (Field::Issued, "2025-12-01")]),
    (43, &["too-broad"], &[(Field::Scope, "CredentialsManage,InvoiceWrite")]),
    (49, &["several-places"], &[(Field::Home, "Bitwarden; pulpit")]),
    (55, &["environment-mixed"], &[(Field::System, "Comarch TEST")]),
    (57, &["environment-mixed"], &[(Field::System, "Comarch PROD")]),
    (61, &["off-convention"], &[(Field::Name, "nowy token")]),
    (67, &["dormant"], &[(Field::LastUsed, "2025-06-01")]),
    (73, &["no-nip"], &[(Field::Nip, "")]),
    (79, &["unknown-status"], &[(Field::Status, "Active")]),
    (8, &["expiring"], &[(Field::ValidTo, "2026-06-20")]),
    (12, &["expired"], &[(Field::ValidTo, "2026-05-20")]),
    (16, &["no-validity"], &[(Field::ValidTo, "")]),
    (85, &["several-systems", "no-own-credential"], &[(Field::System, "Comarch PROD; nexo")]),
    (86, &[], &[(Field::System, "")]),
    (600, &["unknown-status"], &[(Field::Status, "Revoked"), (Field::Owner, ""), (Field::Nip, "")]),
];

#[test]
fn what_is_planted_is_remarked_and_nothing_else() {
    let mut shelf = office();
    shelf.left = vec!["ŚWIĘTA ZOFIA".into()];
    let mut wanted = BTreeSet::new();
    for (number, rules, values) in PLANTED {
        let at = usize::try_from(number - 1).unwrap();
        shelf.credentials[at] = with(shelf.credentials[at].clone(), values);
        wanted.extend(rules.iter().map(|rule| (*rule, *number)));
    }
    shelf.credentials.push(Credential { number: 601, ..shelf.credentials[90].clone() });
    wanted.extend([("duplicate-name", 91), ("duplicate-name", 601)]);
    for (at, places) in [(300, &["a.txt"][..]), (303, &["b.txt", "c.txt"]), (599, &["d.txt"])] {
        shelf.leaks.push(leak(&shelf.credentials[at], places));
        wanted.insert(("leaked", u64::try_from(at).unwrap() + 1));
    }
    wanted.insert(("several-places", 304));
    let told = shelf.told();
    assert_eq!(told.len(), wanted.len(), "each once: {told:?}");
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), wanted);
    let rules_told: BTreeSet<_> = wanted.iter().map(|(rule, _)| *rule).collect();
    let missing: Vec<_> = rules().iter().map(|rule| rule.id).filter(|id| !rules_told.contains(id)).collect();
    assert_eq!(missing, ["statutory-end"], "which has its day");
}

#[test]
fn many_copies_of_one_credential_are_each_told() {
    let copies = 20_000;
    let mut shelf = Shelf::of((0..copies).map(|number| {
        let mut copy = sound(1);
        copy.number = number;
        with(copy, &[(Field::System, &format!("System {number}"))])
    }));
    shelf.leaks = (0..copies).map(|number| leak(&sound(1), &[&*format!("place {number}")])).collect();
    let told = shelf.told();
    let count = |rule| told.iter().filter(|(name, _)| *name == rule).count();
    let wanted = ["leaked", "several-systems", "several-places", "no-own-credential", "duplicate-name"];
    assert_eq!(wanted.map(count), [20_000; 5]);
    assert_eq!(told.len(), 100_000);
}
