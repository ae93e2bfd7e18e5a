#!/bin/sh
# Makes the samples of this folder with the `7zz` program (7-Zip 26.02). Needles are made up.
set -eu
cd "$(dirname "$0")"
here=$PWD
rm -f ./*.7z
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

mkdir folder
{ echo needle-first; seq 1 300; } > first.txt
{ echo needle-second; seq 300 600; } > folder/drugi-żółty.txt
: > folder/empty.txt
for i in $(seq 1000 1300); do printf '\350\000\001\000\000call%s' "$i"; done > third.exe
echo needle-third >> third.exe
pack() { name=$1; shift; 7zz a -bso0 -bsp0 -mtm- "$@" "$here/$name.7z" first.txt folder third.exe; }

pack lzma -m0=lzma
pack lzma2 -m0=lzma2 -mf=off
pack apart -ms=off -m0=lzma2
pack ppmd -m0=ppmd
pack bzip2 -m0=bzip2
pack deflate -m0=deflate
pack stored -mx=0
pack bcj -m0=bcj -m1=lzma
pack delta -m0=delta:4 -m1=lzma2
pack bcj2 -m0=bcj2 -m1=lzma:d=64k -m2=lzma:d=64k -m3=lzma:d=64k -mb0:1 -mb0s1:2 -mb0s2:3
pack plain-header -mhc=off
pack deflate64 -m0=deflate64
pack locked -pneedle-password -ms=off
pack locked-header -pneedle-password -mhe=on
ls -l "$here"
