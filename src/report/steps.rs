//! What is to be done first, in words.
//!
//! Holds: the steps in their order, where each is done, and what it is about. To revoke is told of each credential,
//! for each has a call of its own; the other steps once for each company and environment. Must not know: how it is
//! concluded what is to be done, or how lines are set.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::escape::terminal;
use super::words::count;
use crate::base::{APIS, Action, Outcome, Step};

/// So many credentials of a company are named again by a later step.
const AGAIN: usize = 3;

/// So many are named in one line where they are named for the first time.
const ABREAST: usize = 10;

/// So many lines of a step are told where there is one text for all of them.
const MOST: usize = 500;

/// What stands in a call where nobody knows the environment.
const BASE: &str = "{base}";

/// A step that credentials ask for.
pub(super) struct Part<'a> {
    /// From 1.
    pub(super) number: usize,
    /// What is to be done, to how many.
    pub(super) said: String,
    /// Where it is done.
    pub(super) heads: Vec<Head<'a>>,
}

/// A place where a step is done.
pub(super) struct Head<'a> {
    /// Where a person does it, and in which environment where that is the same for all lines.
    pub(super) place: String,
    /// What a program calls, where that is the same for all lines.
    pub(super) call: Option<&'a str>,
    /// What it is done to, the most urgent first.
    pub(super) lines: Vec<Line<'a>>,
}

/// A credential, or those of one company in one environment.
pub(super) struct Line<'a> {
    /// Which, and whose.
    pub(super) text: String,
    /// What a program calls, where each line has its own.
    pub(super) call: Option<&'a str>,
}

/// Every step that anything asks for. Who answers for a credential is a person, whom reports that travel do not name.
pub(super) fn parts(outcome: &Outcome, people: bool) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut told = HashSet::new();
    for step in Step::ALL {
        let actions: Vec<&Action> = outcome.actions.iter().filter(|action| action.step == step).collect();
        if actions.is_empty() {
            continue;
        }
        let heads = match step {
            Step::Revoke => singly(&actions, people),
            _ => together(&actions, &told, people),
        };
        told.extend(actions.iter().map(|action| action.finding.as_str()));
        let number = parts.len() + 1;
        parts.push(Part { number, said: format!("{number}. {}:", sentence(step, &actions)), heads });
    }
    parts
}

/// What the base of a call stands for.
fn addresses() -> String {
    let all = APIS.map(|(environment, address)| format!("{environment} {address}"));
    format!("{BASE} stands for the address of the environment, where that is not known: {}", all.join(", "))
}

/// What stands for the address of the API in the calls, if anything does.
pub(super) fn bases(outcome: &Outcome) -> Option<String> {
    let mut calls = outcome.actions.iter().filter_map(|action| action.call.as_deref());
    calls.any(|call| call.contains(BASE)).then(addresses)
}

/// Each step as a text of several lines, which are safe to show; one that has no room in a text goes on in the next.
pub(super) fn texts(outcome: &Outcome, people: bool, room: usize) -> Vec<Vec<String>> {
    let steps = parts(outcome, people).into_iter().map(|part| text(&part, room));
    steps.chain(bases(outcome).map(|bases| vec![bases])).collect()
}

/// All of it as one text; nothing where nothing is to be done.
pub(super) fn whole(outcome: &Outcome, people: bool) -> Option<String> {
    let texts = texts(outcome, people, usize::MAX);
    (!texts.is_empty()).then(|| texts.concat().join("\n"))
}

fn text(part: &Part<'_>, room: usize) -> Vec<String> {
    let mut texts = Vec::new();
    let mut text = terminal(&part.said).into_owned();
    let mut listed = 0;
    for head in &part.heads {
        let place = format!("\n   - {}", with_call(&head.place, head.call));
        for (index, line) in head.lines.iter().take(MOST - listed).enumerate() {
            let line = format!("\n     - {}", with_call(&line.text, line.call));
            let begins = index == 0;
            if text.len() + line.len() + if begins { place.len() } else { 0 } > room {
                texts.push(std::mem::replace(&mut text, format!("{}. goes on:{place}", part.number)));
            } else if begins {
                text.push_str(&place);
            }
            text.push_str(&line);
        }
        listed += head.lines.len().min(MOST - listed);
    }
    let all: usize = part.heads.iter().map(|head| head.lines.len()).sum();
    if all > listed {
        let _ = write!(text, "\n   - and {} more; --format json lists all of them", all - listed);
    }
    texts.push(text);
    texts
}

fn with_call(text: &str, call: Option<&str>) -> String {
    let call = call.map_or_else(String::new, |call| format!(" — {call}"));
    terminal(&format!("{text}{call}")).into_owned()
}

/// What is to be done, to how many.
fn sentence(step: Step, actions: &[&Action]) -> String {
    let number = actions.len() as u64;
    let these = count(number, "credential", "credentials");
    let companies: HashSet<_> = actions.iter().map(|action| &action.nip).collect();
    match (step, number, companies.len()) {
        (Step::Revoke, ..) => {
            format!("revoke {these}, and look again until KSeF says Revoked, which can take tens of minutes")
        }
        (Step::EndSessions, ..) => {
            format!("end the sessions that were opened with {these}, for an access JWT works on until it expires")
        }
        (Step::Tell, 1, _) => {
            "tell the company whose credential leaked, for only they can revoke it, and delete your copy".to_owned()
        }
        (Step::Tell, _, 1) => {
            format!("tell the company whose {these} leaked, for only they can revoke them, and delete your copies")
        }
        (Step::Tell, _, all) => {
            format!(
                "tell the {all} companies whose {these} leaked, for only they can revoke them, and delete your copies"
            )
        }
        (Step::Replace, 1, _) => format!(
            "replace {these}: issue a new one and see it work; if the old one is not revoked yet, revoke it then"
        ),
        (Step::Replace, ..) => format!(
            "replace {these}: issue a new one for each system and NIP and see it work; an old one that is not \
             revoked yet is revoked then"
        ),
        (Step::ReviewInvoices, ..) => {
            "read the invoices for those that nobody of yours issued, and know that all others were readable".to_owned()
        }
    }
}

/// A line for each credential. Their order stays, so a place is told again where another one came between.
fn singly<'a>(actions: &[&'a Action], people: bool) -> Vec<Head<'a>> {
    let mut heads: Vec<Head<'a>> = Vec::new();
    for action in actions {
        let details = details(action, people).into_iter();
        let text = [known(action), company_of(action, true), environment(action).to_owned()]
            .into_iter()
            .chain(details)
            .collect::<Vec<_>>()
            .join(", ");
        let line = Line { text, call: action.call.as_deref() };
        match heads.last_mut() {
            Some(head) if head.place == action.portal => head.lines.push(line),
            _ => heads.push(Head { place: action.portal.clone(), call: None, lines: vec![line] }),
        }
    }
    heads
}

/// A line for each company and environment, under what is done for all of them alike.
fn together<'a>(actions: &[&'a Action], told: &HashSet<&str>, people: bool) -> Vec<Head<'a>> {
    type Group<'a> = Vec<&'a Action>;
    let mut heads: Vec<Vec<Group<'a>>> = Vec::new();
    let (mut places, mut rows) = (HashMap::new(), HashMap::new());
    for &action in actions {
        let place = (&action.portal, &action.call, &action.environment);
        let head = *places.entry(place).or_insert(heads.len());
        if head == heads.len() {
            heads.push(Vec::new());
        }
        let groups = &mut heads[head];
        let company = action.nip.as_ref().ok_or(&action.entity);
        let row = *rows.entry((head, company)).or_insert(groups.len());
        match groups.get_mut(row) {
            Some(group) => group.push(action),
            None => groups.push(vec![action]),
        }
    }
    let heads = heads.into_iter().filter_map(|groups| {
        let first = *groups.first()?.first()?;
        let texts = groups.iter().flat_map(|group| company(group, told, people));
        let lines = texts.map(|text| Line { text, call: None }).collect();
        let place = format!("{}, {}", first.portal, environment(first));
        Some(Head { place, call: first.call.as_deref(), lines })
    });
    heads.collect()
}

/// What is told of one company in one environment. What was named by an earlier step is only called by its name.
fn company(group: &[&Action], told: &HashSet<&str>, people: bool) -> Vec<String> {
    let Some(first) = group.first() else { return Vec::new() };
    let is_new = !group.iter().all(|action| told.contains(action.finding.as_str()));
    let whose = company_of(first, is_new);
    let since = if first.step == Step::ReviewInvoices { since(group) } else { String::new() };
    if is_new {
        let named = |action: &&Action| match details(action, people) {
            details if details.is_empty() => known(action),
            details => format!("{} ({})", known(action), details.join(", ")),
        };
        let rows = group.chunks(ABREAST).map(|some| some.iter().map(named).collect::<Vec<_>>().join(", "));
        return rows.map(|names| format!("{whose}: {names}{since}")).collect();
    }
    let mut names = group.iter().take(AGAIN).map(|action| known(action)).collect::<Vec<_>>().join(", ");
    if group.len() > AGAIN {
        let _ = write!(names, " and {} more", group.len() - AGAIN);
    }
    let systems = if first.step == Step::Replace { systems(group) } else { String::new() };
    vec![format!("{whose}: {names}{systems}{since}")]
}

/// What KSeF calls it, else what we do.
fn known(action: &Action) -> String {
    let name = action.reference.as_deref().or(action.serial.as_deref());
    name.map_or_else(|| format!("finding {}", action.finding), str::to_owned)
}

/// The company; the name of one that was told before only where it has to stand for the NIP.
fn company_of(action: &Action, is_new: bool) -> String {
    let mut text = action.nip.as_ref().map_or_else(|| "NIP not known".to_owned(), |nip| format!("NIP {nip}"));
    let entity = action.entity.as_ref().filter(|_| is_new || action.nip.is_none());
    if let Some(entity) = entity.filter(|entity| Some(*entity) != action.nip.as_ref()) {
        let _ = write!(text, ", {entity}");
    }
    text
}

fn environment(action: &Action) -> &str {
    action.environment.as_deref().unwrap_or("environment not known")
}

/// What people know it by, and who answers for it.
fn details(action: &Action, people: bool) -> Vec<String> {
    let name = action.name.as_ref().map(|name| format!("«{name}»"));
    let system = action.system.as_ref().map(|system| format!("system {system}"));
    let owner = action.owner.as_ref().filter(|_| people).map(|owner| format!("owner {owner}"));
    let custodian = action.custodian.as_ref().filter(|_| people).map(|custodian| format!("custodian {custodian}"));
    [name, system, owner, custodian].into_iter().flatten().collect()
}

fn systems(group: &[&Action]) -> String {
    let mut seen = HashSet::new();
    let systems: Vec<&str> =
        group.iter().filter_map(|action| action.system.as_deref()).filter(|system| seen.insert(*system)).collect();
    match systems[..] {
        [] => String::new(),
        [one] => format!("; for system {one}"),
        _ => format!("; for the systems {}", systems.join(", ")),
    }
}

/// Since when their invoices are to be read: from the first day, as far as the days are known.
fn since(group: &[&Action]) -> String {
    let unknown = group.iter().filter(|action| action.since.is_none()).count() as u64;
    let Some(first) = group.iter().filter_map(|action| action.since).min() else {
        return "; from the day of issue, which is not known".to_owned();
    };
    let day: String = first.to_string().chars().take(10).collect();
    match unknown {
        0 => format!("; from {day}"),
        _ => {
            format!("; from {day}, or earlier (no day is known of {})", count(unknown, "credential", "credentials"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{action, empty, urgent};

    fn outcome(actions: Vec<Action>) -> Outcome {
        Outcome { actions, ..empty() }
    }

    fn token(step: Step, reference: &str, nip: &str, environment: Option<&str>) -> Action {
        Action { nip: Some(nip.to_owned()), environment: environment.map(str::to_owned), ..action(step, reference) }
    }

    #[test]
    fn each_credential_is_revoked_and_a_company_is_told_the_rest_once() {
        let mut actions = Vec::new();
        for step in [Step::Revoke, Step::EndSessions, Step::Replace, Step::ReviewInvoices] {
            actions.extend(["A", "B", "C", "D"].map(|name| action(step, name)));
            actions.push(token(step, "E", "1111111111", Some("production")));
        }
        actions[1].system = Some("nexo".to_owned());
        actions[11].system = Some("nexo".to_owned());
        actions[15].since = None;
        let whole = whole(&outcome(actions), true).unwrap();
        let api = "https://api.ksef.mf.gov.pl/v2";
        let (who, call) = ("system Comarch, owner Ewa Zmyślona", format!("DELETE {api}/tokens"));
        let (old, new) = (" NIP 5265877635, ABC Sp. z o.o., production, «ABC-PROD»,", "NIP 1111111111");
        let expected = format!(
            "\
1. revoke 5 credentials, and look again until KSeF says Revoked, which can take tens of minutes:
   - Lista tokenów › Unieważnij
     - A,{old} {who} — {call}/A
     - B,{old} system nexo, owner Ewa Zmyślona — {call}/B
     - C,{old} {who} — {call}/C
     - D,{old} {who} — {call}/D
     - E, {new}, ABC Sp. z o.o., production, «ABC-PROD», {who} — {call}/E
2. end the sessions that were opened with 5 credentials, for an access JWT works on until it expires:
   - (by the API alone), production — GET {api}/auth/sessions
     - NIP 5265877635: A, B, C and 1 more
     - NIP 1111111111: E
3. replace 5 credentials: issue a new one for each system and NIP and see it work; an old one that \
is not revoked yet is revoked then:
   - Generuj token, production — POST {api}/tokens
     - NIP 5265877635: A, B, C and 1 more; for the systems Comarch, nexo
     - NIP 1111111111: E; for system Comarch
4. read the invoices for those that nobody of yours issued, and know that all others were readable:
   - Lista faktur, production — POST {api}/invoices/query/metadata
     - NIP 5265877635: A, B, C and 1 more; from 2025-10-14, or earlier (no day is known of 1 credential)
     - NIP 1111111111: E; from 2025-10-14"
        );
        assert_eq!(whole, expected);
    }

    #[test]
    fn who_answers_is_named_where_that_is_wanted() {
        let outcome = urgent(1);
        assert!(whole(&outcome, true).unwrap().contains("owner Ewa Zmyślona"));
        assert!(!whole(&outcome, false).unwrap().contains("Zmyślona"));
        assert_eq!(whole(&empty(), true), None);
    }

    #[test]
    fn companies_and_credentials_are_counted_in_good_grammar() {
        let said = |step, nips: &[&str]| {
            let actions = nips.iter().map(|nip| token(step, "A", nip, None)).collect();
            parts(&outcome(actions), false)[0].said.clone()
        };
        for (nips, told) in [
            (
                &["1"][..],
                "1. tell the company whose credential leaked, for only they can revoke it, and delete your copy",
            ),
            (
                &["1", "1"],
                "1. tell the company whose 2 credentials leaked, for only they can revoke them, and delete your copies",
            ),
            (
                &["1", "2", "1"],
                "1. tell the 2 companies whose 3 credentials leaked, for only they can revoke them, and delete",
            ),
        ] {
            assert!(said(Step::Tell, nips).starts_with(told), "{}", said(Step::Tell, nips));
        }
        assert!(said(Step::Replace, &["1"]).starts_with("1. replace 1 credential: issue a new one and see it work;"));
        assert!(said(Step::Revoke, &["1"]).starts_with("1. revoke 1 credential, and"));
    }

    #[test]
    fn a_company_is_told_of_every_credential_that_no_step_named_before() {
        let actions = (0..25).map(|at| action(Step::Tell, &format!("R{at}"))).collect();
        let whole = whole(&outcome(actions), false).unwrap();
        for at in 0..25 {
            assert!(whole.contains(&format!("R{at} («ABC-PROD», system Comarch)")), "{at} is missing from\n{whole}");
        }
        assert_eq!(whole.matches("NIP 5265877635").count(), 3);
    }

    #[test]
    fn environments_are_told_apart_and_an_address_that_is_not_known_is_explained_once() {
        let mut unknown = token(Step::EndSessions, "B", "5265877635", None);
        unknown.call = Some("GET {base}/auth/sessions".to_owned());
        let known = token(Step::EndSessions, "A", "5265877635", Some("production"));
        assert_eq!(bases(&outcome(vec![known.clone()])), None);
        let whole = whole(&outcome(vec![known, unknown.clone(), unknown]), false).unwrap();
        let told = "environment not known — GET {base}/auth/sessions\n     - NIP 5265877635, ABC Sp. z o.o.: B";
        assert!(whole.contains(told), "{whole}");
        assert_eq!(whole.matches("{base} stands for").count(), 1);
        for address in [
            "https://api.ksef.mf.gov.pl/v2",
            "https://api-demo.ksef.mf.gov.pl/v2",
            "https://api-test.ksef.mf.gov.pl/v2",
        ] {
            assert!(whole.lines().last().unwrap().contains(address), "{address} is missing from\n{whole}");
        }
    }

    #[test]
    fn the_order_of_urgency_stays_where_places_alternate() {
        let mut actions: Vec<Action> = ["A", "B", "C"].map(|name| action(Step::Revoke, name)).to_vec();
        actions[1].portal = "Certyfikaty".to_owned();
        let outcome = outcome(actions);
        let parts = parts(&outcome, false);
        let portals: Vec<&str> = parts[0].heads.iter().map(|head| &*head.place).collect();
        assert_eq!(portals, ["Lista tokenów › Unieważnij", "Certyfikaty", "Lista tokenów › Unieważnij"]);
    }

    #[test]
    fn what_has_no_room_goes_on_and_nothing_is_lost() {
        let outcome = urgent(54);
        let texts = texts(&outcome, false, 1000);
        assert!(texts[0].len() > 10 && texts[0].iter().all(|text| text.len() <= 1000), "{texts:#?}");
        assert!(texts[0][1].starts_with("1. goes on:\n   - Lista tokenów › Unieważnij\n     - "), "{}", texts[0][1]);
        let all = texts[0].concat();
        for at in 0..54 {
            assert_eq!(
                all.matches(&format!("— DELETE https://api.ksef.mf.gov.pl/v2/tokens/20251014-EC-{at:010X}")).count(),
                1
            );
        }
        let many = whole(&urgent(MOST + 7), false).unwrap();
        assert!(many.contains("\n   - and 7 more; --format json lists all of them\n2. replace 507 credentials"));
    }
}
