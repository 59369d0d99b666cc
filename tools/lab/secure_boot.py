# SPDX-License-Identifier: GPL-2.0
"""UEFI firmware that checks the kernel's signature, and a key that it knows.

tools/lab/setup --ovmf unpacks Debian's firmware into the cache; nothing of it is installed.
"""

import struct
import subprocess
import uuid
from pathlib import Path

from .errors import LabError
from .paths import CACHE, Kernel

ROOT = CACHE / "ovmf"
FIRMWARE = ROOT / "usr/share/OVMF"
BOOT_TIMEOUT = 240

_GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c")
_DATABASE = uuid.UUID("d719b2cb-3d3a-4596-a3bc-dad00e67656f")
_X509 = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072")
_OWNER = uuid.UUID(int=0x82576)
# Non-volatile, for boot and operating system, with an authenticated time
_ATTRIBUTES = 0x27
# The firmware's variables begin after the headers of volume and store.
_VARIABLES = 0x64
_VALID = 0x3F
# Kind of a module's signature
_PKCS7 = 2

KEY = """
[req]
distinguished_name = name
prompt = no
x509_extensions = extensions
[name]
CN = {name}
[extensions]
basicConstraints = critical,CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = codeSigning
subjectKeyIdentifier = hash
"""


def _openssl(*words: object, stdin: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *map(str, words)], input=stdin, capture_output=True)
    if done.returncode:
        raise LabError(f"openssl {words[0]}: {done.stderr.decode(errors='replace')}")
    return done.stdout


class Key:
    """A key for modules with a self-signed certificate, as DKMS makes one."""

    def __init__(self, folder: Path, name: str):
        """Make it; `name` is what the certificate says."""
        self.private, self.certificate = folder / f"{name}.key", folder / f"{name}.der"
        config = folder / f"{name}.conf"
        config.write_text(KEY.format(name=name))
        _openssl(
            *("req", "-new", "-x509", "-days", 3650, "-newkey", "rsa:2048", "-nodes"),
            *("-config", config, "-keyout", self.private),
            *("-outform", "DER", "-out", self.certificate),
        )

    def sign(self, module: bytes) -> bytes:
        """A module with a signature, as the kernel's sign-file makes it."""
        signature = _openssl(
            *("cms", "-sign", "-binary", "-outform", "DER", "-md", "sha256", "-nocerts"),
            *("-noattr", "-nosmimecap", "-signer", self.certificate, "-inkey", self.private),
            stdin=module,
        )
        trailer = struct.pack(">BBBBB3xI", 0, 0, _PKCS7, 0, 0, len(signature))
        return module + signature + trailer + b"~Module signature appended~\n"


def kernel_certificate(kernel: Kernel) -> bytes:
    """The certificate with which the kernel's image is signed."""
    image = kernel.image.read_bytes()
    (header,) = struct.unpack_from("<I", image, 0x3C)
    offset, size = struct.unpack_from("<II", image, header + 24 + 112 + 4 * 8)
    if not size:
        raise LabError(f"{kernel.image} is not signed")
    (length,) = struct.unpack_from("<I", image, offset)
    listed = _openssl("pkcs7", "-inform", "DER", "-print_certs", stdin=image[offset + 8 :][:length])
    return _openssl("x509", "-outform", "DER", stdin=listed)


def _signature_list(certificate: bytes) -> bytes:
    size = 16 + len(certificate)
    return _X509.bytes_le + struct.pack("<III", 28 + size, 0, size) + _OWNER.bytes_le + certificate


def _variable(name: str, guid: uuid.UUID, value: bytes) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    time = struct.pack("<HBBBBBBIhBB", 2026, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0)
    found = struct.pack("<HBBIQ", 0x55AA, _VALID, 0, _ATTRIBUTES, 0) + time
    found += struct.pack("<III", 0, len(text), len(value)) + guid.bytes_le + text + value
    return found + b"\xff" * (-len(found) % 4)


def firmware(folder: Path, kernel_name: str, *keys: Key) -> list[str]:
    """QEMU's arguments for firmware that boots this kernel only; the kernel gets the keys."""
    if not ROOT.exists():
        raise LabError(f"there is no OVMF in {CACHE}: tools/lab/setup --ovmf")
    kernel = Kernel.find(kernel_name)
    certificates = [kernel_certificate(kernel), *(key.certificate.read_bytes() for key in keys)]
    lists = [_signature_list(certificate) for certificate in certificates]
    content = b"".join(
        [
            _variable("PK", _GLOBAL, lists[0]),
            _variable("KEK", _GLOBAL, lists[0]),
            _variable("db", _DATABASE, b"".join(lists)),
        ]
    )
    store = bytearray((FIRMWARE / "OVMF_VARS_4M.fd").read_bytes())
    store[_VARIABLES : _VARIABLES + len(content)] = content
    variables = folder / "variables.fd"
    variables.write_bytes(store)
    code = FIRMWARE / "OVMF_CODE_4M.secboot.fd"
    return [
        *("-machine", "smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"),
        *("-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}"),
        *("-drive", f"if=pflash,unit=1,format=raw,file={variables}"),
    ]
