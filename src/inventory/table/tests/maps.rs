//! Plans that their user corrects.

use super::*;

fn mapped(wishes: &[(&str, &str)]) -> Result<String, String> {
    let plan = Plan::unread(&rows("Spis\nKto | Co | C | Co | NIP\na | b | c | d | e")).unwrap();
    let nip = map(plan, &[("5".to_owned(), Use::Field(Field::Nip))]).unwrap();
    let wishes: Vec<_> = wishes.iter().map(|(name, takes)| ((*name).to_owned(), takes.parse().unwrap())).collect();
    map(nip, &wishes).map(|plan| taken(&plan))
}

#[test]
fn columns_are_called_by_heading_letter_or_number() {
    assert_eq!(mapped(&[("kto", "owner"), ("c", "name")]).as_deref(), Ok("owner ? name ? nip"));
    assert_eq!(
        mapped(&[(" KTO: ", "owner"), ("B", "entity"), ("4", "secret")]).as_deref(),
        Ok("owner entity ? secret nip")
    );
    assert_eq!(mapped(&[("1", "nip"), ("e", "ignore")]).as_deref(), Ok("nip ? ? ? ignore"));
    assert_eq!(mapped(&[("A", "nip")]).as_deref(), Ok("nip ? ? ? ignore"));
}

#[test]
fn what_cannot_be_mapped_is_told_with_what_there_is() {
    let list = "column A \"Kto\", column B \"Co\", column C \"C\", column D \"Co\", column E \"NIP\"";
    for name in ["F", "0", "6", "Klient", "", "99999999999999999999"] {
        assert_eq!(
            mapped(&[(name, "owner")]),
            Err(format!("the table has no such column; there are {list}")),
            "{name}"
        );
    }
    let twice = format!("columns B and D have that heading; call them by letter; there are {list}");
    assert_eq!(mapped(&[("co", "owner")]), Err(twice));
    assert_eq!(mapped(&[("A", "owner"), ("B", "owner")]), Err("two columns are mapped to owner".to_owned()));
    assert_eq!(mapped(&[("A", "owner"), ("kto", "name")]), Err("column A \"Kto\" is mapped twice".to_owned()));
    assert_eq!("nonsense".parse::<Use>(), Err(()));
}

#[test]
fn columns_have_the_letters_of_spreadsheets() {
    assert_eq!([0, 25, 26, 701, 702, 16_383].map(letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    let heading = "ą".repeat(50);
    let plan = Plan { header: 0, columns: vec![Column { heading, ..Column::default() }] };
    assert_eq!(plan.name(0), format!("column A \"{}…\"", "ą".repeat(SHOWN)));
    assert_eq!(plan.name(7), "column H");
}
