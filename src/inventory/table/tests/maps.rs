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
    for name in ["F", "0", "6", "Klient", "", "Nazwa tokena", "99999999999999999999"] {
        assert_eq!(mapped(&[(name, "owner")]), Err(format!("has no column \"{name}\"; it has {list}")), "{name}");
    }
    let twice = format!("has columns B and D with the heading \"co\"; call them by letter; it has {list}");
    assert_eq!(mapped(&[("co", "owner")]), Err(twice));
    assert_eq!(mapped(&[("A", "owner"), ("B", "owner")]), Err("has two columns that are mapped to owner".to_owned()));
    assert_eq!(
        mapped(&[("A", "owner"), ("kto", "name")]),
        Err("has column A \"Kto\", which is mapped twice".to_owned())
    );
    assert_eq!("nonsense".parse::<Use>(), Err(()));
}

#[test]
fn a_column_of_a_group_is_called_with_its_group_or_alone() {
    let plan = guess(&rows("Podmiot | | Token |\nNazwa | NIP | Nazwa | Numer\nA | 5265877635 | x |")).unwrap();
    let mapped = |name: &str| map(plan.clone(), &[(name.to_owned(), Use::Field(Field::Owner))]);
    assert_eq!(mapped("Token nazwa").map(|plan| taken(&plan)).as_deref(), Ok("entity nip owner secret"));
    assert_eq!(mapped("numer").map(|plan| taken(&plan)).as_deref(), Ok("entity nip name owner"));
    assert!(mapped("nazwa").unwrap_err().starts_with("has columns A and C with the heading \"nazwa\";"));
}

#[test]
fn columns_have_the_letters_of_spreadsheets() {
    assert_eq!([0, 25, 26, 701, 702, 16_383].map(letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    let heading = "ą".repeat(50);
    let plan = Plan { header: 0, columns: vec![Column { heading, ..Column::default() }] };
    assert_eq!(plan.name(0), format!("column A \"{}…\"", "ą".repeat(SHOWN)));
    assert_eq!(plan.name(7), "column H");
}
