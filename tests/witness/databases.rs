//! Databases that `sqlite3` writes, and what it reads of them, before it deletes some.

use crate::program::Bench;
use crate::repository::token;
use crate::sight::{NUMBERS, Sight, agree, certain, print, shown};

/// A database, the file in which its rows stand, what makes it, and what is done to it when the witness has read it;
/// `TOKEN` is a new credential each time.
const WAYS: [(&str, &str, &str, &str); 11] = [
    ("plain.db", "plain.db", "CREATE TABLE a(x, y); INSERT INTO a VALUES(1,'TOKEN'),(2,'TOKEN'),('TOKEN',3);", ""),
    (
        "over.db",
        "over.db",
        "PRAGMA page_size=512; CREATE TABLE a(x);
         INSERT INTO a VALUES(hex(zeroblob(160))||' TOKEN'),(hex(zeroblob(215))||' TOKEN '||hex(zeroblob(900))),
                             (hex(zeroblob(3000))||' TOKEN');",
        "",
    ),
    ("wide.db", "wide.db", "PRAGMA encoding='UTF-16le'; CREATE TABLE a(x); INSERT INTO a VALUES('zażółć TOKEN'),('TOKEN');", ""),
    ("wider.db", "wider.db", "PRAGMA encoding='UTF-16be'; CREATE TABLE a(x); INSERT INTO a VALUES('zażółć TOKEN');", ""),
    (
        "key.db",
        "key.db",
        "CREATE TABLE a(x TEXT PRIMARY KEY, y) WITHOUT ROWID; INSERT INTO a VALUES('TOKEN',1),('TOKEN',2);
         CREATE TABLE b(x); CREATE INDEX c ON b(x); INSERT INTO b VALUES('TOKEN');",
        "",
    ),
    (
        "many.db",
        "many.db",
        "PRAGMA page_size=1024; CREATE TABLE a(x); INSERT INTO a VALUES('TOKEN');
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<9000) INSERT INTO a SELECT hex(i*i) FROM n;
         INSERT INTO a VALUES('TOKEN'); ALTER TABLE a ADD COLUMN z DEFAULT 'none'; INSERT INTO a VALUES(1,'TOKEN');",
        "",
    ),
    ("blob.db", "blob.db", "CREATE TABLE a(x BLOB); INSERT INTO a VALUES(CAST('klucz: TOKEN' AS BLOB));", ""),
    ("view.db", "view.db", "CREATE TABLE a(x DEFAULT 'TOKEN'); CREATE VIEW b AS SELECT 'TOKEN' AS y;", ""),
    (
        "dropped.db",
        "dropped.db",
        "PRAGMA page_size=1024; CREATE TABLE a(x); CREATE TABLE b(x); INSERT INTO b VALUES('TOKEN');
         INSERT INTO a SELECT hex(randomblob(200)) FROM (VALUES(1),(2),(3),(4),(5),(6),(7),(8),(9));
         INSERT INTO a VALUES('TOKEN'),('TOKEN');",
        "PRAGMA secure_delete=OFF; DROP TABLE a;",
    ),
    (
        "deleted.db",
        "deleted.db",
        "CREATE TABLE a(x, y); INSERT INTO a VALUES('first',1),('TOKEN',2),('third',3),('TOKEN','TOKEN'),('last',4);",
        "PRAGMA secure_delete=OFF; DELETE FROM a WHERE y IS NOT 3;",
    ),
    (
        "logged.db",
        "logged.db-wal",
        "PRAGMA journal_mode=WAL; CREATE TABLE z(x); PRAGMA wal_checkpoint(TRUNCATE); BEGIN; CREATE TABLE a(x);
         INSERT INTO a VALUES('TOKEN'),('TOKEN'); COMMIT;",
        "",
    ),
];

/// Those of which rows were taken away, or that hold none.
const LOST: [&str; 3] = ["dropped.db", "deleted.db", "view.db"];

#[test]
fn databases() {
    let Some(bench) = Bench::with(&["sqlite3"]) else { return };
    let (mut numbers, mut theirs): (_, Vec<Sight>) = (NUMBERS, Vec::new());
    for (name, place, make, unmake) in WAYS {
        let (mut script, mut planted) = (String::from(".dbconfig no_ckpt_on_close on\n"), Vec::new());
        for (index, part) in make.split("TOKEN").enumerate() {
            if index > 0 {
                let token = token(numbers.next().expect("there are enough"));
                planted.push(print(&token));
                script.push_str(&token);
            }
            script.push_str(part);
        }
        bench.write("script.sql", script);
        bench.shell("in", &format!("sqlite3 {name} < ../script.sql"));
        // The witness reads copies, as it empties the log.
        let dump = bench.shell(
            "copy",
            &format!("cp ../in/{name}* .; sqlite3 {name} .dump; sqlite3 {name} 'SELECT CAST(x AS TEXT) FROM a'"),
        );
        if !unmake.is_empty() {
            bench.shell("in", &format!("sqlite3 {name} \"{unmake}\""));
        }
        let mut prints = shown(&dump);
        prints.sort();
        prints.dedup();
        planted.sort();
        assert_eq!(prints, planted, "{name}: the witness sees all");
        theirs.extend(prints.into_iter().map(|print| (place.to_owned(), String::new(), print)));
    }
    theirs.sort();
    // The witness does not tell rows; those that live stand in one here, the dropped and deleted ones may not.
    let mut ours = certain(&bench, "in");
    for (file, place, _) in &mut ours {
        assert!(
            place.contains("!x, row ")
                || place.contains("!y, row ")
                || place.contains("!z, row ")
                || LOST.contains(&&**file)
        );
        place.clear();
    }
    agree(&ours, &theirs);
}
