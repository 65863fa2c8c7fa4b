"""The portal's own key, and encryption for a browser."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from perfanalysis.errors import InputError, PerfAnalysisError
from portal.pushing import vapid_key
from portal.pushing.encryption import check_keys, encrypt
from portal.pushing.vapid_key import VapidKey
from tests.exporter.serving.certificates import pem_of
from tests.portal.pushing.browsers import Subscribed, base64url

CONTACT = "mailto:ops@example.org"


def test_one_key_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    threads = [threading.Thread(target=vapid_key.make, args=(file,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = file.read_bytes()
    vapid_key.make(file)
    assert file.read_bytes() == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key.pem"]
    key = VapidKey(file, CONTACT)
    assert Vapid02.verify(key.header("https://push.example"))
    assert f"k={key.public_text}" in key.header("https://push.example:8443")
    assert len(key.public_text) == 87


@pytest.mark.parametrize(
    ("content", "contact", "expected"),
    [
        (b"nonsense", CONTACT, "P-256"),
        (pem_of(ec.generate_private_key(ec.SECP384R1())), CONTACT, "P-256"),
        (None, CONTACT, "No such file"),
        (pem_of(ec.generate_private_key(ec.SECP256R1())), "ops@example.org", "mailto:"),
        (pem_of(ec.generate_private_key(ec.SECP256R1())), "mailto:ops", "mailto:ADDRESS"),
    ],
)
def test_what_is_no_key_or_contact(
    tmp_path: Path, content: bytes | None, contact: str, expected: str
) -> None:
    file = tmp_path / "key.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=expected):
        VapidKey(file, contact)


def test_a_folder_that_takes_no_key(tmp_path: Path) -> None:
    with pytest.raises(PerfAnalysisError, match="cannot be written"):
        vapid_key.make(tmp_path / "none" / "key.pem")


def test_a_browser_reads_what_is_encrypted_for_it_and_no_other() -> None:
    one, other = Subscribed("https://x"), Subscribed("https://x")
    keys = one.json["keys"]
    sealed = encrypt(b'{"title": "Firing"}', keys["p256dh"], keys["auth"])
    assert b"Firing" not in sealed
    assert one.read(sealed) == {"title": "Firing"}
    assert sealed != encrypt(b'{"title": "Firing"}', keys["p256dh"], keys["auth"])
    with pytest.raises(Exception, match="Decryption"):
        other.read(sealed)


# Of RFC 8291, appendix A.
GOOD = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx"
    "aOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


@pytest.mark.parametrize(
    ("p256dh", "auth", "field"),
    [
        (base64url(b"\x04" + b"\x01" * 64), GOOD["auth"], "p256dh"),
        (base64url(b"\x04" * 64), GOOD["auth"], "p256dh"),
        ("***", GOOD["auth"], "p256dh"),
        (GOOD["p256dh"], base64url(b"short"), "auth"),
        (GOOD["p256dh"], "", "auth"),
    ],
)
def test_what_cannot_be_encrypted_for(p256dh: str, auth: str, field: str) -> None:
    check_keys(GOOD["p256dh"] + "=", GOOD["auth"], "request")
    with pytest.raises(InputError, match=field):
        check_keys(p256dh, auth, "request")
