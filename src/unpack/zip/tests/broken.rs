//! Archives that were cut, damaged, put behind or before something else.
//!
//! Holds: that everything that is there is found. Must not know: how.

use super::*;
use crate::unpack::recorded::torture;

const DESCRIBED: u16 = 1 << 3;

fn without_directory(packed: &[u8]) -> Vec<u8> {
    let at = memchr::memmem::find(packed, b"PK\x01\x02").unwrap();
    packed[..at].to_vec()
}

#[test]
fn what_was_made_in_the_step_that_meets_damage_is_kept() {
    let text = b"needle-1 ".repeat(100);
    // A block that is stored, and one of a kind that there is not.
    let packed = [&[0, 0x84, 3, 0x7B, 0xFC][..], &text, &[7]].concat();
    let archive = [local("a", 0, 8, &text, (packed.len() as u32, 900)), packed].concat();
    let recorded = open(&archive);
    assert_eq!(recorded.named("a").bytes, text);
    assert_eq!(reasons(&recorded)[0], Reason::Malformed);
}

#[test]
fn members_are_found_without_a_directory() {
    let recorded = open(&without_directory(&plain()));
    assert_eq!(recorded.names(), ["a.txt", "sub/b.txt"]);
    assert_eq!(recorded.named("sub/b.txt").bytes, text(200));
    assert_eq!(texts(&recorded), ["has no directory; its members were found by their own headers"]);
    assert!(!recorded.troubles[0].1.incomplete);
}

#[test]
fn members_of_which_the_sizes_follow_are_found() {
    let content = text(300);
    let packed = deflate(&content);
    let sizes = [crc(&content), packed.len() as u32, content.len() as u32].map(u32::to_le_bytes).concat();
    let wide =
        [&crc(&content).to_le_bytes()[..], &[packed.len() as u64, content.len() as u64].map(u64::to_le_bytes).concat()];
    let member = |behind: &[u8]| [&local("a", DESCRIBED, 8, b"", (0, 0)), &packed[..], behind].concat();
    let marked = [b"PK\x07\x08", &sizes[..]].concat();
    let marked_wide = [b"PK\x07\x08", &wide.concat()[..]].concat();
    for behind in [&marked[..], &marked_wide, &sizes, b""] {
        let recorded = open(&[member(behind), plain()].concat());
        assert_eq!(recorded.names(), ["a.txt", "sub/b.txt", "a"], "{behind:?}");
        assert!(recorded.named("a").bytes == content && recorded.troubles.is_empty(), "{:?}", recorded.troubles);
        let recorded = open(&member(behind));
        assert!(recorded.named("a").bytes == content && reasons(&recorded) == [Reason::Malformed]);
    }
    let stored = [local("b", DESCRIBED, 0, b"", (0, 0)), b"needle".to_vec()].concat();
    let behind = [b"PK\x07\x08", &[crc(b"needle"), 6, 6].map(u32::to_le_bytes).concat()[..]].concat();
    assert_eq!(open(&[stored.clone(), behind].concat()).named("b").text(), "needle");
    assert_eq!(open(&stored).named("b").text(), "needle");
}

#[test]
fn members_that_the_directory_does_not_name_are_found() {
    let hidden = [local("hidden", 0, 0, b"needle", (6, 6)), b"needle".to_vec()].concat();
    for packed in [[hidden.clone(), plain()].concat(), [plain(), hidden.clone()].concat()] {
        assert_eq!(open_sound(&packed).named("hidden").text(), "needle");
    }
}

#[test]
fn things_in_front_and_behind_do_no_harm() {
    let sample = plain();
    let stub = [b"MZ", &vec![0x90; 70_000][..], b"PK\x03\x04 is a mark", &[7; 100]].concat();
    let commented = {
        let mut bytes = sample.clone();
        let at = bytes.len() - 2;
        bytes[at..].copy_from_slice(&9_u16.to_le_bytes());
        [bytes, b"a comment".to_vec()].concat()
    };
    for packed in [[stub.clone(), sample.clone()].concat(), commented, [sample.clone(), vec![b'x'; 90_000]].concat()] {
        let recorded = open_sound(&packed);
        assert_eq!(recorded.names(), ["a.txt", "sub/b.txt"]);
    }
    let behind = written(|writer| add(writer, "other", b"needle", deflated()));
    assert_eq!(open_sound(&[sample, behind].concat()).names(), ["other", "a.txt", "sub/b.txt"]);
    // The front was cut off, so that all places are too high.
    let long = [plain(), plain()].concat();
    let recorded = open(&long[50..]);
    assert_eq!(recorded.named("sub/b.txt").bytes, text(200));
}

#[test]
fn a_cut_member_is_read_as_far_as_it_goes() {
    let sample = plain();
    let cut = &sample[..sample.len() / 2];
    let recorded = open(cut);
    assert_eq!(recorded.named("a.txt").text(), "needle-a");
    let got = &recorded.named("sub/b.txt").bytes;
    assert!(!got.is_empty() && text(200).starts_with(got));
    assert_eq!(texts(&recorded), ["ends early", "has no directory; its members were found by their own headers"]);
}

#[test]
fn damage_to_one_member_is_told_of_it_alone() {
    let mut sample = written(|writer| {
        ["a", "b", "c"].iter().for_each(|name| add(writer, name, &text(300), stored()));
    });
    let at = sample.len() / 2;
    sample[at] ^= 1;
    let recorded = open(&sample);
    assert_eq!(recorded.names(), ["a", "b", "c"]);
    let troubles: Vec<_> = recorded.troubles.iter().map(|(name, trouble)| (name.as_deref(), &*trouble.text)).collect();
    assert_eq!(troubles, [(Some("b"), "does not match its checksum")]);
}

#[test]
fn places_that_are_wrong_are_told_and_made_good() {
    let mut sample = plain();
    let at = memchr::memmem::rfind(&sample, b"PK\x01\x02").unwrap();
    sample[at + 42] ^= 0x55;
    let recorded = open(&sample);
    assert_eq!(recorded.named("sub/b.txt").bytes, text(200));
    assert_eq!(texts(&recorded), ["names 1 members at places where none begins"]);
}

#[test]
fn sizes_that_lie_are_told() {
    let content = text(300);
    let packed = deflate(&content);
    let archive = |size: u32| {
        let sizes = (size, content.len() as u32);
        let member = [local("a", 0, 8, &content, sizes), packed.clone()].concat();
        let second = [local("b", 0, 0, b"two", (3, 3)), b"two".to_vec()].concat();
        let listed =
            [central("a", 0, 8, &content, sizes, 0), central("b", 0, 0, b"two", (3, 3), member.len() as u32)].concat();
        let end = ending(2, listed.len(), member.len() + second.len());
        [member, second, listed, end].concat()
    };
    // Too small: the stream itself knows better.
    let recorded = open_sound(&archive(5));
    assert!(recorded.named("a").bytes == content && recorded.named("b").text() == "two");
    // Too large: it reaches over what follows.
    let recorded = open(&archive(packed.len() as u32 + 100));
    assert!(recorded.named("a").bytes == content && recorded.named("b").text() == "two");
    assert_eq!(texts(&recorded), ["ends 100 bytes before its size says; these were scanned as they are"]);
    let recorded = open(&archive(u32::MAX - 1));
    assert!(recorded.named("a").bytes == content && recorded.named("b").text() == "two");
}

#[test]
fn headers_that_disagree_are_both_believed() {
    let content = text(50);
    let packed = deflate(&content);
    let sizes = (packed.len() as u32, content.len() as u32);
    let member = [local("a", 0, 8, &content, sizes), packed].concat();
    let listed = central("a", 0, 0, &content, sizes, 0);
    let end = ending(1, listed.len(), member.len());
    let recorded = open(&[member, listed, end].concat());
    assert!(recorded.members.iter().any(|member| member.bytes == content));
    assert_eq!(
        texts(&recorded),
        ["does not match its checksum", "describes 1 members in two ways; these were read in both"]
    );
}

#[test]
fn parts_of_split_archives_are_told() {
    let mut sample = plain();
    let at = sample.len() - 22;
    sample[at + 4] = 3;
    sample[at + 8] = 1;
    let recorded = open(&[b"PK\x07\x08", &sample[..]].concat());
    assert_eq!(recorded.names(), ["a.txt", "sub/b.txt"]);
    assert!(texts(&recorded)[0].contains("split"), "{:?}", recorded.troubles);
}

#[test]
fn nothing_breaks_it() {
    use CompressionMethod as Method;
    torture(&FORMAT, &plain());
    torture(&FORMAT, &without_directory(&plain()));
    for method in [Method::Bzip2, Method::Zstd, Method::Xz] {
        torture(&FORMAT, &written(|writer| add(writer, "a", &text(300), stored().compression_method(method))));
    }
    torture(&FORMAT, include_bytes!("../../../../corpus/formats/zip/deflate64.zip"));
    torture(&FORMAT, include_bytes!("../../../../corpus/formats/zip/lzma.zip"));
}
