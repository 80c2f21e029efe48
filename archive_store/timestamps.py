"""Trusted time: tokens of a time-stamping authority beside what must be provable (RFC 3161).

The journal's chain shows that nothing was changed since; a token shows, to somebody who trusts
neither the archive nor those who keep it, that the bytes existed at a time. It is stored as the
authority sent it, so that ``openssl ts -verify`` alone is enough (docs/trusted-time.md).
"""

import dataclasses as dc
import datetime as dt
import hashlib
import urllib.parse
from pathlib import Path
from typing import Final

import rfc3161_client as rfc3161
from cryptography import x509

from archive_store.der import sorted_answer
from archive_store.errors import ArchiveError, DamageError, InputError
from archive_store.exchange import NoAnswerError, post

LONGEST_ANSWER: Final = 256 * 1024
_OK: Final = 200
_HEADERS: Final = {
    "Content-Type": "application/timestamp-query",  # RFC 3161, 3.4
    "Accept": "application/timestamp-reply",
    "User-Agent": "Kanalarkiv",
}
_SHA256: Final = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_GRANTED: Final = rfc3161.PKIStatus.GRANTED


class _Unfit(Exception):  # noqa: N818 (never leaves this module)
    """What is wrong with a token, in Swedish and English."""

    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv = sv
        self.en = en


@dc.dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamping authority (TSA) over HTTP or HTTPS.

    Attributes:
        url: where it answers; no user name or password in it.
        ca: file of PEM certificates that its tokens must lead to; ``None`` trusts whoever signs,
            and leaves the signature to a later check.
        timeout: seconds for a question and its answer together.

    Raises:
        InputError: the address will not do, or ``ca`` cannot be read.
    """

    url: str
    _: dc.KW_ONLY
    ca: Path | None = None
    timeout: float = 10.0

    def __post_init__(self) -> None:
        _check_address(self.url)
        if self.ca is not None:
            _certificates(self.ca)

    def token(self, data: bytes) -> bytes:
        """Ask for a token over these bytes; only their SHA-256 leaves the machine.

        Args:
            data: what the time is for.

        Returns:
            The TimeStampResp as sent, checked: status, digest, nonce, the signer's certificate,
            and with ``ca`` the signature and its chain (RFC 3161, 2.2 and 2.4.2).

        Raises:
            ArchiveError: ``tsa-away``, no answer came; ``tsa-refused``, it says that it gives none.
            DamageError: ``tsa-answered-wrong``, what came is no token over these bytes.
        """
        request = rfc3161.TimestampRequestBuilder(
            data=data, hash_algorithm=rfc3161.HashAlgorithm.SHA256, nonce=True, cert_req=True
        ).build()
        answer = self._ask(request.as_bytes())
        try:
            response = _decoded(answer)
            if response.status != _GRANTED:
                raise _refused(self._place, response.status)
            _check(response, data, ca=self.ca, nonce=request.nonce)
        except _Unfit as unfit:
            raise _answered_wrong(self._place, unfit) from None
        return answer

    def _ask(self, question: bytes) -> bytes:
        try:
            answer = post(
                self.url,
                question,
                headers=_HEADERS,
                limit=LONGEST_ANSWER,
                timeout=self.timeout,
            )
        except NoAnswerError as error:
            raise _away(self._place, str(error)) from None
        if answer.status != _OK:
            raise _away(self._place, f"HTTP {answer.status}")
        if len(answer.body) > LONGEST_ANSWER:
            unfit = _Unfit(
                f"den är längre än {LONGEST_ANSWER} byte",
                f"it is longer than {LONGEST_ANSWER} bytes",
            )
            raise _answered_wrong(self._place, unfit)
        return answer.body

    @property
    def _place(self) -> str:
        """Host and port: a path or query could hold a customer's key."""
        return urllib.parse.urlsplit(self.url).netloc


def check(token: bytes, data: bytes, *, ca: Path | None) -> dt.datetime:
    """The time in a stored token, once it is sure that it is over these bytes.

    Certificates count as they were at that time, so that a token outlives its signer's.

    Args:
        token: the TimeStampResp as stored.
        data: the object beside it.
        ca: as in ``Authority``; ``None`` leaves the signature unchecked.

    Raises:
        DamageError: ``token-wrong``.
        InputError: ``ca`` cannot be read.
    """
    try:
        response = _decoded(token)
        _check(response, data, ca=ca)
    except _Unfit as unfit:
        raise _token_wrong(unfit) from None
    return response.tst_info.gen_time


def time_of(token: bytes) -> dt.datetime:
    """The time that a token states, without trust in it; ``DamageError`` where it is no token."""
    try:
        return _granted(_decoded(token)).tst_info.gen_time
    except _Unfit as unfit:
        raise _token_wrong(unfit) from None


def _decoded(token: bytes) -> rfc3161.TimeStampResponse:
    try:
        response = rfc3161.decode_timestamp_response(sorted_answer(token))
        if response.status == _GRANTED:
            # They are decoded when first asked for; then is now.
            _ = (response.tst_info.gen_time, response.tst_info.nonce, response.signed_data)
    except ValueError:
        raise _Unfit("den är ingen tidsstämpel (RFC 3161)", "it is no token (RFC 3161)") from None
    return response


def _granted(response: rfc3161.TimeStampResponse) -> rfc3161.TimeStampResponse:
    if response.status != _GRANTED:
        raise _Unfit("den är ett avslag", "it is a refusal")
    return response


def _check(
    response: rfc3161.TimeStampResponse, data: bytes, *, ca: Path | None, nonce: int | None = None
) -> None:
    """Refuse what is not a token over ``data``, or not one that ``ca`` vouches for."""
    imprint = _granted(response).tst_info.message_imprint
    if imprint.hash_algorithm != _SHA256 or imprint.message != hashlib.sha256(data).digest():
        raise _Unfit("den gäller andra byte", "it is over other bytes")
    if nonce is not None and response.tst_info.nonce != nonce:
        raise _Unfit("den har ett annat engångstal än frågan", "its nonce is not the question's")
    if not response.signed_data.certificates:
        raise _Unfit("undertecknarens certifikat saknas", "the signer's certificate is not in it")
    if ca is None:
        return
    verifier = rfc3161.VerifierBuilder(roots=_certificates(ca)).build()
    try:
        verifier.verify_message(response, data)
    except (rfc3161.VerificationError, ValueError):
        # The library's own words differ from one OpenSSL to the next.
        raise _Unfit(
            f"underskriften stämmer inte, eller leder inte till ett då giltigt certifikat i {ca}",
            f"its signature is wrong, or leads to no certificate in {ca} that was valid then",
        ) from None


def _certificates(ca: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(ca.read_bytes())
    except (OSError, ValueError):
        raise InputError(
            "tsa-ca",
            sv=f"{ca} går inte att läsa som certifikat i PEM-form. Rätta inställningen tsa_ca: den "
            "ska ange en fil med tidsstämplingstjänstens rotcertifikat.",
            en=f"{ca} cannot be read as certificates in PEM form. Mend the setting tsa_ca: it "
            "names a file with the time-stamping authority's root certificate.",
        ) from None


def _check_address(url: str) -> None:
    try:
        parts = urllib.parse.urlsplit(url)
        fit = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fit = False
    else:
        fit = fit and "@" not in parts.netloc and url.isascii() and url.isprintable()
    if not fit or " " in url:
        # The address itself is left out: it could hold a password.
        raise InputError(
            "tsa-url",
            sv="Inställningen tsa_url duger inte. Ange tidsstämplingstjänstens adress, med http:// "
            "eller https:// och utan användarnamn och lösenord.",
            en="The setting tsa_url will not do. Give the time-stamping authority's address, with "
            "http:// or https:// and without user name and password.",
        )


def _away(place: str, why: str) -> ArchiveError:
    return ArchiveError(
        "tsa-away",
        sv=f"Tidsstämplingstjänsten {place} gav inget svar ({why}). Stämplarna hämtas vid nästa "
        "körning. Dröjer det, kontrollera tsa_url, nätet, en eventuell proxy och certifikatet "
        "(SSL_CERT_FILE).",
        en=f"The time-stamping authority {place} gave no answer ({why}). The tokens are fetched in "
        "the next run. If it lasts, check tsa_url, the network, a proxy if there is one, and the "
        "certificate (SSL_CERT_FILE).",
    )


def _refused(place: str, status: int) -> ArchiveError:
    return ArchiveError(
        "tsa-refused",
        sv=f"Tidsstämplingstjänsten {place} avslog frågan (status {status} i RFC 3161). Den ska "
        "tillåta SHA-256; fråga den som driver den. Stämplarna hämtas vid nästa körning.",
        en=f"The time-stamping authority {place} refused the question (status {status} in RFC "
        "3161). It must allow SHA-256; ask whoever runs it. The tokens are fetched in the next "
        "run.",
    )


def _answered_wrong(place: str, unfit: _Unfit) -> DamageError:
    return DamageError(
        "tsa-answered-wrong",
        sv=f"Stämpeln från tidsstämplingstjänsten {place} duger inte: {unfit.sv}. Inget har "
        "sparats. Kontrollera att tsa_url och tsa_ca hör till samma tjänst; fråga annars den som "
        "driver den.",
        en=f"The token of the time-stamping authority {place} will not do: {unfit.en}. Nothing "
        "was stored. Check that tsa_url and tsa_ca belong to the same authority; else ask whoever "
        "runs it.",
    )


def _token_wrong(unfit: _Unfit) -> DamageError:
    return DamageError(
        "token-wrong",
        sv=f"Tidsstämpeln duger inte: {unfit.sv}. Återställ den och det den gäller från en "
        "säkerhetskopia, och kontrollera att tsa_ca är tjänstens rotcertifikat.",
        en=f"The token of trusted time will not do: {unfit.en}. Restore it and what it is over "
        "from a backup, and check that tsa_ca is the authority's root certificate.",
    )
