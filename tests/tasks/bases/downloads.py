"""Made-up downloads of Sjövik's accounts, in the shapes that Meta's have."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.tasks.bases.samples import a_picture

DECEMBER_30 = 1_767_085_200  # 2025-12-30 09:00 UTC
DECEMBER_3 = 1_764_752_400
ALBUM = "your_facebook_activity/posts/media/Tidslinjefoton_1"


def broken(value: Any) -> Any:
    """The value as Meta writes it: each byte of UTF-8 as a character."""
    if isinstance(value, str):
        return value.encode().decode("latin-1")
    if isinstance(value, list):
        return [broken(one) for one in value]
    if isinstance(value, dict):
        return {broken(key): broken(one) for key, one in value.items()}
    return value


def facebook_posts() -> list[dict[str, Any]]:
    return [
        {
            "timestamp": DECEMBER_30,
            "attachments": [
                {
                    "data": [
                        {
                            "media": {
                                "uri": f"{ALBUM}/1.jpg",
                                "creation_timestamp": DECEMBER_30,
                                "media_metadata": {
                                    "photo_metadata": {"exif_data": [{"upload_ip": "192.0.2.7"}]}
                                },
                                "title": "Tidslinjefoton",
                                "description": "Isen på Sjön bär inte än 🧊",
                            }
                        },
                        {"media": {"uri": f"{ALBUM}/2.jpg", "description": "Röd flagga"}},
                        {"media": {"uri": f"{ALBUM}/film.mp4"}},
                    ]
                },
                {
                    "data": [
                        {
                            "external_context": {
                                "name": "Isläget",
                                "url": "https://sjovik.example/is",
                            }
                        }
                    ]
                },
            ],
            "data": [
                {"post": "Isen på Sjön bär inte än 🧊\nHåll er på land. 👨‍👩‍👧"},
                {"update_timestamp": DECEMBER_30 + 60},
            ],
            "title": "Sjöviks kommun lade till 2 nya bilder.",
        },
        {
            "timestamp": DECEMBER_3,
            "data": [],
            "attachments": [{"data": [{"fundraiser": {"name": "x"}}]}],
            "title": "Sjöviks kommun delade ett inlägg.",
        },
        {"timestamp": DECEMBER_3 + 60, "data": [], "attachments": []},
    ]


def facebook_comments() -> dict[str, Any]:
    def comment(text: str, **more: str) -> dict[str, Any]:
        told = {"timestamp": DECEMBER_30 + 90, "comment": text, "author": "Sjöviks kommun", **more}
        return {
            "timestamp": DECEMBER_30 + 90,
            "data": [{"comment": told}],
            "title": "Sjöviks kommun svarade på Ada Testssons kommentar.",
        }

    return {
        "comments_v2": [
            comment("Hej! Banan spolas på måndag."),
            comment("Skrivet i en grupp", group="Grannar i Sjövik"),
        ]
    }


def facebook(
    posts: Any = None, *, extra: Mapping[str, bytes] | None = None, root: str = ""
) -> dict[str, bytes]:
    """A Facebook download's files by name."""
    files = {
        "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json": posts
        if posts is not None
        else facebook_posts(),
        "your_facebook_activity/comments_and_reactions/comments.json": facebook_comments(),
        "your_facebook_activity/posts/archive.json": [
            {"timestamp": 1, "data": [{"post": "arkiverat"}]}
        ],
        "your_facebook_activity/messages/inbox/a/message_1.json": {"messages": "hemligt"},
    }
    told = {root + name: json.dumps(broken(value)).encode() for name, value in files.items()}
    pictures = {f"{ALBUM}/1.jpg": a_picture(kind="JPEG"), f"{ALBUM}/film.mp4": b"film"}
    return told | {root + name: data for name, data in pictures.items()} | dict(extra or {})


def instagram() -> dict[str, bytes]:
    """An Instagram download's files by name."""
    folder = "media/posts/202512"
    posts = [
        {
            "media": [
                {
                    "uri": f"{folder}/1.jpg",
                    "creation_timestamp": DECEMBER_30,
                    "title": "Snö på Åsen ❄️",
                }
            ]
        },
        {
            "media": [
                {"uri": f"{folder}/2.jpg", "creation_timestamp": DECEMBER_3, "title": ""},
                {"uri": f"{folder}/3.jpg", "creation_timestamp": DECEMBER_3, "title": ""},
            ],
            "title": "Två bilder från hamnen",
            "creation_timestamp": DECEMBER_3,
        },
    ]
    reels = {
        "ig_reels_media": [
            {"media": [{"uri": "media/reels/1.mp4", "creation_timestamp": DECEMBER_3}]}
        ]
    }
    comments = [
        {
            "media_list_data": [{"uri": ""}],
            "string_map_data": {
                "Kommentar": {"value": "Tack för tipset å hälsningar"},
                "Medieägare": {"value": "ada.testsson"},
                "Tid": {"timestamp": DECEMBER_30},
            },
        }
    ]
    activity = "your_instagram_activity"
    files: dict[str, Any] = {
        f"{activity}/media/posts_1.json": posts,
        f"{activity}/media/reels.json": reels,
        f"{activity}/media/archived_posts.json": [{"title": "arkiverat"}],
        f"{activity}/comments/post_comments_1.json": comments,
    }
    told = {name: json.dumps(broken(value)).encode() for name, value in files.items()}
    return told | {f"{folder}/{n}.jpg": a_picture(kind="JPEG") for n in (1, 2, 3)}


def zipped(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return target.getvalue()


def laid_out(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


FACEBOOK_CSV = (
    "\ufeffPublicerings-id,Sid-id,Sidnamn,Titel,Publiceringstid,Inläggstyp,Permalänk,Visningar,"
    'Räckvidd,"Reaktioner, kommentarer och delningar",Reaktioner,Kommentarer,Delningar,'
    "Totalt antal klick,Länkklick,Övriga klick,Datum\r\n"
    '1221580000000001,615710000001,Sjöviks kommun,"Isen bär inte,\nhåll er ""på land""",'
    "12/30/2025 01:00,Foton,https://social.example/p/1,1 204,980,57,40,,5,12,0,12,Livstid\r\n"
    "1221580000000002,615710000001,Sjöviks kommun,Plogning,07/01/2025 02:30,Status,"
    "https://social.example/p/2,300,250,0,0,0,0,,,,Livstid\r\n"
)
INSTAGRAM_CSV = (
    "Post ID,Account ID,Account username,Account name,Description,Publish time,Post type,Permalink,"
    "Views,Reach,Likes,Comments,Shares,Follows,Saves,Date\n"
    "18011000000000001,17840001,sjovik,Sjövik,Snö,12/30/2025 01:00,IG image,https://i.example/p/A/,"
    '"12,400",9100,610,57,88,,230,Lifetime\n'
)
