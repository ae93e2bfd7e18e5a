//! What to do about one credential.
//!
//! Holds: that its standing decides before its rule. Must not know: how lines are set.

use super::words;
use crate::base::{Finding, Kind, State};

/// Of what opens nothing any more.
const OVER: &str = "Nothing is to be revoked. Remove it from where it stands, look for the new one beside it, and \
                    mend the habit that leaked it.";

/// Of a JWT that opens nothing any more: its payload is told by whoever reads it.
const OVER_JWT: &str = "Nothing is to be revoked. But its payload names a person: remove it from where it stands, \
                        look for newer ones beside it, and mend the habit that leaked it.";

/// Of what belongs to somebody else.
const FOREIGN: &str = "Tell the company that it leaked, for only they can revoke it. Then delete your copy, and \
                       look for more of theirs beside it.";

/// What the standing says, where that is something else than the rule.
pub(super) fn of_standing(finding: &Finding) -> Option<&'static str> {
    match finding.standing.state {
        State::Foreign => Some(FOREIGN),
        _ if !finding.standing.is_over() => None,
        _ if finding.kind == Kind::Jwt => Some(OVER_JWT),
        _ => Some(OVER),
    }
}

/// What to do, step by step.
pub(super) fn of(finding: &Finding) -> Vec<&str> {
    of_standing(finding).map_or_else(|| words::steps(&finding.help), |advice| vec![advice])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Standing;
    use crate::report::sample;

    #[test]
    fn nobody_is_told_to_revoke_what_is_over_or_not_theirs() {
        let mut finding = sample::token();
        for (state, begins) in [
            (State::Live, "Revoke it"),
            (State::Expiring, "Revoke it"),
            (State::Unlisted, "Revoke it"),
            (State::Unknown, "Revoke it"),
            (State::Revoked, "Nothing is to be revoked"),
            (State::Expired, "Nothing is to be revoked"),
            (State::Dead, "Nothing is to be revoked"),
            (State::Foreign, "Tell the company"),
        ] {
            finding.standing = Standing::new(state, "inventory", "so it is");
            let told = of(&finding);
            assert!(told[0].starts_with(begins), "{state:?}: {told:?}");
            assert_eq!(of_standing(&finding).is_some(), begins != "Revoke it", "{state:?}");
        }
        assert!(of(&sample::session())[0].contains("names a person"), "a payload is read for ever");
    }
}
