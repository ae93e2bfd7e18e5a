"""Writes the forms that openssl does not: JWK, the XML of .NET, the encrypted key that the Ministry's application writes,
and a store in BER with indefinite lengths. Run after make.sh, which calls it."""
import base64, hashlib, json, subprocess

PASSWORD = b"needle-password"


def body(name):
    lines = open(name).read().split("-----")[2].split()
    return base64.b64decode("".join(lines))


def values(data):
    """The values in DER, as pairs of tag and body."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(data[at:at + count], "big"), at + count
        yield tag, data[at:at + length]
        at += length


def wrap(tag, *parts):
    data = b"".join(parts)
    length = len(data)
    if length < 0x80:
        return bytes([tag, length]) + data
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + data


def oid(text):
    first, second, *rest = map(int, text.split("."))
    data = [first * 40 + second]
    for number in rest:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.insert(0, number & 0x7F | 0x80)
        data += digits
    return wrap(6, bytes(data))


url = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
plain = lambda data: base64.b64encode(data).decode()

rsa = [number.lstrip(b"\0") for _, number in values(next(values(body("rsa-1024.pem")))[1])][1:]
names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"]
jwk = {"kty": "RSA", "use": "sig"} | {name: url(number) for name, number in zip(names, rsa)}
open("rsa-1024.jwk", "w").write(json.dumps(jwk))
names = ["Modulus", "Exponent", "D", "P", "Q", "DP", "DQ", "InverseQ"]
pieces = "".join(f"<{name}>{plain(number)}</{name}>" for name, number in zip(names, rsa))
open("rsa-1024.xml", "w").write(f"<RSAKeyValue>{pieces}</RSAKeyValue>")

_, scalar, *_, point = [value for _, value in values(next(values(body("ec.pem")))[1])]
point = next(values(point))[1][2:]
jwk = {"kty": "EC", "crv": "P-256", "x": url(point[:32]), "y": url(point[32:]), "d": url(scalar)}
open("ec.jwk", "w").write(json.dumps(jwk))

salt, start = hashlib.sha256(b"salt").digest()[:16], hashlib.sha256(b"start").digest()[:16]
key = hashlib.pbkdf2_hmac("sha256", PASSWORD, salt, 100_000, 32)
arguments = ["openssl", "enc", "-aes-256-cbc", "-K", key.hex(), "-iv", start.hex()]
sealed = subprocess.run(arguments, input=body("ec.p8.pem"), capture_output=True, check=True).stdout
prf = wrap(0x30, oid("1.2.840.113549.2.9"))
kdf = wrap(0x30, oid("1.2.840.113549.1.5.12"), wrap(0x30, wrap(4, salt), wrap(2, (100_000).to_bytes(3, "big")), prf))
cipher = wrap(0x30, oid("2.16.840.1.101.3.4.1.42"), wrap(4, start))
scheme = wrap(0x30, oid("1.2.840.113549.1.5.13"), wrap(0x30, kdf, cipher))
digits = plain(wrap(0x30, scheme, wrap(4, sealed)))
lines = "\n".join(digits[at:at + 64] for at in range(0, len(digits), 64))
text = f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{lines}\n-----END ENCRYPTED PRIVATE KEY-----\n"
assert len(text) == 408, len(text)
open("ec.application.pem", "w").write(text)


def indefinite(data):
    """The same values, those made of others with an end in place of a length, and long bytes in pieces."""
    out = b""
    for tag, value in values(data):
        if tag == 4 and len(value) > 200:
            pieces = b"".join(wrap(4, value[at:at + 128]) for at in range(0, len(value), 128))
            out += b"\x24\x80" + pieces + b"\0\0"
        elif tag & 0x20:
            out += bytes([tag, 0x80]) + indefinite(value) + b"\0\0"
        else:
            out += wrap(tag, value)
    return out


open("indefinite.p12", "wb").write(indefinite(open("modern.p12", "rb").read()))
