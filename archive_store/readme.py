"""The README in the archive's root: the format, told to a person in thirty years.

Somebody may find these files without the program that wrote them, so the page says, in Swedish and
English, what lies where, what may have been taken away and why, and how to check it by hand. The
table of zones is that of ``archive_store.keys``. The same for developers: docs/format.md.
"""

from typing import Final

from archive_store.keys import ZONES

_NEVER_SV: Final = "skrivs en gång, tas aldrig bort"
_NEVER_EN: Final = "written once, never taken away"

_SV: Final = """\
# Läs mig: så är det här arkivet uppbyggt

(In English below.)

Det här är ett arkiv över vad en myndighet har sagt och hört i sociala medier. Programmet som skrev
det heter Kanalarkiv, men det behövs inte för att läsa arkivet: allt är vanliga filer. Öppna
`index.html` i en webbläsare för en förteckning över ögonblicksbilder, gallringsprotokoll och
årsrapporter.

## Vad som ligger var

| Mapp | Innehåll | Vad som får hända |
|---|---|---|
{zones}
| `journal/` | en rad för varje ändring, i ordning | skrivs en gång, tas aldrig bort |
| `checkpoints/` | journalen i sammandrag (SQLite) | kan tas bort; görs om av sig själv |
| `leases/` | lås under pågående körningar | kan tas bort när inget körs |

Filerna är text (JSON i UTF-8), PDF, HTML eller Parquet (tabeller; läses av de flesta program för
statistik). `tombstones/key` är en hemlig nyckel: lämna inte ut den. En fil som slutar på `.tsr` är
en tidsstämpel (RFC 3161) över filen bredvid med samma namn och ändelsen `.json`; den visar att den
filen fanns då.

## Paket

Det som hör ihop ligger i ett *paket*: en innehållsförteckning (manifest) och de filer den nämner.

- Ett paket i en egen mapp har sin förteckning i mappens `manifest.json`.
- Ett paket utan egen mapp har sin förteckning i `namn.json`, och filerna heter `namn.` med en
  ändelse, till exempel `namn.pdf` bredvid `namn.json`.

Förteckningen säger vad paketet är (`about`, `labels`), när det skrevs (`written`, verklig tid;
`now`, den tid som gällde för regeln) och vilka filer som ingår (`files`), var och en med storlek
i byte och kontrollsumma (SHA-256 av filens innehåll). Tider med bokstaven Z är UTC; datum och
klockslag i namn utan Z är svensk tid.

## Journalen

`journal/000000000001.json` är den första ändringen, `journal/000000000002.json` den andra, och så
vidare. Varje post säger vad som hände (`event`), vem eller vad som gjorde det (`actor`), vilka
paket som kom till (`added`, med kontrollsumman för paketets förteckning) och vilka som togs bort
(`retired`) och varför (`retirement`): `superseded` betyder att ett nyare ersatte det, `culled` att
det gallrades enligt beslut, `expired` att tiden hade gått ut, `withdrawn` att det återkallades
genom beslut och ersattes. `previous` är kontrollsumman för posten före. Därför går det inte att
ändra en post i efterhand utan att det syns i den som kommer efter.

Ett paket finns i arkivet om journalen har lagt till det och inte tagit bort det. Filer som inte
hör till något sådant paket är rester efter avbrutna körningar, eller har lagts dit av någon
annan.

Det som saknas kan vara gallrat med stöd av ett gallringsbeslut. Då finns ett gallringsprotokoll i
`certificates/`, och besluten ligger i `register/`.

## Att kontrollera arkivet för hand

1. Räkna fram SHA-256 för `journal/000000000001.json`. Den ska stå som `previous` i nästa post,
   och så vidare till den sista.
2. Räkna fram SHA-256 för ett pakets förteckning. Den ska stå i journalposten som lade till
   paketet.
3. Räkna fram SHA-256 för paketets filer. De ska stå i förteckningen.

På en dator med kommandot `sha256sum` (eller `shasum -a 256`): `sha256sum journal/*.json`.
"""

_EN: Final = """\
# Read me: how this archive is built

This is an archive of what a public body has said and heard in social media. The program that
wrote it is called Kanalarkiv, but it is not needed to read the archive: these are all ordinary
files. Open `index.html` in a web browser for a list of snapshots, destruction certificates and
yearly reports (in Swedish).

## What lies where

| Folder | Content | What may happen to it |
|---|---|---|
{zones}
| `journal/` | one line for each change, in order | written once, never taken away |
| `checkpoints/` | the journal summed up (SQLite), to open faster | may be removed; is made anew |
| `leases/` | locks of runs in progress | may be removed when nothing runs |

The files are text (JSON in UTF-8), PDF, HTML or Parquet (tables, which most programs for
statistics can read). `tombstones/key` is a secret key: do not hand it out. A file ending in `.tsr`
is a timestamp (RFC 3161) over the file beside it with the same name and the ending `.json`; it
shows that the file existed then.

## Packages

What belongs together lies in a *package*: a list of contents (the manifest) and the files it
names.

- A package with a folder of its own has its manifest in that folder's `manifest.json`.
- A package without one has its manifest in `name.json`, and its files are called `name.` with an
  ending, such as `name.pdf` beside `name.json`.

The manifest says what the package is (`about`, `labels`), when it was written (`written`, real
time; `now`, the time that counted for the rule) and which files it has (`files`), each with its
size in bytes and its digest (SHA-256 of the file's content). Times with the letter Z are UTC;
dates and times in names without a Z are Swedish time.

## The journal

`journal/000000000001.json` is the first change, `journal/000000000002.json` the second, and so on.
Each entry says what happened (`event`), who or what did it (`actor`), which packages were added
(`added`, with the digest of the package's manifest) and which were taken away (`retired`) and why
(`retirement`): `superseded` means that a newer one replaced it, `culled` that it was destroyed by
a decision, `expired` that its time was up, `withdrawn` that a decision took it back and something
else stands in its place. `previous` is the digest of the entry before. So no entry can be changed
afterwards without its being seen in the one that follows.

A package is in the archive if the journal has added it and not taken it away. Files that belong to
no such package are what interrupted runs have left, or were put there by somebody else.

What is missing may have been culled under a decision. There is then a destruction certificate in
`certificates/`, and the decisions lie in `register/`.

## Checking the archive by hand

1. Compute the SHA-256 of `journal/000000000001.json`. It must stand as `previous` in the next
   entry, and so on to the last.
2. Compute the SHA-256 of a package's manifest. It must stand in the journal entry that added it.
3. Compute the SHA-256 of the package's files. They must stand in the manifest.

On a computer with the command `sha256sum` (or `shasum -a 256`): `sha256sum journal/*.json`.
"""


_WORDS_SV: Final = {
    "superseded": "ersätts",
    "culled": "gallras",
    "expired": "tas bort när tiden gått ut",
    "withdrawn": "skrivs en gång; återkallas bara genom beslut, mot en ersättning",
}
_WORDS_EN: Final = {
    "superseded": "replaced",
    "culled": "culled",
    "expired": "removed when its time is up",
    "withdrawn": "written once; withdrawn only by a decision, against a replacement",
}


def readme() -> bytes:
    """The page's bytes."""
    sv, en = [], []
    for zone, law in ZONES.items():
        may_sv = [word for code, word in _WORDS_SV.items() if code in law.retirements]
        may_en = [word for code, word in _WORDS_EN.items() if code in law.retirements]
        sv.append(f"| `{zone}/` | {law.sv} | {', '.join(may_sv) or _NEVER_SV} |")
        en.append(f"| `{zone}/` | {law.en} | {', '.join(may_en) or _NEVER_EN} |")
    pages = _SV.replace("{zones}", "\n".join(sv)), _EN.replace("{zones}", "\n".join(en))
    return "\n---\n\n".join(pages).encode()
