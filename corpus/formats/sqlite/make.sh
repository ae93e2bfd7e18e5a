#!/bin/sh
# Makes the samples of this folder with the `sqlite3` program. Needles are made up.
set -eu
cd "$(dirname "$0")"
rm -f ./*.db ./*.wal ./*.journal
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Values over several pages, long values, several lines, numbers of rows, an index, a key without numbers of rows.
sqlite3 tables.db <<'SQL'
PRAGMA page_size = 512;
CREATE TABLE firms (id INTEGER PRIMARY KEY, nip TEXT, "ksef token" TEXT, note TEXT, share REAL, raw BLOB);
INSERT INTO firms VALUES (7, '5265877635', 'needle-short', 'one line', 0.5, x'00ff');
INSERT INTO firms VALUES (8, NULL, 'needle-over-' || replace(hex(zeroblob(700)), '00', 'p') || '-pages', 'two' || char(10) || 'needle-lines', -3, NULL);
INSERT INTO firms VALUES (9, 'a' || char(9) || 'b', 'needle-9', '', 12345678901, 'needle-text-blob');
CREATE INDEX firms_token ON firms ("ksef token");
CREATE TABLE pairs (a TEXT, b TEXT, PRIMARY KEY (b)) WITHOUT ROWID;
INSERT INTO pairs VALUES ('needle-a', 'needle-b');
CREATE TABLE large (body TEXT);
INSERT INTO large VALUES ('needle-begin' || replace(hex(zeroblob(2000)), '00', '-------- ') || 'needle-end');
SQL

# A gzip file in a cell, spread over pages.
{ printf 'needle-in-gzip '; seq 1 400; } | gzip -9n > "$scratch/in.gz"
sqlite3 blob.db "PRAGMA page_size = 512; CREATE TABLE files (name TEXT, body BLOB);
  INSERT INTO files VALUES ('in.gz', x'$(od -An -v -tx1 "$scratch/in.gz" | tr -d ' \n')');"

for encoding in UTF-16le UTF-16be; do
  sqlite3 "$(echo "$encoding" | tr -d '-' | tr 'A-Z' 'a-z').db" "PRAGMA encoding = '$encoding'; PRAGMA page_size = 512;
    CREATE TABLE osoby (imię TEXT, żeton TEXT); INSERT INTO osoby VALUES ('Zażółć', 'needle-wide');"
done

# Deleted rows: one in its page, one over pages, a whole table.
sqlite3 deleted.db <<'SQL'
PRAGMA page_size = 512;
PRAGMA secure_delete = OFF;
CREATE TABLE kept (a TEXT, b TEXT);
INSERT INTO kept VALUES ('stays', 'needle-stays'), ('goes', 'needle-goes'), ('stays', 'too');
INSERT INTO kept SELECT 'goes over', group_concat(printf('needle-%04d', i), ' ')
  FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250) SELECT i FROM n);
CREATE TABLE dropped (a TEXT, b TEXT);
INSERT INTO dropped VALUES ('dropped', 'needle-dropped-' || replace(hex(zeroblob(300)), '00', 'd') || '-table');
DELETE FROM kept WHERE a LIKE 'goes%';
DROP TABLE dropped;
SQL

# Logs that were left behind: copied while the program was at work.
sqlite3 "$scratch/log.db" <<SQL
PRAGMA page_size = 512;
PRAGMA journal_mode = WAL;
PRAGMA wal_autocheckpoint = 0;
CREATE TABLE t (id INTEGER PRIMARY KEY, token TEXT);
INSERT INTO t VALUES (1, 'needle-older');
UPDATE t SET token = 'needle-newer-' || replace(hex(zeroblob(600)), '00', 'w') || '-log';
.shell cp "$scratch/log.db-wal" log.wal
SQL
sqlite3 "$scratch/back.db" <<SQL
PRAGMA page_size = 512;
CREATE TABLE t (id INTEGER PRIMARY KEY, token TEXT);
INSERT INTO t VALUES (1, 'needle-before-' || replace(hex(zeroblob(600)), '00', 'j') || '-change');
PRAGMA cache_size = 1;
PRAGMA cache_spill = 1;
BEGIN;
UPDATE t SET token = 'after';
CREATE TABLE more AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT i, hex(zeroblob(40)) FROM n;
.shell cp "$scratch/back.db-journal" back.journal
ROLLBACK;
SQL
ls -l
