#!/usr/bin/env python3
"""Makes the locked samples beside it and in `../ole`; the password is `klucz-ż`, that of locked.doc is `klucz-z`.

LibreOffice 7.4 writes locked.odt (ODF 1.3), blowfish.odt (ODF 1.1), locked.ods and ../ole/locked.doc. It has to
listen: `soffice --headless --accept="pipe,name=locks;urp;"`; run this with a Python that has its module `uno`, and
the packages cryptography and argon2-cffi. whole.odt is written here as LibreOffice 24.8 does it, around an
unlocked document. All that is in the samples is made up.
"""

import base64
import hashlib
import os
import pathlib
import zipfile

PASSWORD = "klucz-ż"
TEXT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:body><office:text><text:p>needle-body żółć</text:p></office:text></office:body></office:document>
"""
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.4" xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0">
 <manifest:file-entry manifest:full-path="encrypted-package" manifest:media-type="application/vnd.oasis.opendocument.text" manifest:size="{size}">
  <manifest:encryption-data>
   <manifest:algorithm manifest:algorithm-name="http://www.w3.org/2009/xmlenc11#aes256-gcm" manifest:initialisation-vector="{start}"/>
   <manifest:start-key-generation manifest:start-key-generation-name="http://www.w3.org/2001/04/xmlenc#sha256" manifest:key-size="32"/>
   <manifest:key-derivation manifest:key-derivation-name="urn:org:documentfoundation:names:experimental:office:manifest:argon2id" manifest:key-size="32" manifest:salt="{salt}" loext:argon2-iterations="3" loext:argon2-memory="65536" loext:argon2-lanes="4"/>
  </manifest:encryption-data>
 </manifest:file-entry>
</manifest:manifest>
"""


def office(jobs):
    import uno
    from com.sun.star.beans import PropertyValue

    def values(**pairs):
        return tuple(PropertyValue(name, 0, value, 0) for name, value in pairs.items())

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    context = resolver.resolve("uno:pipe,name=locks;urp;StarOffice.ComponentContext")
    manager = context.ServiceManager
    desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    settings = manager.createInstanceWithContext("com.sun.star.configuration.ConfigurationProvider", context)
    for source, target, filter_name, password, version in jobs:
        path = values(nodepath="/org.openoffice.Office.Common/Save/ODF")
        node = settings.createInstanceWithArguments("com.sun.star.configuration.ConfigurationUpdateAccess", path)
        node.setPropertyValue("DefaultVersion", version)
        node.commitChanges()
        url = pathlib.Path(source).resolve().as_uri()
        document = desktop.loadComponentFromURL(url, "_blank", 0, values(Hidden=True))
        options = values(FilterName=filter_name, Password=password)
        document.storeToURL(pathlib.Path(target).resolve().as_uri(), options)
        document.close(True)


def whole(target):
    from argon2.low_level import Type, hash_secret_raw
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    import io
    import zlib

    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        archive.writestr("content.xml", TEXT.replace("office:document ", "office:document-content ").replace("</office:document>", "</office:document-content>"))
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(inner.getvalue()) + packer.flush()
    salt, start = os.urandom(16), os.urandom(12)
    first = hashlib.sha256(PASSWORD.encode()).digest()
    key = hash_secret_raw(first, salt, time_cost=3, memory_cost=65536, parallelism=4, hash_len=32, type=Type.ID)
    size = len(inner.getvalue())
    text = {"size": size, "salt": base64.b64encode(salt).decode(), "start": base64.b64encode(start).decode()}
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("encrypted-package", start + AESGCM(key).encrypt(start, packed, None))
        archive.writestr("META-INF/manifest.xml", MANIFEST.format(**text), zipfile.ZIP_DEFLATED)


def main():
    text = pathlib.Path("text.fodt")
    text.write_text(TEXT, encoding="utf-8")
    office(
        [
            (text, "locked.odt", "writer8", PASSWORD, 3),
            (text, "blowfish.odt", "writer8", PASSWORD, 2),
            ("libreoffice.ods", "locked.ods", "calc8", PASSWORD, 3),
            ("../ole/letter.doc", "../ole/locked.doc", "MS Word 97", "klucz-z", 3),
        ]
    )
    whole("whole.odt")
    text.unlink()


if __name__ == "__main__":
    main()
