//! One sample of each format.

use crate::case::{case, check};
use crate::made::{SAMPLES, Sample};
use crate::repository::token;

#[test]
fn every_format_is_opened_and_its_places_are_told_once() {
    let of = |(number, sample): (u64, &Sample)| {
        let token = token(number);
        case(sample.name, (sample.make)(&token), &token, &format!("ksef-token certain{}", sample.spot))
    };
    check(&(100..).zip(&SAMPLES).map(of).collect::<Vec<_>>());
}
