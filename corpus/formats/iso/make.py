"""Writes the samples beside it, with pycdlib."""

import gzip
import io

import pycdlib


def put(iso, data, name, **more):
    iso.add_fp(io.BytesIO(data), len(data), name, **more)


def write(iso, path):
    out = io.BytesIO()
    iso.write_fp(out)
    iso.close()
    with open(path, "wb") as file:
        file.write(gzip.compress(out.getvalue(), 9, mtime=0))


def rock():
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=1, joliet=3, rock_ridge="1.09", vol_ident="NEEDLE-9")
    name = "a long name of a file.txt"
    put(iso, b"needle-1\n", "/A.TXT;1", rr_name=name, joliet_path="/" + name)
    iso.add_directory("/DIR", rr_name="folder", joliet_path="/folder")
    put(iso, b"needle-2\n" * 400, "/DIR/B.TXT;1", rr_name="long" * 50, joliet_path="/folder/b.txt")
    iso.add_symlink("/DIR/C.;1", rr_symlink_name="link", rr_path="needle-3")
    write(iso, "rock.iso.gz")


def joliet():
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=1, joliet=3)
    put(iso, b"needle-1\n", "/A.TXT;1", joliet_path="/zażółć.txt")
    write(iso, "joliet.iso.gz")


def plain():
    iso = pycdlib.PyCdlib()
    iso.new(interchange_level=1)
    iso.add_directory("/DIR")
    put(iso, b"needle-1\n", "/DIR/A.TXT;1")
    put(iso, b"", "/EMPTY.;1")
    write(iso, "plain.iso.gz")


def udf():
    iso = pycdlib.PyCdlib()
    iso.new(udf="2.60")
    put(iso, b"needle-1\n", "/A.TXT;1", udf_path="/a.txt")
    write(iso, "udf.iso.gz")


for make in (rock, joliet, plain, udf):
    make()
