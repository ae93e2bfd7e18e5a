"""Makes the samples of this folder with pyarrow (26.0.1). Needles are made up."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

here = Path(__file__).parent
rows = 40
table = pa.table({
    "id": pa.array(range(rows)),
    "ksef token": pa.array([None if row == 3 else f"needle-{row:03}-of-{row * 7919}" for row in range(rows)]),
    "raw": pa.array([f"needle-bytes-{row % 3}".encode() for row in range(rows)], pa.binary()),
    "list": pa.array([[f"needle-list-{row}", "two"] for row in range(rows)]),
})
for codec in ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
    pq.write_table(table, here / f"{codec}.parquet", compression=codec, use_dictionary=["raw"], write_statistics=False)
pq.write_table(table, here / "second.parquet", compression="snappy", use_dictionary=False, data_page_version="2.0",
               write_statistics=False)
