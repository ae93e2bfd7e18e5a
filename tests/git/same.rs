//! What must make no difference: threads, and how objects are kept.
//!
//! Holds: the same repository loose, packed in several ways and copied; and random objects, whose findings are those
//! of searching each object by itself. Must not know: what is found where.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;

use ksefleaks::{JwtForm, Sampler};
use serde_json::Value;

use super::repository::{Repository, Room, Told, line};

/// Findings without what names the repository.
fn findings(told: &Told) -> Vec<String> {
    told.findings.iter().map(Value::to_string).collect()
}

fn counts(told: &Told) -> Vec<Option<u64>> {
    ["objects", "blobs", "commits", "members", "placeholders", "examples"]
        .map(|name| told.summary[name].as_u64())
        .into()
}

#[test]
fn threads_and_packing_change_nothing() {
    let room = Room::new();
    let repo = room.init("r", &[]);
    for number in 0..24_u64 {
        let name = format!("{}/{}.env", number % 3, number % 5);
        repo.write(&name, line(number % 7) + &"text\n".repeat(number as usize));
        repo.commit(&format!("nr {number}"));
    }
    repo.git(&["checkout", "-q", "-b", "side", "HEAD~9"]);
    repo.write("ksef.txt", "placeholder").write("0/1.env", line(40)).commit("side");
    repo.object("blob", line(41).as_bytes());
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    let first = repo.tell_with(&["--jobs", "1"]);
    assert!(first.findings.len() > 8, "{}", first.said());
    let ways: [&[&str]; 5] = [
        &["status"],
        &["repack", "-q", "-d"],
        &["repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=50"],
        &["repack", "-q", "-a", "-d", "-F", "--depth=2"],
        &["-c", "pack.compression=0", "repack", "-q", "-a", "-d", "-F", "--depth=0", "--window=0"],
    ];
    for way in ways {
        repo.git(way);
        for jobs in ["1", "2", "8"] {
            let told = repo.tell_with(&["--jobs", jobs]);
            assert_eq!(findings(&first), findings(&told), "{way:?} with {jobs} threads");
            assert_eq!(counts(&first), counts(&told), "{way:?} with {jobs} threads");
            assert_eq!(told.notices.len(), 0, "{}", told.said());
        }
    }
}

/// Pieces of what is searched for, whole and cut in two, in every dress.
fn pieces(sampler: &mut Sampler) -> Vec<Vec<u8>> {
    let token = sampler.token();
    let jwt = sampler.jwt(&JwtForm::default());
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(format!("KSEF_TOKEN={}\n", sampler.token()).as_bytes()).unwrap();
    let packed = base64(&encoder.finish().unwrap());
    let half = |text: &str, sampler: &mut Sampler| {
        let at = sampler.below(text.len() as u64) as usize;
        [text.as_bytes()[..at].to_vec(), text.as_bytes()[at..].to_vec()]
    };
    let body = base64(format!("x={token} and more\n").as_bytes());
    let mut all = vec![
        token.clone().into_bytes(),
        jwt.clone().into_bytes(),
        body.clone().into_bytes(),
        wide(&token),
        packed.clone().into_bytes(),
        format!("KSEF_TOKEN={}\n", sampler.token40()).into_bytes(),
        format!("ksef secret: {}\n", sampler.secret()).into_bytes(),
        sampler.hex(64).into_bytes(),
        b"KSeF ".to_vec(),
        b"\nNIP;Token KSeF\n".to_vec(),
        token.bytes().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes(),
        token.replace('|', "%7C").into_bytes(),
    ];
    for text in [&token, &jwt, &body, &packed] {
        all.extend(half(text, sampler));
    }
    let cut = wide(&token);
    all.extend(cut.chunks(1 + sampler.below(120) as usize).map(<[u8]>::to_vec));
    all
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let index = (word >> (18 - 6 * digit) & 63) as usize;
            text.push(if digit > chunk.len() { '=' } else { char::from(DIGITS[index]) });
        }
    }
    text
}

/// Versions of one text, each made of the last by a few edits.
fn family(sampler: &mut Sampler, count: usize) -> Vec<Vec<u8>> {
    let mut text: Vec<u8> = (0..200 + sampler.below(1_500)).flat_map(|_| quiet(sampler)).collect();
    let mut all = vec![text.clone()];
    for _ in 1..count {
        for _ in 0..=sampler.below(4) {
            let at = sampler.below(text.len() as u64 + 1) as usize;
            match sampler.below(10) {
                0 | 1 => {
                    let end = text.len().min(at + 1 + sampler.below(200) as usize);
                    text.drain(at..end);
                }
                2 => {
                    // Something moves.
                    let end = text.len().min(at + 1 + sampler.below(3_000) as usize);
                    let piece: Vec<u8> = text.drain(at..end).collect();
                    let to = sampler.below(text.len() as u64 + 1) as usize;
                    text.splice(to..to, piece);
                }
                3..=6 => {
                    let piece: Vec<u8> = quiet(sampler);
                    text.splice(at..at, piece);
                }
                _ => {
                    let mut pieces = pieces(sampler);
                    let piece = pieces.swap_remove(sampler.below(pieces.len() as u64) as usize);
                    text.splice(at..at, piece);
                }
            }
        }
        all.push(text.clone());
    }
    all
}

/// A line in which there is nothing.
fn quiet(sampler: &mut Sampler) -> Vec<u8> {
    let length = sampler.below(40) as usize;
    match sampler.below(30) {
        0 => vec![0; length],
        1 => sampler.string(b"ABCDEFabcdef0123456789+/", 30 + length).into_bytes(),
        _ => (sampler.string(b"abcdefghij klmno.,", length) + "\n").into_bytes(),
    }
}

type Places = BTreeSet<(String, String, u64, u64, String)>;

/// What was found where; the object as `name` tells it from the path.
fn places(told: &Told, name: impl Fn(&str) -> String) -> Places {
    let mut places = Places::new();
    for finding in &told.findings {
        let locations = finding["locations"].as_array().unwrap();
        assert_eq!(finding["count"].as_u64(), Some(locations.len() as u64), "all are listed");
        for location in locations {
            let number = |field: &str| location[field].as_u64().unwrap_or(u64::MAX);
            places.insert((
                finding["secret"]["sha256"].to_string(),
                name(location["path"].as_str().unwrap()),
                number("offset"),
                number("line"),
                location["clothes"].to_string(),
            ));
        }
    }
    places
}

/// Puts texts into one pack of deltas; returns the names of the objects.
fn pack(repo: &Repository<'_>, families: &[Vec<Vec<u8>>]) -> Vec<String> {
    let (mut stream, mut list, mut names) = (Vec::new(), String::new(), Vec::new());
    for (number, text) in families.iter().flatten().enumerate() {
        stream.extend_from_slice(format!("blob\nmark :{}\ndata {}\n", number + 1, text.len()).as_bytes());
        stream.extend_from_slice(text);
        stream.push(b'\n');
    }
    let marks = repo.room.path("marks");
    repo.feed(&["fast-import", "--quiet", &format!("--export-marks={}", marks.display())], &stream);
    let marks = fs::read_to_string(marks).unwrap();
    let mut marks: Vec<(usize, &str)> = marks
        .lines()
        .map(|line| line.split_once(' ').map(|(mark, id)| (mark[1..].parse().unwrap(), id)).unwrap())
        .collect();
    marks.sort_unstable();
    let families = families.iter().enumerate().flat_map(|(number, texts)| texts.iter().map(move |_| number));
    for ((_, id), family) in marks.iter().zip(families) {
        // Those of one name become deltas of each other.
        list.extend([format!("{id} family-{family}.txt\n")]);
        names.push((*id).to_owned());
    }
    let old: Vec<_> = repo.packs("pack").into_iter().chain(repo.packs("idx")).collect();
    let base = repo.store().join("pack/pack");
    let words = ["pack-objects", "-q", "--window=12", "--depth=40", "--no-reuse-delta", base.to_str().unwrap()];
    repo.feed(&words, list.as_bytes());
    old.into_iter().for_each(|path| fs::remove_file(path).unwrap());
    names
}

#[test]
fn deltas_are_searched_as_if_each_object_were_searched_by_itself() {
    for seed in 0..6 {
        let room = Room::new();
        let repo = room.init("r", &["--bare"]);
        let mut sampler = Sampler::new(1_000 + seed);
        let families: Vec<Vec<Vec<u8>>> = (0..4).map(|_| family(&mut sampler, 30)).collect();
        let names = pack(&repo, &families);
        let files = room.path("files");
        fs::create_dir(&files).unwrap();
        for (name, text) in names.iter().zip(families.iter().flatten()) {
            // A name of forty digits would be looked at itself.
            fs::write(files.join(format!("o-{}", &name[..20])), text).unwrap();
        }
        let all = ["--max-locations", "1000000", "--max-hits", "1000000"];
        let plain = room.tell(&[&["scan", "files"][..], &all].concat());
        let expected = places(&plain, |path| path.rsplit_once("o-").unwrap().1.to_owned());
        assert!(expected.len() > 200, "{}", expected.len());
        for jobs in ["1", "2", "8"] {
            let told = repo.tell_with(&[&all[..], &["--jobs", jobs]].concat());
            let found = places(&told, |path| path.strip_prefix("blob ").unwrap()[..20].to_owned());
            let (missed, more): (Vec<_>, Vec<_>) =
                (expected.difference(&found).collect(), found.difference(&expected).collect());
            assert!(
                missed.is_empty() && more.is_empty(),
                "seed {seed}, {jobs} threads: missed {missed:#?}, more {more:#?}"
            );
            assert_eq!(
                (&told.summary["blobs"], &told.summary["placeholders"]),
                (&Value::from(names.iter().collect::<BTreeSet<_>>().len()), &plain.summary["placeholders"])
            );
            let bytes =
                families.iter().flatten().collect::<BTreeSet<_>>().iter().map(|text| text.len() as u64).sum::<u64>();
            assert!(told.summary["bytes"].as_u64().unwrap() >= bytes);
        }
    }
}
