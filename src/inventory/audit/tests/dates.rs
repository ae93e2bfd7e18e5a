//! Rules about time, to the day.

use super::*;
use crate::inventory::statute::tokens_end;

const DAY: i64 = 86_400_000;

/// The instant so many days before now.
fn ago(days: i64) -> String {
    Instant::from_millis(NOW.parse::<Instant>().unwrap().millis() - days * DAY).unwrap().to_string()
}

#[test]
fn a_review_holds_for_a_quarter() {
    let (old, new) = (ago(93), ago(92));
    check(
        sound,
        &[
            ("not-reviewed", &[(Field::Reviewed, &*new), (Field::Issued, "")], false),
            ("not-reviewed", &[(Field::Reviewed, &*old), (Field::Issued, "")], true),
            ("not-reviewed", &[(Field::Reviewed, &*old), (Field::Issued, &*old)], true),
            ("not-reviewed", &[(Field::Reviewed, &*old), (Field::Issued, &*new)], false),
            ("not-reviewed", &[(Field::Reviewed, ""), (Field::Issued, &*new)], false),
            ("not-reviewed", &[(Field::Reviewed, ""), (Field::Issued, &*old)], true),
            ("not-reviewed", &[(Field::Reviewed, ""), (Field::Issued, ""), (Field::ValidFrom, &*new)], false),
            ("not-reviewed", &[(Field::Reviewed, ""), (Field::Issued, "")], true),
            ("not-reviewed", &[(Field::Reviewed, "2062-05-20"), (Field::Issued, "")], true),
            ("not-reviewed", &[(Field::Reviewed, "2026-06-02"), (Field::Issued, "")], false),
        ],
    );
    let text = |reviewed| Shelf::of([with(sound(1), &[(Field::Reviewed, reviewed), (Field::Issued, "")])]).only().text;
    assert_eq!(text(&old), "It was last reviewed on 2026-02-28, 93 days ago.");
    assert_eq!(text(""), "It was never reviewed.");
    assert_eq!(text("2062-05-20"), "Its last review is dated in the future: 2062-05-20.");
}

#[test]
fn a_day_that_people_wrote_down_is_the_last_one() {
    check(
        certificate,
        &[
            ("expiring", &[(Field::ValidTo, "2026-06-01")], true),
            ("expired", &[(Field::ValidTo, "2026-05-31")], true),
            ("expired", &[(Field::ValidTo, "2026-06-01T12:00:00Z")], true),
            ("expiring", &[(Field::ValidTo, "2026-06-01T12:00:01Z")], true),
            ("expiring", &[(Field::ValidTo, "2026-07-01T12:00:00Z")], true),
            ("expiring", &[(Field::ValidTo, "2026-07-01T12:00:01Z")], false),
            ("unknown-status", &[(Field::ValidTo, "2026-05-31"), (Field::Status, "Expired")], true),
            ("expired", &[(Field::ValidTo, "2026-05-31"), (Field::Owner, ""), (Field::Reviewed, "")], true),
        ],
    );
    check(sound, &[("expired", &[(Field::ValidTo, "2026-05-31")], true)]);
    let mut exact = certificate(1);
    put(&mut exact, Field::ValidTo, "2026-06-01T00:00:00Z", Voice::Ksef);
    assert_eq!(Shelf::of([exact]).only().rule, "expired", "KSeF is exact");
}

#[test]
fn what_ends_is_told_with_its_day() {
    let only = |make: fn(u64) -> Credential, end| Shelf::of([with(make(1), &[(Field::ValidTo, end)])]).only();
    assert_eq!(only(certificate, "2026-06-01").text, "Its validity ends on 2026-06-01, in less than a day.");
    assert_eq!(only(certificate, "2026-06-02").text, "Its validity ends on 2026-06-02, in 1 day.");
    assert_eq!(only(certificate, "2026-06-30").text, "Its validity ends on 2026-06-30, in 29 days.");
    let over = only(certificate, "2026-05-31");
    assert_eq!(over.text, "Its validity ended on 2026-05-31, and it still is listed as Active.");
    assert_eq!(over.severity, Severity::High);
    assert!(only(sound, "2026-05-31").remedy.starts_with("KSeF does not end a token by itself"));
}

#[test]
fn a_certificate_has_an_end() {
    check(certificate, &[("no-validity", &[(Field::ValidTo, "")], true)]);
    check(certificate, &[("no-validity", &[(Field::Sort, ""), (Field::ValidTo, "")], true)]);
    check(certificate, &[("no-validity", &[(Field::Sort, "key"), (Field::ValidTo, "")], false)]);
    check(sound, &[("no-validity", &[(Field::ValidTo, "")], false)]);
}

#[test]
fn the_end_of_tokens_is_told_and_ends_none() {
    let (end, _) = tokens_end().unwrap();
    let told = |make: fn(u64) -> Credential, before: i64| {
        let now = Instant::from_millis(end.millis() - before).unwrap();
        let day = now.to_string();
        let lately = [(Field::Reviewed, &*day), (Field::LastUsed, &*day)];
        let mut shelf = Shelf::of([with(make(1), &lately)]);
        shelf.now = now;
        shelf.audit().into_iter().map(|remark| (remark.rule, remark.severity)).collect::<Vec<_>>()
    };
    assert_eq!(told(sound, 90 * DAY + 1), []);
    assert_eq!(told(sound, 90 * DAY), [("statutory-end", Severity::Medium)]);
    assert_eq!(told(sound, 1), [("statutory-end", Severity::Medium)], "the last instant");
    assert_eq!(told(sound, 0), [("statutory-end", Severity::High)]);
    assert_eq!(told(certificate, 0), []);
    let mut shelf = Shelf::of([with(sound(1), &[(Field::Owner, "")])]);
    shelf.now = end;
    assert!(shelf.told().contains(&("no-owner", 1)), "it is as alive as before");
}

#[test]
fn what_nobody_uses_is_told() {
    let (old, new, older) = (ago(180), ago(179), ago(400));
    let used = |at| [(Field::Issued, older.as_str()), (Field::LastUsed, at)];
    let offline = [(Field::LastUsed, ""), (Field::Issued, &*older), (Field::Scope, "Offline")];
    check(
        sound,
        &[
            ("dormant", &used(&old), true),
            ("dormant", &used(&new), false),
            ("dormant", &used(""), true),
            ("dormant", &[(Field::LastUsed, ""), (Field::Issued, "")], true),
            ("dormant", &[(Field::LastUsed, ""), (Field::Issued, &*old)], true),
            ("dormant", &[(Field::LastUsed, ""), (Field::Issued, &*new)], false),
            ("dormant", &offline, false),
        ],
    );
    let by_people = [(Field::LastUsed, ""), (Field::Issued, &*older), (Field::Status, "Active")];
    assert_eq!(Shelf::of([with(sound(1), &by_people)]).told(), [("unknown-status", 1)], "people leave it empty");
    let mut blocked = with(sound(1), &used(&old));
    put(&mut blocked, Field::Status, "Blocked", Voice::Ksef);
    assert_eq!(Shelf::of([blocked]).audit(), []);
}
