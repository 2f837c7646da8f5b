"""Hashes against the vectors of FIPS 180-4 and FIPS 202 for the message "abc"; inline content there and back."""

import base64
import gzip

import pytest

from xiangtian.observe.wis2 import integrity
from xiangtian.observe.wis2.integrity import IntegrityError

ABC = {
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "sha512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "sha3-256": "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
}


@pytest.mark.parametrize("method", ABC)
def test_the_hash_is_that_of_the_standard_in_base64(method: str) -> None:
    value = base64.b64encode(bytes.fromhex(ABC[method])).decode()
    assert integrity.seal(b"abc", method) == {"method": method, "value": value}
    integrity.verify(b"abc", {"method": method, "value": value}, 3)


def test_another_file_length_or_method_is_refused_in_words() -> None:
    told = integrity.seal(b"abc")
    with pytest.raises(IntegrityError, match="hash differs"):
        integrity.verify(b"abd", told)
    with pytest.raises(IntegrityError, match="应有 4 字节，实为 3 字节"):
        integrity.verify(b"abc", told, 4)
    with pytest.raises(IntegrityError, match="unknown method"):
        integrity.verify(b"abc", {"method": "md5", "value": "kAFQmDzST7DWlj99KOF/cg=="})


def test_without_a_hash_only_the_length_is_compared() -> None:
    integrity.verify(b"abc", None)
    integrity.verify(b"abc", None, 3)
    with pytest.raises(IntegrityError, match="length differs"):
        integrity.verify(b"", None, 3)


def test_a_file_travels_inside_up_to_4096_characters_of_base64() -> None:
    # RFC 4648: base64 of n bytes has 4 * ceil(n / 3) characters; 3072 bytes give 4096
    found = integrity.inline(bytes(3072))
    assert found is not None and len(found["value"]) == 4096 and found["size"] == 3072
    assert integrity.inline(bytes(3073)) is None


@pytest.mark.parametrize("size", [3, 7])
def test_content_comes_out_of_each_encoding(size: int) -> None:
    body = b"BUFR\0\xff!"[:size]
    packed = base64.b64encode(gzip.compress(body)).decode()
    assert integrity.unpack({"encoding": "base64", "value": base64.b64encode(body).decode(), "size": size}) == body
    assert integrity.unpack({"encoding": "gzip", "value": packed, "size": size}) == body
    assert integrity.unpack({"encoding": "gzip", "value": packed, "size": len(gzip.compress(body))}) == body
    assert integrity.unpack({"encoding": "utf-8", "value": "气温", "size": 6}) == "气温".encode()


@pytest.mark.parametrize(("content", "words"), [
    ({"encoding": "base64", "value": "no base64!", "size": 3}, "can't be read"),
    ({"encoding": "gzip", "value": "QUJD", "size": 3}, "can't be read"),
    ({"encoding": "utf-8", "value": "abc", "size": 4}, "size differs"),
])  # fmt: skip
def test_content_that_is_not_what_it_says_is_refused(content: dict, words: str) -> None:
    with pytest.raises(IntegrityError, match=words):
        integrity.unpack(content)


def test_a_small_text_that_unpacks_to_very_much_is_refused() -> None:
    bomb = base64.b64encode(gzip.compress(bytes(integrity.MOST_UNPACKED + 1))).decode()
    with pytest.raises(IntegrityError, match="more than"):
        integrity.unpack({"encoding": "gzip", "value": bomb, "size": 100})
