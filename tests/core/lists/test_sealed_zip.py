"""An encrypted zip, opened here as the published shape says (APPNOTE 6.3, WinZip AES AE-2), not by our own code."""

import hashlib
import hmac
import struct
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from core.lists import sealed_zip

NAME = "企业名录 2026-11-26.xlsx"
AT = datetime(2026, 11, 26, 9, 30, 8)


class Wrong(Exception):
    """The password does not open it, or it was altered."""


def _open(raw: bytes, password: str) -> bytes:
    """The one file of a sealed zip."""
    (name_length, extra_length) = struct.unpack_from("<2H", raw, 26)
    packed = struct.unpack_from("<L", raw, 18)[0]
    begin = 30 + name_length + extra_length
    body = raw[begin : begin + packed]
    salt, check, sealed, tag = body[:16], body[16:18], body[18:-10], body[-10:]
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 66)
    if keys[64:] != check or hmac.new(keys[32:64], sealed, "sha1").digest()[:10] != tag:
        raise Wrong
    plain = b""
    for at in range(0, len(sealed), 16):
        counter = (at // 16 + 1).to_bytes(16, "little")
        stream = Cipher(algorithms.AES(keys[:32]), modes.ECB()).encryptor().update(counter)
        plain += bytes(a ^ b for a, b in zip(sealed[at : at + 16], stream, strict=False))
    return zlib.decompress(plain, -15)


def _seal(folder: Path, content: bytes, password: str) -> bytes:
    source, target = folder / "plain", folder / "sealed"
    source.write_bytes(content)
    sealed_zip.seal(source, target, NAME, password, AT)
    return target.read_bytes()


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 70_001])
def test_what_goes_in_comes_out_with_the_password_alone(tmp_path: Path, length: int) -> None:
    content = hashlib.shake_128(b"seed").digest(length)
    raw = _seal(tmp_path, content, "abcd-efgh-jkmn-2345")
    assert _open(raw, "abcd-efgh-jkmn-2345") == content
    with pytest.raises(Wrong):
        _open(raw, "abcd-efgh-jkmn-2346")
    assert content[:40] not in raw or length < 2


def test_an_altered_byte_is_noticed(tmp_path: Path) -> None:
    raw = bytearray(_seal(tmp_path, b"x" * 5000, "p"))
    raw[30 + len(NAME.encode()) + 11 + 20] ^= 1
    with pytest.raises(Wrong):
        _open(bytes(raw), "p")


def test_its_table_of_contents_is_that_of_any_zip(tmp_path: Path) -> None:
    _seal(tmp_path, b"x" * 5000, "p")
    with zipfile.ZipFile(tmp_path / "sealed") as archive:
        (entry,) = archive.infolist()
    assert (entry.filename, entry.file_size, entry.date_time) == (NAME, 5000, (2026, 11, 26, 9, 30, 8))
    assert entry.flag_bits & 1 and entry.compress_type == 99


def test_passwords_are_drawn_anew_and_easy_to_read_out() -> None:
    drawn = {sealed_zip.draw_password() for _each in range(200)}
    assert len(drawn) == 200
    assert all(len(each) == 19 and each.count("-") == 3 and not set(each) & set("0o1lIi") for each in drawn)
