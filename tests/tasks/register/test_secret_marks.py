import pytest

from tasks.register import parse_register
from tasks.register.secret_marks import secret_form

SECRETS = [
    ("credentials", "abcd EFGH 1234 ijkl MNOP 5678"),
    ("credentials", "maja:abcd EFGH 1234 ijkl MNOP 5678"),
    ("credentials", "lösenord: sommar2025"),
    ("credentials", "pwd=sommar2025"),
    ("api", "https://maja:sommar@sjovik.example/wp-json"),
    ("api", "https://token@sjovik.example/wp-json"),
    ("feed", "https://sjovik.example/feed?access_token=1"),
    ("feed", "https://sjovik.example/feed?key=1"),
    ("purpose", "EAA" + "Gm0PX4ZCpsBAK" * 4),
    ("purpose", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln"),
    ("purpose", "-----BEGIN RSA PRIVATE KEY-----"),
    ("own_authors", "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p"),
    ("secret", "q7hd-4kfa-zz2x-mwp3"),
    ("secret", "f81d4fae7dec11d0a76500a0c91e6bf6"),
    ("name", "Zx8Qp2Lm5Vt9Rk3Yw7Nb"),
]
HARMLESS = [
    ("credentials", "Informationsenhetens lösenordsvalv, post Kommunbloggen"),
    ("credentials", "valvpost f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
    ("care", "Lösenord byts varje år; två personer delar tillsynen"),
    ("secret", "kanalarkiv-biblioteksbloggen"),
    ("secret", "KANALARKIV_TOKEN_KOMMUNBLOGGEN"),
    ("own_authors", "did:plc:ewvi7nxzyoun6zhxrhs64oiz"),
    ("address", "https://www.youtube.com/channel/UC1234567890abcdefABCDEF"),
    ("address", "https://social.example/@sjovik"),
    ("address", "http://[::1]:8765/kommunbloggen/?p=17"),
    ("file", "aktivitetsplaner/Kommunbloggen-2025-v2.md"),
    ("name", "KommunbloggenAktivitetsplan2025"),
    ("secret", "kris-info-vatt-test"),
    ("mailbox", "sociala.medier@sjovik.example"),
    ("number", "212000-0000"),
]


@pytest.mark.parametrize(("key", "value"), SECRETS)
def test_a_secret_is_known_by_its_form(key: str, value: str) -> None:
    assert secret_form(key, value) is not None


@pytest.mark.parametrize(("key", "value"), HARMLESS)
def test_names_addresses_and_sentences_are_no_secrets(key: str, value: str) -> None:
    assert secret_form(key, value) is None


@pytest.mark.parametrize(
    "line",
    [
        'password = "sommar"',
        'Lösenord = "sommar"',
        'access_token = "sommar"',
        "pinkod_password = 1234",
        'client_secret = "sommar"',
        'api_key = "sommar"',
        "inloggning = 'maja / sommar'",
        'note = { token = "sommar" }',
        'notes = ["abcd EFGH 1234 ijkl MNOP 5678"]',
        "# lösenordet: sommar",
        "# abcd EFGH 1234 ijkl MNOP 5678",
    ],
)
def test_a_secret_anywhere_in_the_file_is_refused_and_never_repeated(good: str, line: str) -> None:
    line = line.replace("Lösenord =", '"Lösenord" =')
    _, found = parse_register(
        good.replace('life = "active"', f'life = "active"\n{line}').encode(), file="r.toml"
    )
    assert "secret-in-file" in {f.code for f in found}
    (secret,) = (f for f in found if f.code == "secret-in-file")
    assert secret.where.startswith("r.toml:25 ")
    told = "".join(f.text.sv + f.text.en + f.where for f in found)
    assert "sommar" not in told
    assert "EFGH" not in told


def test_a_key_that_only_says_whether_is_unknown_and_no_secret(good: str) -> None:
    text = good.replace('life = "active"', 'life = "active"\ntwo_factor_token = true')
    _, found = parse_register(text.encode(), file="r.toml")
    assert [f.code for f in found] == ["unknown-key"]
