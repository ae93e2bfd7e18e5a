//! Archives of other programs: what they unpack again is what we find.

use crate::program::Bench;
use crate::repository::line;
use crate::sight::{NUMBERS, Sight, agree, certain, long, shown};

/// An archive of all that is in the folder, and how to unpack it.
type Way = (&'static str, &'static str, &'static str);

const SEVEN: &str = "$seven x -y -o. \"$archive\"";

/// By zip and 7-Zip.
const ZIPS: [Way; 18] = [
    ("deflate.zip", "zip -qr \"$archive\" .", "unzip -q \"$archive\""),
    ("stored.zip", "zip -qr0 \"$archive\" .", "unzip -q \"$archive\""),
    ("bzip2.zip", "zip -qr -Z bzip2 \"$archive\" .", "unzip -q \"$archive\""),
    ("passing.zip", "zip -qr - . | cat > \"$archive\"", "unzip -q \"$archive\""),
    ("seven-stored.zip", "$seven a -tzip -mm=Copy \"$archive\" .", SEVEN),
    ("seven-deflate.zip", "$seven a -tzip -mm=Deflate -mx=9 \"$archive\" .", "unzip -q \"$archive\""),
    ("deflate64.zip", "$seven a -tzip -mm=Deflate64 \"$archive\" .", "unzip -q \"$archive\""),
    ("seven-bzip2.zip", "$seven a -tzip -mm=BZip2 \"$archive\" .", "unzip -q \"$archive\""),
    ("lzma.zip", "$seven a -tzip -mm=LZMA \"$archive\" .", SEVEN),
    ("lzma2.7z", "$seven a \"$archive\" .", SEVEN),
    ("lzma.7z", "$seven a -m0=LZMA -mx=9 \"$archive\" .", SEVEN),
    ("ppmd.7z", "$seven a -m0=PPMd \"$archive\" .", SEVEN),
    ("bzip2.7z", "$seven a -m0=BZip2 \"$archive\" .", SEVEN),
    ("deflate.7z", "$seven a -m0=Deflate \"$archive\" .", SEVEN),
    ("stored.7z", "$seven a -mx=0 \"$archive\" .", SEVEN),
    ("apart.7z", "$seven a -ms=off \"$archive\" .", SEVEN),
    ("filtered.7z", "$seven a -m0=BCJ2 -m1=LZMA -m2=LZMA -m3=LZMA -mb0:1 -mb0s1:2 -mb0s2:3 \"$archive\" .", SEVEN),
    ("delta.7z", "$seven a -mf=Delta:4 \"$archive\" .", SEVEN),
];

const TAR: &str = "tar -xf \"$archive\"";
const CPIO: &str = "cpio -id --quiet < \"$archive\"";
const LISTED: &str = "find . -type f | sed 's,^\\./,,' | cpio -o --quiet";

/// By tar, cpio and ar.
const TARS: [Way; 17] = [
    ("v7.tar", "tar --format=v7 -cf \"$archive\" *", TAR),
    ("oldgnu.tar", "tar --format=oldgnu -cf \"$archive\" *", TAR),
    ("gnu.tar", "tar --format=gnu -cf \"$archive\" *", TAR),
    ("ustar.tar", "tar --format=ustar -cf \"$archive\" *", TAR),
    ("pax.tar", "tar --format=posix -cf \"$archive\" *", TAR),
    ("a.tar.gz", "tar -czf \"$archive\" *", TAR),
    ("a.tgz", "tar --format=posix -czf \"$archive\" *", TAR),
    ("a.tar.bz2", "tar -cjf \"$archive\" *", TAR),
    ("a.tar.xz", "tar -cJf \"$archive\" *", TAR),
    ("a.tar.zst", "tar --zstd -cf \"$archive\" *", TAR),
    ("a.tar.lzma", "tar --lzma -cf \"$archive\" *", "tar --lzma -xf \"$archive\""),
    ("a.tar.lz4", "tar -cf - * | lz4 -qz - \"$archive\"", "lz4 -qdc \"$archive\" | tar -xf -"),
    ("newc.cpio", "LISTED -H newc > \"$archive\"", CPIO),
    ("crc.cpio", "LISTED -H crc > \"$archive\"", CPIO),
    ("odc.cpio", "LISTED -H odc > \"$archive\"", CPIO),
    ("bin.cpio", "LISTED -H bin > \"$archive\"", CPIO),
    ("gnu.a", "ar rc \"$archive\" *.env", "ar x \"$archive\""),
];

#[test]
fn zip_and_seven_zip() {
    if let Some(bench) = Bench::with(&["zip", "unzip", "7zz|7z|7za"]) {
        unpack_as_they_do(&bench, &ZIPS);
    }
}

#[test]
fn tar_and_cpio() {
    if let Some(bench) = Bench::with(&["tar", "gzip", "bzip2", "xz", "zstd", "lz4", "cpio", "ar"]) {
        unpack_as_they_do(&bench, &TARS);
    }
}

/// Packs five credentials in each way, unpacks them again, and compares.
fn unpack_as_they_do(bench: &Bench, ways: &[Way]) {
    let (mut numbers, mut theirs): (_, Vec<Sight>) = (NUMBERS, Vec::new());
    for (name, pack, unpack) in ways {
        let mut next = || numbers.next().expect("there are enough");
        let from = format!("from-{name}");
        bench.write(&format!("{from}/short.env"), line(next()));
        bench.write(&format!("{from}/empty.txt"), "");
        bench.write(&format!("{from}/zażółć.txt"), line(next()));
        bench.write(&format!("{from}/dir/deep/{}.txt", "x".repeat(60)), line(next()) + &line(next()));
        bench.write(&format!("{from}/dir/long.txt"), long(next(), 200_000));
        let archive = format!("archive=\"$(cd ..; pwd)/in/{name}\"; mkdir -p ../in;");
        bench.shell(&from, &format!("{archive} {}", pack.replace("LISTED", LISTED)));
        let to = format!("to-{name}");
        bench.shell(&to, &format!("{archive} {unpack}"));
        for (inner, bytes) in bench.files(&to) {
            theirs.extend(shown(&bytes).into_iter().map(|print| ((*name).to_owned(), inner.clone(), print)));
        }
        let seen = theirs.iter().filter(|(file, ..)| file == name).count();
        assert!(seen == 5 || *name == "gnu.a" && seen == 1, "{name}: the witness sees {seen}");
    }
    theirs.sort();
    agree(&certain(bench, "in"), &theirs);
}
