//! The commands on an inventory.

use std::fs;

use ksefleaks::Sampler;

use crate::desk::Desk;

#[test]
fn an_inventory_is_made_once_and_for_its_owner_alone() {
    let desk = Desk::bare();
    assert!(desk.inventory(&["list"]).ends(2).error.contains("office.inventory"));
    let made = desk.inventory(&["init"]).ends(0).out;
    assert!(made.contains("office.inventory") && made.contains("office.key"), "{made}");
    assert!(desk.inventory(&["init"]).ends(2).error.contains("office.inventory"));
    assert!(desk.inventory(&["list"]).ends(0).out.contains("nothing"));
    #[cfg(unix)]
    for name in ["office.inventory", "office.key"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn the_files_of_which_a_copy_is_to_be_kept_are_named_whole() {
    let desk = Desk::bare();
    let place = format!("{}/{}/i", "a".repeat(60), "b".repeat(60));
    fs::create_dir_all(desk.path(&place).parent().unwrap()).unwrap();
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_ksefleaks"))
        .current_dir(desk.path(""))
        .args(["inventory", "init", "--inventory", &place, "--inventory-key", &format!("{place}.key")])
        .output()
        .unwrap();
    let made = String::from_utf8(made.stdout).unwrap();
    assert!(made.contains(&format!("«{place}»")) && made.contains(&format!("«{place}.key»")), "{made}");
}

#[test]
fn what_is_typed_is_kept_changed_and_removed() {
    let desk = Desk::new();
    let add = |words: &[&str]| desk.inventory(&[&["add", "credential"], words].concat());
    add(&["nip=526-587-76-35", "name=ABC-PL-Comarch-PROD-2026", "owner=Anna Nowak", "environment=produkcja"]).ends(0);
    assert!(add(&["nip=5265877635", "name=abc-pl-comarch-prod-2026"]).ends(0).out.contains("nothing changed"));
    let told = add(&["nip=5265877635", "name=ABC-PL-Comarch-PROD-2026", "owner=Jan Kowalski"]).ends(3);
    assert!(told.error.contains("owner of credential 1 is «Anna Nowak», not «Jan Kowalski»"), "{told:?}");
    assert_eq!(desk.credentials()[0]["owner"], "Anna Nowak");
    add(&["nip=5265877635", "name=ABC-PL-Comarch-PROD-2026", "owner=Jan Kowalski", "--replace"]).ends(0);
    assert_eq!(desk.credentials()[0]["owner"], "Jan Kowalski");
    desk.inventory(&["add", "entity", "nip=5265877635", "name=ABC Sp. z o.o."]).ends(0);
    desk.inventory(&["add", "system", "name=Comarch", "environment=prod", "needs=InvoiceRead, wystawianie faktur"])
        .ends(0);
    let list = desk.inventory(&["list"]).ends(0).out;
    assert!(list.contains("ABC Sp. z o.o.") && list.contains("Jan Kowalski"), "{list}");
    assert!(desk.inventory(&["list", "systems"]).ends(0).out.contains("InvoiceRead, InvoiceWrite"));
    assert!(desk.inventory(&["remove", "credential", "9"]).ends(2).error.contains("not in the inventory"));
    desk.inventory(&["remove", "credential", "1"]).ends(0);
    assert!(desk.credentials().is_empty());
    let history = desk.inventory(&["list", "history"]).ends(0).out;
    assert!(history.contains("tester") && history.contains("remove"), "{history}");
}

#[test]
fn what_is_wrong_is_told_by_field_and_keeps_nothing() {
    let desk = Desk::new();
    for (words, told) in [
        (&["nip=5265877636", "name=x"][..], "nip takes"),
        (&["nip=5265877635"], "say by what it is known"),
        (&["colour=red", "name=x"], "«colour» is no field"),
        (&["nip=5265877635", "name=x", "valid-to=31.02.2026"], "valid-to takes"),
        (&["nip=5265877635", "name=x", "scope=Everything"], "scope"),
        (&["sha256=abc"], "sha256 takes 64"),
    ] {
        let said = desk.inventory(&[&["add", "credential"], words].concat()).ends(2);
        assert!(said.error.contains(told), "{told}: {}", said.error);
    }
    let token = Sampler::new(1).token();
    let said = desk.inventory(&["add", "credential", "nip=5265877635", &format!("name={token}")]).ends(2);
    assert!(said.error.contains("holds a credential") && !said.error.contains(&token[token.len() - 20..]));
    assert_eq!((desk.credentials().len(), desk.changes()), (0, 0));
}

#[test]
fn a_list_is_narrowed_sorted_and_cut_to_the_terminal() {
    let desk = Desk::new();
    for (name, end, owner) in [("b", "2027-03-01", "Ewa Łoś"), ("a", "2026-12-01", "Jan"), ("c", "2028-01-01", "")] {
        let owner = format!("owner={owner}");
        let (name, end) = (format!("name={name}"), format!("valid-to={end}"));
        let words = ["add", "credential", "nip=5265877635", &name, &end];
        let words: Vec<&str> = words.into_iter().chain((owner != "owner=").then_some(owner.as_str())).collect();
        desk.inventory(&words).ends(0);
    }
    let names = |words: &[&str]| {
        let list = desk.inventory(&[&["list", "--format", "json"], words].concat()).ends(0).json();
        let names = list["credentials"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned());
        names.collect::<String>()
    };
    assert_eq!(names(&["--sort", "valid-to"]), "abc");
    assert_eq!(names(&["--sort", "-name"]), "cba");
    assert_eq!(names(&["--where", "owner=los"]), "b");
    assert_eq!(names(&["--where", "owner="]), "c");
    assert_eq!(names(&["--where", "valid-to<2027-03-01"]), "a");
    assert_eq!(names(&["--where", "valid-to>1.12.2026", "--where", "owner=e"]), "b");
    assert_eq!(names(&["--where", "valid-to=1.12.2026"]), "a");
    assert_eq!(names(&["--where", "nip=526-587-76-35", "--sort", "name"]), "abc");
    assert!(desk.inventory(&["list", "--where", "valid-to>=1.12.2026"]).ends(2).error.contains("there is no «>=»"));
    assert!(desk.inventory(&["list", "--columns", "nip", "--format", "json"]).ends(2).error.contains("tells all"));
    assert!(desk.inventory(&["list", "--where", "colour=x"]).ends(2).error.contains("is no field"));
    assert!(desk.inventory(&["list", "--sort", "x"]).ends(2).error.contains("is no field"));
    let wide = "x".repeat(180);
    desk.inventory(&["add", "credential", "nip=5265877635", &format!("name={wide}")]).ends(0);
    for columns in [40, 100] {
        let list = desk.run_at(&["inventory", "list"], Some(columns)).ends(0).out;
        assert!(list.lines().all(|line| line.chars().count() <= columns.into()) && list.contains('…'), "{list}");
    }
    let list = desk.inventory(&["list"]).ends(0).out;
    assert!(list.contains(&wide), "what a program reads is not cut: {list}");
}

#[test]
fn companies_programs_and_changes_are_narrowed_and_sorted_too() {
    let desk = Desk::new();
    for (nip, name) in [("5265877635", "Zefir Sp. z o.o."), ("9073021573", "Abażur S.A.")] {
        desk.inventory(&["add", "entity", &format!("nip={nip}"), &format!("name={name}")]).ends(0);
    }
    desk.inventory(&["add", "system", "name=Comarch", "environment=prod"]).ends(0);
    desk.inventory(&["add", "system", "name=nexo"]).ends(0);
    for number in 1..=12 {
        desk.inventory(&["add", "credential", "nip=5265877635", &format!("name=n{number}")]).ends(0);
    }
    let list = |words: &[&str]| desk.inventory(&[&["list"], words].concat()).ends(0).out;
    let first = |words: &[&str]| -> Vec<String> {
        let list = list(words);
        list.lines().skip(1).map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
    };
    assert_eq!(first(&["entities", "--sort", "name"]), ["9073021573", "5265877635"]);
    assert_eq!(first(&["entities", "--where", "name=abazur"]), ["9073021573"]);
    assert_eq!(first(&["systems", "--where", "environment="]), ["nexo"]);
    assert_eq!(first(&["systems", "--sort", "-name", "--columns", "name"]), ["nexo", "Comarch"]);
    assert_eq!(list(&["systems", "--columns", "environment,name"]).lines().next(), Some("environment  name"));
    assert_eq!(first(&["--where", "no>10", "--sort", "-no"]), ["12", "11"]);
    assert_eq!(first(&["--where", "no=1", "--columns", "no,name"]), ["1"]);
    let changes = |of: &str| first(&["history", "--where", of, "--columns", "what"]).len();
    assert_eq!((changes("what=credential"), changes("what=credential 1"), changes("what=system nexo")), (12, 1, 1));
    assert_eq!((changes("who=tester"), changes("when>2000-01-01")), (16, 16));
    assert!(list(&["history", "--where", "when<1.1.2000"]).contains("nothing in the inventory"));
    let one = desk.inventory(&["list", "history", "--where", "what=credential 2", "--format", "json"]).ends(0).json();
    assert_eq!(one["history"].as_array().unwrap().len(), 1);
    for (words, why) in [
        (&["systems", "--where", "owner=x"][..], "no field of what is listed"),
        (&["entities", "--columns", "nip,colour"], "«colour» is no field"),
        (&["--where", "no<x"], "no number"),
        (&["history", "--where", "when<soon"], "--where when"),
        (&["--where", "name<x"], "for days and numbers"),
    ] {
        let error = desk.inventory(&[&["list"], words].concat()).ends(2).error;
        assert!(error.contains(why), "{why}: {error}");
    }
}

/// Somebody else reads the inventory, so that the import waits where it is interrupted.
#[cfg(unix)]
#[test]
fn an_import_that_is_interrupted_says_that_nothing_was_kept() {
    use std::io::{BufRead, BufReader, Read};

    let desk = Desk::new();
    desk.write("a.csv", "nip;nazwa\n5265877635;ABC\n");
    let key = ksefleaks::InventoryKey::load(&desk.path("office.key")).unwrap();
    let inventory = ksefleaks::Inventory::open(&desk.path("office.inventory"), key).unwrap();
    let reading = inventory.read().unwrap();
    let mut import = desk.command(&["inventory", "import", "a.csv", "--yes"]);
    let mut import = import.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(import.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.contains("read as table"), "{line}");
    let signalled = std::process::Command::new("kill").args(["-INT", &import.id().to_string()]).status().unwrap();
    assert!(signalled.success());
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(import.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("interrupted; nothing was kept"), "{rest}");
    drop(reading);
    assert_eq!(desk.credentials().len(), 0);
}

#[test]
fn an_export_is_read_back_without_a_change() {
    let desk = Desk::new();
    for (name, reference) in [("=SUM(A1)", Sampler::new(1).reference("EC")), ("drugi", Sampler::new(2).reference("EC"))]
    {
        let (name, reference) = (format!("name={name}"), format!("reference={reference}"));
        desk.inventory(&["add", "credential", "nip=5265877635", &name, &reference, "valid-to=2027-01-31"]).ends(0);
    }
    let sha256 = format!("sha256={}", ksefleaks::Fingerprint::of_public(b"known by nothing else"));
    desk.inventory(&["add", "credential", &sha256, "environment=test"]).ends(0);
    desk.write("leak.txt", Sampler::new(3).token());
    desk.run(&["scan", "leak.txt", "--format", "jsonl", "--output", "old.jsonl"]).ends(1);
    desk.inventory(&["import", "old.jsonl"]).ends(0);
    let before = (desk.credentials(), desk.changes());
    for format in ["csv", "xlsx"] {
        let file = format!("out.{format}");
        desk.inventory(&["export", "--format", format, "--output", &file]).ends(0);
        let said = desk.inventory(&["import", &file, "--yes"]).ends(0);
        assert!(said.out.contains("0 added, 0 changed, 4 known already, 0 conflicts"), "{format}: {said:?}");
        assert_eq!((desk.credentials(), desk.changes()), before, "{format}");
        // Nor is anything lost in an inventory that was empty.
        let other = Desk::new();
        other.import(&file, fs::read(desk.path(&file)).unwrap(), &["--yes"]).ends(0);
        let export = |desk: &Desk| desk.inventory(&["export"]).ends(0).out;
        assert_eq!(export(&other), export(&desk), "{format}");
        // What only a search has met is not written down by that.
        other.write("leak.txt", Sampler::new(3).token());
        assert_ne!(other.scan("leak.txt", &[])[0]["standing"]["state"], "live");
    }
    assert!(desk.inventory(&["export", "--format", "xlsx"]).ends(2).error.contains("--output"));
    let csv = desk.inventory(&["export"]).ends(0).out;
    assert!(csv.contains("'=SUM(A1)"), "{csv}");
    let all = desk.inventory(&["export", "--format", "json"]).ends(0).json();
    assert_eq!(all["history"].as_array().unwrap().len(), before.1);
}

#[test]
fn a_forged_inventory_is_refused() {
    let desk = Desk::new();
    desk.inventory(&["add", "credential", "nip=5265877635", "name=a"]).ends(0);
    let other = Desk::new();
    fs::copy(other.path("office.key"), desk.path("office.key")).unwrap();
    assert!(desk.inventory(&["list"]).ends(2).error.contains("key"));
    desk.write("a.txt", "nothing\n");
    let said = desk.run(&["scan", "a.txt"]).ends(2);
    assert!(said.error.contains("key"), "{said:?}");
}

#[test]
fn whoever_has_no_inventory_yet_is_told_how_to_make_one() {
    let said = Desk::bare().inventory(&["list"]).ends(2);
    assert!(said.error.contains("ksefleaks inventory init"), "{said:?}");
}

#[test]
fn what_is_left_of_something_that_was_removed_is_told() {
    let desk = Desk::new();
    desk.inventory(&["add", "credential", "nip=5265877635", "name=a", "system=Comarch, nexo"]).ends(0);
    for words in [["remove", "entity", "5265877635"], ["remove", "system", "nexo"]] {
        let said = desk.inventory(&words).ends(0);
        assert!(said.error.contains("1 credential of it stays"), "{said:?}");
    }
    assert_eq!(desk.inventory(&["remove", "system", "Comarch"]).ends(0).out, "removed 1\n");
}

#[test]
fn an_audit_is_of_what_is_written_down() {
    let desk = Desk::new();
    desk.write("leak.txt", Sampler::new(5).token());
    desk.run(&["scan", "leak.txt", "--format", "jsonl", "--output", "old.jsonl"]).ends(1);
    desk.import("old.jsonl", fs::read(desk.path("old.jsonl")).unwrap(), &[]).ends(0);
    assert!(desk.inventory(&["audit"]).ends(0).out.contains("0 remarks on 0 credentials"));
    desk.inventory(&["add", "credential", "nip=5265877635", "name=a", "environment=production"]).ends(0);
    let text = desk.inventory(&["audit"]).ends(1).out;
    assert!(text.contains("«a» (credential 2), NIP 5265877635, production: "), "{text}");
}
