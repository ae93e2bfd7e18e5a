//! One table: a file of blocks.
//!
//! Holds: finding and unpacking the blocks that have refs and logs. Indexes are not needed to read all,
//! and are passed over. There is no crate for this format that keeps within bounds. Must not know: other
//! tables, or what becomes of a record.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use flate2::bufread::ZlibDecoder;
use gix::hash::Kind;

use super::record::{self, Record, Sort};

/// How many times its own size a table of more than `MUCH` may expand to.
const RATIO: u64 = 64;

/// Bytes that any table may expand to.
const MUCH: u64 = 1 << 30;

/// Why a table was not read to its end.
#[derive(Debug)]
pub(super) enum Fault {
    /// The system refused.
    Io(io::Error),
    /// What is wrong with it.
    Broken(&'static str),
    /// Its logs expand to more than they may.
    Expands(u64),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Broken("it ends early") } else { Self::Io(error) }
    }
}

/// What takes what is read.
pub(super) trait Visit {
    /// A record.
    fn record(&mut self, record: Record<'_>);
    /// Bytes of a block that are no records, as they are.
    fn damaged(&mut self, bytes: &[u8]);
    /// Whether to stop.
    fn is_over(&self) -> bool;
}

/// Reads all refs, then all logs. What is broken does not keep the rest from being read; the first fault
/// is told.
pub(super) fn read<R: BufRead + Seek>(source: R, size: u64, hash: Kind, visit: &mut dyn Visit) -> Result<(), Fault> {
    let mut table = Table::open(source, size, hash)?;
    let end = table.read_refs(visit);
    match table.log_at {
        // There are none, or the file has nothing else.
        Some(0) if end > 0 => {}
        Some(at) => table.read_logs(at, visit),
        // Without its foot a table does not say where the logs begin; often it is here.
        None => {
            table.read_logs(end, visit);
            table.fail(Fault::Broken("its end is damaged"));
        }
    }
    table.fault.map_or(Ok(()), Err)
}

struct Table<R> {
    source: R,
    hash: Kind,
    /// Bytes of the head of the file, which are part of its first block.
    head: u64,
    /// Where blocks end and the foot of the file begins.
    end: u64,
    /// What blocks of refs are filled up to, if anything.
    aligned: u64,
    /// Where the logs are, if the foot could be read; 0 = nowhere, or at the beginning.
    log_at: Option<u64>,
    /// Bytes that logs may still expand to.
    allowed: u64,
    limit: u64,
    /// The first thing that was wrong.
    fault: Option<Fault>,
}

impl<R: BufRead + Seek> Table<R> {
    fn open(mut source: R, size: u64, hash: Kind) -> Result<Self, Fault> {
        let mut head = [0; 28];
        source.read_exact(&mut head[..24])?;
        let length = match &head[..5] {
            b"REFT\x01" => 24,
            b"REFT\x02" => 28,
            b"REFT" => return Err(Fault::Broken("it ends early")),
            _ => return Err(Fault::Broken("it is no table of a version that is known")),
        };
        source.read_exact(&mut head[24..length])?;
        let theirs = match &head[24..length] {
            b"" | b"sha1" => Kind::Sha1,
            b"s256" => Kind::Sha256,
            _ => return Err(Fault::Broken("its digests are of no known sort")),
        };
        if theirs != hash {
            return Err(Fault::Broken("its digests are not those of the repository"));
        }
        let foot = length as u64 + 44;
        let end = size.saturating_sub(foot).max(length as u64);
        let limit = MUCH.max(size.saturating_mul(RATIO));
        let aligned = u64::from(u32::from_be_bytes([0, head[5], head[6], head[7]]));
        let mut table =
            Self { source, hash, head: length as u64, end, aligned, log_at: None, allowed: limit, limit, fault: None };
        table.log_at = table.read_foot(&head[..length])?;
        // A foot that is none may be a part of the blocks.
        if table.log_at.is_none() {
            table.end = size;
        }
        Ok(table)
    }

    /// Where the logs begin, if the foot is in order.
    fn read_foot(&mut self, head: &[u8]) -> Result<Option<u64>, Fault> {
        let mut foot = [0; 72];
        let foot = &mut foot[..head.len() + 44];
        self.source.seek(SeekFrom::Start(self.end))?;
        match self.source.read_exact(foot) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            result => result?,
        }
        let (said, sum) = foot.split_at(foot.len() - 4);
        let mut crc = flate2::Crc::new();
        crc.update(said);
        let log_at = &said[head.len() + 24..head.len() + 32];
        let good = said.starts_with(head) && crc.sum().to_be_bytes() == *sum;
        Ok(log_at.try_into().ok().filter(|_| good).map(u64::from_be_bytes))
    }

    /// Visits all refs, and tells where they end.
    fn read_refs(&mut self, visit: &mut dyn Visit) -> u64 {
        let (mut at, mut block) = (0, Vec::new());
        while !visit.is_over() {
            match self.read_refs_at(at, &mut block, visit) {
                Ok(Some(next)) => at = next,
                Ok(None) => break,
                Err(fault) => {
                    self.fail(fault);
                    break;
                }
            }
        }
        at
    }

    /// Reads one block of refs, and tells where the next one is; nothing where there is none.
    fn read_refs_at(&mut self, at: u64, block: &mut Vec<u8>, visit: &mut dyn Visit) -> Result<Option<u64>, Fault> {
        let Some((length, body)) = self.block_head(at, b'r')? else { return Ok(None) };
        if at + length > self.end {
            return Err(Fault::Broken("a block of it is longer than the rest"));
        }
        block.resize(body, 0);
        self.source.read_exact(block)?;
        self.visit_records(block, Sort::Refs, visit);
        // The next block follows at once, or after zeros up to the next multiple.
        let next = at + length;
        let padded = next < self.end && length < self.aligned && self.source.fill_buf()?.first() == Some(&0);
        Ok(Some(if padded { at + self.aligned } else { next }))
    }

    fn read_logs(&mut self, from: u64, visit: &mut dyn Visit) {
        let (mut at, mut block) = (from, zeroize::Zeroizing::new(Vec::new()));
        while !visit.is_over() {
            match self.read_logs_at(at, &mut block, visit) {
                Ok(Some(next)) => at = next,
                Ok(None) => break,
                Err(fault) => {
                    self.fail(fault);
                    break;
                }
            }
        }
    }

    /// Reads one block of logs, and tells where the next one is; nothing where there is none.
    fn read_logs_at(&mut self, at: u64, block: &mut Vec<u8>, visit: &mut dyn Visit) -> Result<Option<u64>, Fault> {
        let Some((_, body)) = self.block_head(at, b'g')? else { return Ok(None) };
        self.allowed = self.allowed.checked_sub(body as u64).ok_or(Fault::Expands(self.limit))?;
        let packed = self.inflate(body, block).inspect_err(|_| visit.damaged(block))?;
        self.visit_records(block, Sort::Logs, visit);
        Ok(Some(at + if at == 0 { self.head } else { 0 } + 4 + packed))
    }

    /// Visits the records of a block, and what cannot be read as such.
    fn visit_records(&mut self, block: &[u8], sort: Sort, visit: &mut dyn Visit) {
        if let Err(at) = record::each(block, sort, self.hash, &mut |record| visit.record(record)) {
            visit.damaged(block.get(at..).unwrap_or_default());
            self.fail(Fault::Broken("a record of it is damaged"));
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    /// Fills the block, and tells how many bytes it had in the file.
    fn inflate(&mut self, size: usize, block: &mut Vec<u8>) -> Result<u64, Fault> {
        block.clear();
        let mut decoder = ZlibDecoder::new(&mut self.source);
        let mut chunk = [0; 16 << 10];
        loop {
            match decoder.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) if block.len() + count <= size => block.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => return Err(Fault::Broken("a block of its logs is damaged")),
            }
        }
        let packed = decoder.total_in();
        if block.len() == size { Ok(packed) } else { Err(Fault::Broken("a block of its logs is damaged")) }
    }

    /// The length of a block of such a sort, and that of its body; nothing where none begins. The first
    /// block of a file counts the head of the file, too.
    fn block_head(&mut self, at: u64, sort: u8) -> Result<Option<(u64, usize)>, Fault> {
        let before = if at == 0 { self.head } else { 0 };
        if at.saturating_add(before + 4) > self.end {
            return Ok(None);
        }
        let mut head = [0; 4];
        self.source.seek(SeekFrom::Start(at + before))?;
        self.source.read_exact(&mut head)?;
        if head[0] != sort {
            return Ok(None);
        }
        let length = u64::from(u32::from_be_bytes([0, head[1], head[2], head[3]]));
        let body = length.checked_sub(before + 4).and_then(|body| usize::try_from(body).ok());
        body.map(|body| Some((length, body))).ok_or(Fault::Broken("a block of it is shorter than its head"))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;
    use crate::source::git::refs::made::{Made, bytes};

    #[derive(Default)]
    struct Count {
        refs: usize,
        logs: usize,
        damaged: usize,
    }

    impl Visit for Count {
        fn record(&mut self, record: Record<'_>) {
            match record {
                Record::Ref(..) => self.refs += 1,
                Record::Log(..) => self.logs += 1,
            }
        }

        fn damaged(&mut self, bytes: &[u8]) {
            self.damaged += bytes.len();
        }

        fn is_over(&self) -> bool {
            false
        }
    }

    fn count(table: &[u8], hash: Kind) -> (Count, Result<(), Fault>) {
        let mut count = Count::default();
        let result = super::read(Cursor::new(table), table.len() as u64, hash, &mut count);
        (count, result)
    }

    /// Tables of several blocks, with and without digests of their own sort.
    fn tables() -> Vec<(Vec<u8>, Kind)> {
        let mut tables = Vec::new();
        for (digest, hash) in [("sha1", Kind::Sha1), ("sha256", Kind::Sha256)] {
            let made = Made::new("reftable", digest);
            made.git(&["config", "reftable.blockSize", "512"]);
            for n in 0..12 {
                made.git(&["commit", "-q", "--allow-empty", "-m", &format!("message {n}")]);
                made.git(&["branch", &format!("branch{n}")]);
            }
            made.git(&["pack-refs", "--all"]);
            for entry in made.top().join(".git/reftable").read_dir().unwrap() {
                let table = bytes(&entry.unwrap().path());
                if table.starts_with(b"REFT") {
                    tables.push((table, hash));
                }
            }
        }
        assert!(tables.len() >= 2);
        tables
    }

    #[test]
    fn all_records_of_all_blocks_are_read() {
        for (table, hash) in tables() {
            let (count, result) = count(&table, hash);
            result.unwrap();
            assert_eq!((count.refs, count.logs, count.damaged), (14, 36, 0), "HEAD, main, branches and their logs");
        }
    }

    #[test]
    fn whatever_the_bytes_are_reading_ends() {
        for (table, hash) in tables() {
            for length in 0..table.len() {
                let (_, result) = count(&table[..length], hash);
                assert!(result.is_err(), "cut at {length}");
            }
            let mut random = 0x9E37_79B9_7F4A_7C15_u64;
            for at in 0..table.len() {
                let mut changed = table.clone();
                for bit in 0..8 {
                    changed[at] = table[at] ^ 1 << bit;
                    let _ = count(&changed, hash);
                }
                random = random.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
                let other = random as usize % table.len();
                changed[other..].fill(0xFF);
                let _ = count(&changed, hash);
            }
        }
    }

    #[test]
    fn without_its_foot_a_table_is_read_and_told() {
        let (table, hash) = tables().swap_remove(0);
        let (count, result) = count(&table[..table.len() - 1], hash);
        assert!(matches!(result, Err(Fault::Broken("its end is damaged"))), "{result:?}");
        assert!(count.refs == 14, "{}", count.refs);
    }

    #[test]
    fn logs_may_not_expand_without_end() {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        // One entry of the log of `a` with a very long message: digests, no name, no mail, no time.
        let entry = [b"\0\x51a\0".as_slice(), &[0; 8 + 40 + 5], &[0x86, 0xFE, 0xFE, 0x3C]].concat();
        packed.write_all(&entry).unwrap();
        packed.write_all(&vec![0; (1 << 24) - 5 - entry.len()]).unwrap();
        let block = [b"g\xFF\xFF\xFF".to_vec(), packed.finish().unwrap()].concat();
        let head = [b"REFT\x01\0\0\0".to_vec(), vec![0; 16]].concat();
        // The first one is a part of the block that has the head.
        let mut table = [head, b"r\0\0\x1E\0\0".to_vec()].concat();
        for _ in 0..80 {
            table.extend_from_slice(&block);
        }
        let (count, result) = count(&table, Kind::Sha1);
        assert!(matches!(result, Err(Fault::Expands(MUCH))), "{result:?}");
        assert_eq!((count.logs, count.damaged), (64, 0));
    }
}
