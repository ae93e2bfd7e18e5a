//! The report for people.
//!
//! Holds: the order in which a person is told. `first` tells what to do, `finding` one credential, `closing` what came
//! besides, `page` sets lines. Must not know: other formats.

mod closing;
mod finding;
mod first;
mod page;

use std::collections::HashMap;
use std::io::{self, Write};

use super::{Report, Style, advice};
use crate::base::Outcome;
use page::Page;

/// `text`: grouped by credential, worst first.
pub(super) struct Text;

impl Report for Text {
    fn write(&self, outcome: &Outcome, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(out, *style);
        if outcome.summary.interrupted {
            page.alarm("interrupted: this is what was found until then; the rest was not looked at")?;
            page.blank()?;
        }
        first::tell(&mut page, outcome)?;
        let mut explained: HashMap<_, &str> = HashMap::new();
        for item in &outcome.findings {
            let mut told = None;
            if advice::of_standing(item).is_none() {
                let rule = (&item.rule, &item.help);
                told = explained.get(&rule).copied().filter(|_| !item.help.is_empty());
                explained.entry(rule).or_insert(&item.id);
            }
            finding::tell(&mut page, item, told)?;
            page.blank()?;
        }
        closing::notices(&mut page, outcome)?;
        if !style.quiet {
            closing::hints(&mut page, outcome)?;
        }
        let silent =
            style.quiet && outcome.findings.is_empty() && outcome.summary.complete && !closing::is_empty(outcome);
        if silent { Ok(()) } else { closing::totals(&mut page, outcome) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Inside, Mail, Standing, State};
    use crate::report::sample;

    fn told(outcome: &Outcome, style: Style) -> String {
        let mut out = Vec::new();
        Text.write(outcome, &style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn plain(outcome: &Outcome) -> String {
        told(outcome, Style::default())
    }

    #[test]
    fn a_credential_is_told_with_all_that_its_owner_needs() {
        let text = plain(&sample::full());
        for part in [
            "critical, certain: token of KSeF 2.0",
            "20251014-EC-2DFC46C000-3AC6D5877F-D4|nip-5265877635|9f3a…(64 hex)",
            "2025-10-14 13:23:47 UTC for NIP 5265877635",
            "mail/2026.mbox › message 41 › umowa.zip › a/token.txt:3:14, in base64",
            ".env:2:12",
            "/tokens/{reference}, then",
            "expired: its time ended on 2026-01-01",
            "its CRC does not fit: an edited or mistyped copy",
        ] {
            assert!(text.contains(part), "{part} is missing from\n{text}");
        }
        assert!(text.find("critical").unwrap() < text.find("high").unwrap());
        assert!(!text.contains('\u{1b}'), "colour only where it is wanted");
    }

    #[test]
    fn colour_comes_where_it_is_wanted_and_changes_no_word() {
        let colored = told(&sample::full(), Style { color: true, ..Style::default() });
        assert!(colored.contains("\u{1b}["));
        assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain(&sample::full()));
    }

    #[test]
    fn prose_stays_inside_the_width() {
        for width in [60, 80, 120] {
            let text = told(&sample::full(), Style { width, ..Style::default() });
            let prose = text.lines().filter(|line| line.contains("Revoke") || line.contains("sessions"));
            for line in prose {
                assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{line}");
            }
        }
    }

    #[test]
    fn a_run_that_read_nothing_says_so() {
        assert!(plain(&sample::empty()).contains("nothing was read"));
    }

    #[test]
    fn an_interrupted_run_says_so_first() {
        let mut outcome = sample::full();
        outcome.summary.interrupted = true;
        assert!(plain(&outcome).starts_with("interrupted"));
    }

    #[test]
    fn places_that_are_not_listed_are_counted() {
        let mut outcome = sample::full();
        outcome.findings[0].count = 250;
        outcome.findings[0].locations = (1..=100).map(|line| sample::place("dump.sql", line, 1)).collect();
        assert!(plain(&outcome).contains("and 240 more places"));
        assert!(told(&outcome, Style { verbose: 1, ..Style::default() }).contains("and 150 more places"));
    }

    #[test]
    fn what_a_repository_says_stands_under_the_place() {
        let mut outcome = sample::full();
        outcome.findings[0].locations[1].git = Some(sample::git().into());
        let text = told(&outcome, Style { width: 200, ..Style::default() });
        for part in [
            ".env:2:12, only in history, in repository /srv/erp\n",
            "added by 1111111111 on 2025-10-15 (Jan Przykładowy <jan@example.test>), removed by 2222222222 on 2025-11-02; in main",
        ] {
            assert!(text.contains(part), "{part} is missing from\n{text}");
        }
        let quiet = told(&outcome, Style { quiet: true, ..Style::default() });
        assert!(quiet.contains("only in history") && !quiet.contains("1111111111"));
    }

    #[test]
    fn a_place_in_a_document_is_told_as_its_readers_name_it() {
        let mut outcome = sample::full();
        let place = &mut outcome.findings[0].locations[1];
        (place.line, place.column, place.offset) = (None, None, None);
        place.inside = Inside { sheet: Some("Tokeny".into()), cell: Some("C7".to_owned()), page: None };
        place.mail = Some(Mail { subject: Some("umowa".to_owned()), ..Mail::default() }.into());
        let text = plain(&outcome);
        assert!(text.contains(".env, sheet Tokeny, cell C7\n") && text.contains("mail «umowa»"), "{text}");
    }

    #[test]
    fn an_empty_range_is_told_as_what_it_is() {
        let mut outcome = sample::empty();
        outcome.run.command = "git".to_owned();
        for style in [Style::default(), Style { quiet: true, ..Style::default() }] {
            let text = told(&outcome, Style { width: 200, ..style });
            assert!(text.contains("nothing was read: an empty repository, range or index"), "{text}");
        }
        outcome.summary.commits = 1;
        assert_eq!(told(&outcome, Style { quiet: true, ..Style::default() }), "");
    }

    #[test]
    fn many_notices_are_cut_and_counted() {
        let mut outcome = sample::full();
        outcome.notices = vec![outcome.notices[0].clone(); 25];
        assert!(plain(&outcome).contains("and 5 more"));
        let all = told(&outcome, Style { verbose: 1, ..Style::default() });
        assert_eq!(all.matches("b.zip › x.sql").count(), 25);
    }

    #[test]
    fn what_to_do_is_told_once_for_each_rule() {
        let mut outcome = sample::full();
        outcome.findings = vec![sample::token(), sample::token(), sample::token()];
        let text = plain(&outcome);
        assert_eq!(text.matches("Revoke it").count(), 1);
        assert_eq!(text.matches("as for ksef-token 3f0c5b1e9a77d204 above").count(), 2);
    }

    #[test]
    fn what_is_over_or_not_ours_is_not_told_to_be_revoked() {
        let mut outcome = sample::full();
        let of = |state| {
            let mut finding = sample::token();
            finding.standing = Standing::new(state, "inventory", "so it is");
            finding
        };
        outcome.findings =
            vec![of(State::Foreign), of(State::Revoked), of(State::Live), of(State::Revoked), of(State::Live)];
        let text = told(&outcome, Style { width: 200, ..Style::default() });
        let told: Vec<&str> =
            text.lines().filter_map(|line| line.split_once("to do  ")).map(|(_, to_do)| to_do.trim()).collect();
        let begins =
            ["Tell the company that", "Nothing is to be", "Revoke it in", "Nothing is to be", "as for ksef-token 3f0"];
        assert_eq!(told.len(), begins.len(), "{text}");
        assert!(told.iter().zip(begins).all(|(told, begins)| told.starts_with(begins)), "{told:#?}");
    }

    #[test]
    fn the_environment_of_the_inventory_is_told_as_such() {
        let mut outcome = sample::full();
        outcome.findings[0].standing.environment = Some("production".to_owned());
        outcome.findings[1].standing.environment = Some("demo".to_owned());
        let text = plain(&outcome);
        assert!(text.contains("environment production, as the inventory says\n"), "{text}");
        assert!(text.contains("environment test; the inventory says demo\n"), "{text}");
        assert!(!text.contains("does not say which") && !text.contains("; environment"), "{text}");
        assert!(plain(&sample::full()).contains("environment the token does not say which\n"));
    }

    #[test]
    fn what_to_do_first_is_short_and_has_every_call() {
        let outcome = sample::urgent(54);
        let lines = |style| told(&outcome, style).lines().position(str::is_empty).unwrap();
        // Of 20: which and whose, in two lines, and the call. Then what is done next, and the company once.
        assert_eq!(lines(Style::default()), 1 + 2 + 1 + 20 * 3 + 1 + 2 + 2 + 2, "{}", plain(&outcome));
        let text = told(&outcome, Style { width: 200, ..Style::default() });
        for part in [
            "What to do first\n1. revoke 54 credentials, and",
            "\n  Lista tokenów › Unieważnij\n    20251014-EC-0000000000, NIP 5265877635, ABC Sp. z o.o., production, ",
            "«ABC-PROD», system Comarch, owner Ewa Zmyślona\n      DELETE https://api.ksef.mf.gov.pl/v2/tokens/2025",
            "\n  and 34 more; -v lists them all\n2. replace 54 credentials",
            "\n  Generuj token, production\n      POST https://api.ksef.mf.gov.pl/v2/tokens\n    NIP 5265877635: 20251",
        ] {
            assert!(text.contains(part), "{part} is missing from\n{text}");
        }
        let all = told(&outcome, Style { verbose: 1, ..Style::default() });
        assert_eq!(all.matches("DELETE https://").count(), 54);
        assert!(!told(&outcome, Style { quiet: true, ..Style::default() }).contains("https://"));
    }

    #[test]
    fn an_address_that_is_not_known_is_explained_once() {
        let mut outcome = sample::urgent(2);
        outcome.actions.iter_mut().for_each(|action| action.call = Some("DELETE {base}/tokens/x".to_owned()));
        let text = plain(&outcome);
        assert_eq!(text.matches("{base} stands for").count(), 1);
        assert!(text.contains("https://api-demo.ksef.mf.gov.pl/v2"), "{text}");
    }

    #[test]
    fn quiet_tells_what_matters_only() {
        let quiet = Style { quiet: true, ..Style::default() };
        let text = told(&sample::full(), quiet);
        assert!(text.contains("token of KSeF 2.0") && text.contains(".env:2:12") && text.contains("1 notice"));
        assert!(!text.contains("Revoke") && !text.contains("ksefleaks git"));
        let mut clean = sample::empty();
        clean.summary.files = 3;
        assert_eq!(told(&clean, quiet), "");
    }
}
