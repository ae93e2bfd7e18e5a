//! Containers in containers.

use crate::case::{case, check};
use crate::made::archive::{gz_often, seven, tar, zip};
use crate::made::letter::{attached, base64, mail, mailbox};
use crate::made::office::{docx, paragraph, word, xlsx};
use crate::made::{env, ole, stream};
use crate::repository::{Repository, Room, token};

#[test]
fn members_are_told_from_the_outermost_inwards() {
    let one = |number: u64, name: &str, spot: &str, make: &dyn Fn(&str) -> Vec<u8>| {
        case(name, make(&token(number)), &token(number), &format!("ksef-token certain {spot}"))
    };
    let text = |value: &str| env(value).into_bytes();
    check(&[
        one(300, "a.mbox", "message 2 > out.zip > in.zip > c.env line 2", &|value| {
            let inner = zip(&[("in.zip", zip(&[("c.env", text(value))]))]);
            mailbox(&[mail("x", "y"), attached("z", &[("out.zip", &inner)])]).into_bytes()
        }),
        one(301, "a.tar.gz", "b/c.env line 2", &|value| stream::gz(&tar(&[("b/c.env", text(value))]))),
        one(302, "a.tbz2", "b.7z > c.zip > d.xlsx Arkusz!B2", &|value| {
            let book = zip(&[("d.xlsx", xlsx("Arkusz", &[&["x"], &["y", value]]))]);
            stream::bz2(&tar(&[("b.7z", seven("c.zip", &book))]))
        }),
        one(303, "a.eml", "umowa.docx > word/document.xml line 1", &|value| {
            attached("x", &[("umowa.docx", &docx(&[&value[..70], &value[70..]]))]).into_bytes()
        }),
        one(304, "a.docx", "word/embeddings/b.xlsx Arkusz!A1", &|value| {
            let mut parts: Vec<(&str, Vec<u8>)> =
                word(&paragraph(&["x"]), &[]).into_iter().map(|(name, part)| (name, part.into_bytes())).collect();
            parts.push(("word/embeddings/b.xlsx", xlsx("Arkusz", &[&[value]])));
            zip(&parts)
        }),
        one(305, "a.doc", "ObjectPool/_1/b.zip > c.env line 2", &|value| {
            ole::packaged("b.zip", &zip(&[("c.env", text(value))]))
        }),
        one(306, "image.tar", "abc/layer.tar > etc/c.env line 2", &|value| {
            tar(&[("abc/layer.tar", tar(&[("etc/c.env", text(value))]))])
        }),
    ]);
}

#[test]
fn several_compressions_are_undone() {
    let text = |number| env(&token(number)).into_bytes();
    let spot = "ksef-token certain line 2";
    check(&[
        case("a.gz.gz", gz_often(&text(310), 2), &token(310), spot),
        case("a", gz_often(&text(311), 8), &token(311), spot),
        case("a.xz.bz2.zst", stream::zst(&stream::bz2(&stream::xz(&text(312)))), &token(312), spot),
        case(
            "two.gz",
            [stream::gz(b"# 1\n"), stream::gz(&text(313))].concat(),
            &token(313),
            "ksef-token certain line 3",
        ),
    ]);
}

#[test]
fn what_is_encoded_in_a_text_is_opened() {
    let archive = stream::gz(&tar(&[("b.zip", zip(&[("c.env", env(&token(320)))]))]));
    let text = format!("plik:\n{}", base64(&archive));
    check(&[case("a.txt", text, &token(320), "ksef-token certain b.zip > c.env line 2")]);
}

/// The files below a folder, as names in an archive.
fn files(repository: &Repository<'_>) -> Vec<(String, Vec<u8>)> {
    let (mut folders, mut files) = (vec![repository.path.join(".git")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&repository.path).unwrap().to_string_lossy().into_owned();
                files.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    files
}

#[test]
fn a_repository_in_an_archive_is_read() {
    let room = Room::new();
    let repository = room.init("r", &[]);
    repository.write("old.env", env(&token(330))).commit("one");
    repository.git(&["repack", "-adq"]);
    repository.remove("old.env").write("new.env", env(&token(331))).commit("two");
    let all = files(&repository);
    let names: Vec<(&str, &[u8])> = all.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let blob = |number: u64| repository.feed(&["hash-object", "--stdin"], env(&token(number)).as_bytes());
    let pack = &all.iter().find(|(name, _)| name.contains("/pack-") && name.ends_with("pack")).expect("a pack").0;
    let (old, new) = (blob(330), blob(331));
    let told = crate::case::scan(&[("r.tar.gz", &stream::gz(&tar(&names)))], &[]);
    let spots = |number| crate::case::spots(&told, &token(number));
    assert_eq!(spots(330), [format!("ksef-token certain {pack} > blob {old} line 2")]);
    assert_eq!(spots(331), [format!("ksef-token certain .git/objects/{}/{} line 2", &new[..2], &new[2..])]);
    assert_eq!((told.code, told.notices.len()), (1, 0), "{:?}", told.notices);
}
