//! Packs that lie.
//!
//! Holds: circles, bases that are not there, sizes that are not so, types that are none. Each must end, be told, and
//! leave everything else readable. Must not know: damage by accident.

use super::packing::{BLOB, COMMIT, Packing, Step, TREE, append, deflate, delta, distance, id};
use super::repository::{Repository, Room, Told, line, token};

fn empty(room: &Room) -> Repository<'_> {
    room.init("r", &["--bare"])
}

/// Searches, and sees that nothing broke down and the rest was read.
#[track_caller]
fn survives(repo: &Repository<'_>, found: &[u64], reasons: &[&str]) -> Told {
    let told = repo.tell();
    assert_eq!(told.found(1..20), found, "{}{}", told.said(), told.error);
    assert_eq!(told.reasons().into_iter().collect::<Vec<_>>(), reasons, "{}", told.said());
    let expected = if found.is_empty() { 3 } else { 1 };
    assert_eq!(
        (told.code, told.summary["complete"].as_bool()),
        (expected, Some(reasons.is_empty())),
        "{}",
        told.said()
    );
    told
}

#[test]
fn deltas_of_each_other_are_told() {
    let room = Room::new();
    let repo = empty(&room);
    let mut pack = Packing::new();
    pack.whole(id(1), BLOB, line(1).as_bytes());
    let text = append(100, line(2).as_bytes());
    // Two of each other, three in a ring, one of itself; and one that hangs on a ring.
    pack.on_name(id(2), id(3), &text);
    pack.on_name(id(3), id(2), &text);
    pack.on_name(id(4), id(5), &text);
    pack.on_name(id(5), id(6), &text);
    pack.on_name(id(6), id(4), &text);
    pack.on_name(id(7), id(7), &text);
    let last = pack.on_name(id(8), id(7), &text);
    pack.on_offset(id(9), last, &text);
    pack.write(&repo.store(), "circles");
    let told = survives(&repo, &[1], &["malformed"]);
    assert!(told.said().contains("8 objects"), "{}", told.said());
}

#[test]
fn a_circle_through_two_packs_is_told() {
    let room = Room::new();
    let repo = empty(&room);
    let text = append(100, line(2).as_bytes());
    for (name, own, other) in [("a", 2, 3), ("b", 3, 2)] {
        let mut pack = Packing::new();
        pack.whole(id(1), BLOB, line(1).as_bytes());
        pack.on_name(id(own), id(other), &text);
        pack.write(&repo.store(), name);
    }
    let told = repo.tell();
    assert_eq!((told.code, told.found(1..3)), (1, vec![1]), "{}", told.said());
    assert!(!told.notices.is_empty() && told.summary["complete"] == false);
}

#[test]
fn bases_that_lie_elsewhere_are_found_and_those_that_do_not_are_told() {
    let room = Room::new();
    let repo = empty(&room);
    let base = "nothing\n".repeat(50);
    let size = base.len() as u64;
    let loose = repo.object("blob", base.as_bytes());
    let loose: Vec<u8> = (0..20).map(|at| u8::from_str_radix(&loose[2 * at..2 * at + 2], 16).unwrap()).collect();
    let mut pack = Packing::new();
    // One in another pack, with a delta of its own; one in a file.
    let first = pack.on_name(id(1), id(100), &append(size, line(1).as_bytes()));
    let second = size + line(1).len() as u64;
    pack.on_offset(id(2), first, &append(second, line(2).as_bytes()));
    pack.on_name(id(3), loose.try_into().unwrap(), &append(size, line(3).as_bytes()));
    // One that is nowhere, with a delta of its own.
    let lost = pack.on_name(id(4), id(999), &append(size, line(4).as_bytes()));
    pack.on_offset(id(5), lost, &append(size, line(5).as_bytes()));
    pack.write(&repo.store(), "thin");
    let mut other = Packing::new();
    other.whole(id(100), BLOB, base.as_bytes());
    other.write(&repo.store(), "base");
    let told = survives(&repo, &[1, 2, 3], &["missing-objects"]);
    assert_eq!(told.notices.len(), 2, "each that is lost is named: {}", told.said());
}

#[test]
fn lies_about_sizes_and_types_are_told() {
    let room = Room::new();
    let repo = empty(&room);
    let text = |number: u64| line(number).into_bytes();
    let size = |number: u64| line(number).len() as u64;
    let mut pack = Packing::new();
    let sound = pack.whole(id(1), BLOB, &text(1));
    // What says to be larger, and smaller, than it is: what can be read of it is.
    pack.entry(id(2), BLOB, size(2) + 50, &[], &text(2));
    pack.entry(id(3), BLOB, size(3) - 4, &[], &text(3));
    pack.entry(id(4), BLOB, 1 << 60, &[], b"x");
    pack.entry(id(5), BLOB, u64::MAX >> 4, &[], b"x");
    // Types that do not exist, streams that are none or break off.
    pack.entry(id(6), 0, 5, &[], b"hello");
    pack.entry(id(7), 5, 5, &[], b"hello");
    pack.raw(id(8), BLOB, 100, &[], b"no stream at all");
    let whole = deflate(&[text(9), vec![b'x'; 3_000]].concat());
    pack.raw(id(9), BLOB, size(9) + 3_000, &[], &whole[..whole.len() - 8]);
    // Bases that are no entries.
    pack.entry(id(10), 6, 3, &distance(3), &append(5, b"x"));
    pack.entry(id(11), 6, 3, &distance(1 << 40), &append(5, b"x"));
    pack.entry(id(12), 6, 3, &[0], &append(5, b"x"));
    // Deltas that say wrong sizes, reach too far, break off or do not fill what they promise.
    let base = size(1);
    pack.on_offset(id(13), sound, &append(base + 1, b"x"));
    pack.on_offset(id(14), sound, &delta(base, 50, &[Step::Copy(base, 50)]));
    pack.on_offset(id(15), sound, &delta(base, 50, &[Step::Copy(0, 49)]));
    pack.on_offset(id(16), sound, &delta(base, 1 << 50, &[Step::Copy(0, 49)]));
    pack.on_offset(id(17), sound, &[0x80; 30]);
    pack.on_offset(id(18), sound, &[]);
    pack.on_offset(id(19), sound, &delta(base, 3, &[Step::Insert(&[1; 100])]));
    pack.write(&repo.store(), "lies");
    let told = repo.tell();
    assert_eq!(told.found([1, 2, 3]), [1, 2, 3], "{}", told.said());
    assert!(
        told.reasons().is_subset(&["malformed", "missing-objects", "too-large"].map(str::to_owned).into()),
        "{:?}",
        told.reasons()
    );
    let named = |number: u32| {
        let name: String = id(number).iter().map(|byte| format!("{byte:02x}")).collect();
        told.notices.iter().any(|notice| notice["path"].as_str().is_some_and(|path| path.ends_with(&name)))
    };
    assert!(!named(1), "{}", told.said());
    let silent: Vec<u32> = (2..=19).filter(|number| !named(*number)).collect();
    assert_eq!(silent, [0; 0], "each is told: {}", told.said());
}

#[test]
fn deltas_on_quiet_bases_that_lie_are_told() {
    let room = Room::new();
    let repo = empty(&room);
    let quiet = "nothing to be seen\n".repeat(1_000);
    let base = quiet.len() as u64;
    let mut pack = Packing::new();
    let at = pack.whole(id(1), BLOB, quiet.as_bytes());
    let sound = pack.on_offset(id(2), at, &append(base, b"more of it\n"));
    // They reach behind their base where nothing is looked at closely.
    pack.on_offset(id(3), at, &delta(base, base + 30_000, &[Step::Copy(0, base + 30_000)]));
    pack.on_offset(
        id(4),
        sound,
        &delta(base + 11, base + 5_011, &[Step::Copy(0, 10_000), Step::Copy(10_000, base - 4_989)]),
    );
    pack.write(&repo.store(), "quiet");
    let told = repo.tell();
    assert_eq!((told.code, told.findings.len()), (3, 0), "{}", told.said());
    assert_eq!(told.notices.len(), 2, "{}", told.said());
    assert_eq!(told.summary["objects"], 4, "{}", told.said());
}

#[test]
fn a_sound_copy_makes_up_for_a_damaged_one() {
    let room = Room::new();
    let repo = empty(&room);
    let text = |number: u64| line(number).into_bytes();
    let mut bad = Packing::new();
    bad.raw(id(1), BLOB, 200, &[], b"no stream");
    bad.on_name(id(2), id(77), &append(10, b"x"));
    let base = bad.raw(id(3), BLOB, 300, &[], b"none either");
    bad.on_offset(id(4), base, &append(300, b"x"));
    bad.raw(id(5), TREE, 300, &[], b"none either");
    bad.write(&repo.store(), "a-bad");
    let mut good = Packing::new();
    (1..=4).for_each(|number| {
        good.whole(id(number), BLOB, &text(u64::from(number)));
    });
    let blob = good.whole(id(6), BLOB, &text(6));
    good.whole(id(5), TREE, &[b"100644 x.env\0".as_slice(), &id(6)].concat());
    assert!(blob > 0);
    good.write(&repo.store(), "b-good");
    let told = repo.tell();
    assert_eq!(told.found(1..=6), [1, 2, 3, 4, 6], "{}", told.said());
    assert_eq!(told.place(6).path, "x.env", "{}", told.said());
    // A sound file beside a damaged pack.
    let room = Room::new();
    let repo = empty(&room);
    let loose = repo.object("blob", &text(1));
    let name: Vec<u8> = (0..20).map(|at| u8::from_str_radix(&loose[2 * at..2 * at + 2], 16).unwrap()).collect();
    let mut bad = Packing::new();
    bad.raw(name.try_into().unwrap(), BLOB, 200, &[], b"no stream");
    bad.write(&repo.store(), "a-bad");
    let told = repo.tell();
    assert_eq!(told.found([1]), [1], "{}", told.said());
}

#[test]
fn chains_without_end_and_families_without_number_are_read() {
    let room = Room::new();
    let repo = empty(&room);
    let mut pack = Packing::new();
    let text = "quiet\n".repeat(40);
    let mut size = text.len() as u64;
    let mut at = pack.whole(id(0), BLOB, text.as_bytes());
    let top = at;
    // Longer than git allows, a line a version.
    for number in 1..12_000 {
        let inserted = if number == 11_000 { line(1) } else { format!("v{number}\n") };
        at = pack.on_offset(
            id(number),
            at,
            &delta(size, size + inserted.len() as u64, &[Step::Copy(0, size), Step::Insert(inserted.as_bytes())]),
        );
        size += inserted.len() as u64;
    }
    for number in 20_000..40_000 {
        let inserted = if number == 33_333 { line(2) } else { format!("w{number}\n") };
        pack.on_offset(id(number), top, &append(text.len() as u64, inserted.as_bytes()));
    }
    pack.write(&repo.store(), "long");
    let told = repo.tell();
    assert_eq!(told.found([1, 2]), [1, 2], "{}", told.said());
    assert_eq!(told.summary["blobs"], 32_000);
    assert_eq!(told.notices.len(), 0, "{}", told.said());
}

#[test]
fn commits_in_a_circle_end() {
    let room = Room::new();
    let repo = empty(&room);
    let hex = |number: u32| -> String { id(number).iter().map(|byte| format!("{byte:02x}")).collect() };
    let people = "author A <a@b> 1767225600 +0000\ncommitter A <a@b> 1767225600 +0000\n";
    let mut pack = Packing::new();
    pack.whole(id(1), BLOB, line(1).as_bytes());
    // A tree in itself, two in each other, and commits that are each other's parents.
    pack.whole(id(2), TREE, &[b"40000 again\0".as_slice(), &id(2), b"100644 x.env\0", &id(1)].concat());
    pack.whole(id(3), TREE, &[b"40000 down\0".as_slice(), &id(4)].concat());
    pack.whole(id(4), TREE, &[b"40000 up\0".as_slice(), &id(3), b"100644 y.env\0", &id(1)].concat());
    for (own, parent, tree) in [(5, 6, 2), (6, 5, 3), (7, 7, 2)] {
        let text = format!("tree {}\nparent {}\n{people}\n{}\n", hex(tree), hex(parent), token(u64::from(own)));
        pack.whole(id(own), COMMIT, text.as_bytes());
    }
    pack.write(&repo.store(), "circles");
    repo.write("refs/heads/main", format!("{}\n", hex(5))).write("refs/heads/other", format!("{}\n", hex(7)));
    let told = repo.tell();
    assert_eq!(told.found([1, 5, 6, 7]), [1, 5, 6, 7], "{}", told.said());
    assert!(!told.reasons().contains("panicked"), "{}", told.said());
    let places = told.places(&token(1));
    assert!(places.iter().all(|place| place.path.ends_with("x.env") || place.path.ends_with("y.env")));
    assert_eq!(told.place(5).reachable.as_deref(), Some("tip"));
}
