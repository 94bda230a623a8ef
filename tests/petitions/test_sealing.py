"""Keys, seals, anchors and the blind index."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.sealing import BrokenSeal, Identity, KeyFileError, Keyring, UnknownKey
from petitions.sealing.keyring import CaseKey, row, verify

PLACE = row("sealed_identity", "blob", "5f0c")


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    Keyring.generate(path)
    return path


@pytest.fixture(scope="module")
def ring(key_file: Path) -> Keyring:
    return Keyring.load(key_file)


@pytest.fixture(scope="module")
def case_key(ring: Keyring) -> CaseKey:
    return ring.new_case_key()[0]


# The key file


def test_a_new_key_file_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys.json"
    made = Keyring.generate(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Keyring.load(path).fingerprint() == made.fingerprint()
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="không ghi đè"):
        Keyring.generate(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.json"
    Keyring.generate(path)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="0600"):
        Keyring.load(path)


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"nowhere\.json: không tìm thấy"):
        Keyring.load(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    "change",
    [
        lambda keys: keys.pop("anchor"),
        lambda keys: keys.update(extra=1),
        lambda keys: keys.update(format=2),
        lambda keys: keys.update(masters=[]),
        lambda keys: keys.update(masters="abc"),
        lambda keys: keys.update(masters=7),
        lambda keys: keys["masters"][0].update(id="00000000"),
        lambda keys: keys.update(blind_index="c2hvcnQ="),
        lambda keys: keys.update(anchor="không phải base64"),
        lambda keys: keys.update(anchor=None),
    ],
)
def test_a_damaged_key_file_is_refused_without_showing_it(key_file, tmp_path, change) -> None:
    keys = json.loads(key_file.read_bytes())
    secret = keys["masters"][0]["key"]
    change(keys)
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(keys))
    path.chmod(0o600)
    with pytest.raises(KeyFileError) as refused:
        Keyring.load(path)
    assert secret not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'"text"'])
def test_what_is_no_key_file_leaves_no_trace_of_its_content(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="định dạng") as refused:
        Keyring.load(path)
    assert refused.value.__context__ is None


# Rotation


def test_rotation_keeps_what_was_sealed_before_and_locks_anew_under_the_new_master(
    tmp_path: Path,
) -> None:
    path = tmp_path / "keys.json"
    first = Keyring.generate(path)
    case_key, wrapped = first.new_case_key()
    blob = case_key.seal(b"an", PLACE)

    second = Keyring.rotate(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
    assert second.unwrap(wrapped).open(blob, PLACE) == b"an"
    again = second.rewrap(wrapped)
    assert again != wrapped
    assert second.rewrap(again) == again
    assert second.unwrap(again).open(blob, PLACE) == b"an"
    assert second.blind("name", "an") == first.blind("name", "an")
    assert second.anchor_public_key() == first.anchor_public_key()


def test_a_fingerprint_tells_present_past_and_stranger(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    first = Keyring.generate(path)
    second = Keyring.rotate(path)
    stranger = Keyring.generate(tmp_path / "other.json")
    assert second.fingerprint() != first.fingerprint()
    assert second.recognises(first.fingerprint())
    assert second.recognises(second.fingerprint())
    assert not first.recognises(second.fingerprint())
    assert not stranger.recognises(first.fingerprint())


def test_a_running_process_learns_of_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    running = Keyring.generate(path)
    case_key, wrapped = Keyring.rotate(path).new_case_key()
    assert running.unwrap(wrapped).open(case_key.seal(b"an", PLACE), PLACE) == b"an"


def test_a_broken_off_rotation_is_noticed_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    before = Keyring.generate(path).fingerprint()
    (tmp_path / "keys.json.new").touch()
    with pytest.raises(KeyFileError, match="dở dang"):
        Keyring.rotate(path)
    assert Keyring.load(path).fingerprint() == before


def test_a_case_key_of_another_installation_is_unknown(ring: Keyring, tmp_path: Path) -> None:
    _, wrapped = Keyring.generate(tmp_path / "keys.json").new_case_key()
    with pytest.raises(UnknownKey):
        ring.unwrap(wrapped)


# Seals


@given(st.binary(max_size=300), st.text(min_size=1, max_size=30))
def test_what_is_sealed_opens_in_its_place_alone(case_key, plain: bytes, place: str) -> None:
    blob = case_key.seal(plain, place)
    assert case_key.open(blob, place) == plain
    with pytest.raises(BrokenSeal):
        case_key.open(blob, place + "'")


def test_the_size_of_a_blob_does_not_tell_the_length_of_a_name(case_key: CaseKey) -> None:
    sizes = {len(case_key.seal(b"x" * length, PLACE)) for length in range(64)}
    assert sizes == {33 + 64}
    assert len(case_key.seal(b"x" * 64, PLACE)) == 33 + 128


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_sealed_text_opens(case_key, text: str) -> None:
    assert case_key.open_text(case_key.seal_text(text, PLACE), PLACE) == text


def test_the_same_text_never_looks_the_same(case_key: CaseKey) -> None:
    assert case_key.seal(b"An", PLACE) != case_key.seal(b"An", PLACE)


@given(st.integers(0, 33 + 63), st.integers(1, 255))
def test_one_changed_byte_breaks_the_seal(case_key, at: int, flip: int) -> None:
    blob = bytearray(case_key.seal("Nguyễn Thị Mận".encode(), PLACE))
    blob[at] ^= flip
    with pytest.raises(BrokenSeal):
        case_key.open(bytes(blob), PLACE)


@pytest.mark.parametrize("size", [0, 1, 5, 17, 32])
def test_a_cut_blob_breaks_the_seal(case_key: CaseKey, size: int) -> None:
    with pytest.raises(BrokenSeal):
        case_key.open(case_key.seal(b"", PLACE)[:size], PLACE)


def test_a_blob_moved_to_another_row_or_case_does_not_open(ring: Keyring) -> None:
    mine, _ = ring.new_case_key()
    other, _ = ring.new_case_key()
    blob = mine.seal(b"an", row("sealed_identity", "blob", 1))
    for key, place in [(mine, row("sealed_identity", "blob", 2)), (other, row("sealed_identity", "blob", 1))]:  # fmt: skip
        with pytest.raises(BrokenSeal):
            key.open(blob, place)


def test_a_seal_needs_a_place(case_key: CaseKey) -> None:
    with pytest.raises(ValueError, match="place"):
        case_key.seal(b"an", "")


@given(st.integers(0, 44), st.integers(1, 255))
def test_a_changed_wrapped_key_does_not_open(ring, at: int, flip: int) -> None:
    wrapped = bytearray(ring.new_case_key()[1])
    wrapped[at] ^= flip
    with pytest.raises((BrokenSeal, UnknownKey)):
        ring.unwrap(bytes(wrapped))


@pytest.mark.parametrize("size", [0, 4, 5, 6, 44])
def test_a_cut_wrapped_key_does_not_open(ring: Keyring, size: int) -> None:
    with pytest.raises((BrokenSeal, UnknownKey)):
        ring.unwrap(ring.new_case_key()[1][:size])


# Secrets stay secret


def test_keys_neither_show_nor_copy_nor_serialise(ring: Keyring, key_file: Path) -> None:
    case_key, _ = ring.new_case_key()
    secrets = [entry["key"] for entry in json.loads(key_file.read_bytes())["masters"]]
    for secret in (ring, case_key):
        shown = f"{secret!r} {secret}"
        assert not any(key in shown for key in secrets)
        assert "_masters" not in shown
        with pytest.raises(TypeError):
            pickle.dumps(secret)
        with pytest.raises(TypeError):
            copy.deepcopy(secret)
        with pytest.raises(TypeError):
            json.dumps(secret)
        with pytest.raises(TypeError):
            vars(secret)
    assert repr(case_key) == "<CaseKey>"
    assert repr(ring) == f"<Keyring {ring.fingerprint()}>"


def test_no_error_carries_what_was_sealed(case_key: CaseKey) -> None:
    blob = case_key.seal("Nguyễn Thị Mận".encode(), PLACE)
    with pytest.raises(BrokenSeal) as broken:
        case_key.open(blob, "elsewhere")
    told = "".join(traceback.format_exception(broken.value))
    assert "Mận" not in told.split("case_key.open")[-1]


def test_an_identity_does_not_show_itself() -> None:
    assert "Mận" not in repr(Identity(names=["Nguyễn Thị Mận"]))


# Anchors


def test_the_anchor_signature_is_checked_without_the_secret(ring: Keyring) -> None:
    signature = ring.sign(b"2026-11-20 abc")
    assert verify(ring.anchor_public_key(), b"2026-11-20 abc", signature)
    assert not verify(ring.anchor_public_key(), b"2026-11-21 abc", signature)
    assert not verify(ring.anchor_public_key(), b"2026-11-20 abc", signature[:-1] + b"\0\0")
    assert not verify(b"short", b"2026-11-20 abc", signature)


# The blind index


@pytest.mark.parametrize(
    "spelling",
    [
        "NGUYỄN THỊ MẬN",
        unicodedata.normalize("NFD", "Nguyễn Thị Mận"),
        " nguyen  thi\u00a0man ",
        "Nguyễn-Thị-Mận",
        "Nguyê\u0303n Thị Mâ\u0323n",
    ],
)
def test_a_name_is_matched_however_it_is_written(ring: Keyring, spelling: str) -> None:
    assert ring.blind_person(spelling, 1970) == ring.blind_person("Nguyễn Thị Mận", 1970)


def test_other_people_other_labels_and_other_rings_do_not_match(
    ring: Keyring, tmp_path: Path
) -> None:
    digests = [
        ring.blind_person("Nguyễn Thị Mận", 1970),
        ring.blind_person("Nguyễn Thị Mận", 1971),
        ring.blind_person("Nguyễn Thị Mận", None),
        ring.blind_person("Nguyễn Thị Mần Nương", 1970),
        ring.blind_id_number("0912345678"),
        ring.blind_phone("0912345678"),
        Keyring.generate(tmp_path / "keys.json").blind_phone("0912345678"),
    ]
    assert len(set(digests)) == len(digests)
    assert all(digest is not None and len(digest) == 64 for digest in digests)


def test_numbers_are_matched_however_they_are_spaced(ring: Keyring) -> None:
    assert ring.blind_id_number("001 190.000-001") == ring.blind_id_number("001190000001")
    assert ring.blind_id_number("c1234567") == ring.blind_id_number("C 1234567")
    assert ring.blind_phone("+84 (0)912 345 678") == ring.blind_phone("0912.345.678")


def test_nothing_matches_nothing(ring: Keyring) -> None:
    assert ring.blind_person(" - ", 1970) is None
    assert ring.blind_id_number(" ") is None
    assert ring.blind_phone("không có") is None
