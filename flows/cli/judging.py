"""Commands by which people judge single threads: classify, and why one may or may not go."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.culling import By, ground
from flows.cli.out import emit, t, table
from flows.cli.runs import AsOf, moment

if TYPE_CHECKING:
    from flows.house import House
    from tasks.culling.explaining import Explanation

PostId = Annotated[
    str,
    typer.Argument(
        help=t("KANAL/ID, eller LISTA:RAD", "CHANNEL/ID, or LIST:ROW"), metavar=t("INLÄGG", "POST")
    ),
]


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the tree."""
    app.command(
        "classify", help=t("Ange en tråds handlingstyp.", "Say which class a thread is of.")
    )(classify)
    app.command(
        "filed",
        help=t(
            "Vad som ska registreras, eller ange ett diarienummer.",
            "What is to be registered, or enter its number.",
        ),
    )(filed)
    app.command(
        "removed",
        help=t("Notera att ett inlägg tagits bort i kanalen.", "Note a removal on the channel."),
    )(removed)


def classify(
    post: PostId,
    record_class: Annotated[
        str,
        typer.Option(
            "--class",
            help=t("handlingstypens id i beslutet, eller regler", "id in the decision, or regler"),
            metavar="ID",
        ),
    ],
    by: By,
    reason: Annotated[
        str, typer.Option("--reason", help=t("skäl, en kod", "why, a code"))
    ] = "routine",
    as_of: AsOf = None,
) -> None:
    """A person's word goes before the decision's rules."""
    house = ground(None, as_of, writes=True)
    from flows.classifying import classified, reference_of

    channel, reference = reference_of(house.archive, post)
    entry = classified(house, channel, reference, record_class, reason, by)
    apart = entry is not None and entry.facts["apart"]
    where = t(" och avskild till restricted/", " and set apart in restricted/") if apart else ""
    emit(
        {"post": post, "class": record_class, "reason": reason, "apart": apart},
        [t(f"{post}: klassad som {record_class}{where}", f"{post}: classified{where}")],
    )


def filed(
    post: Annotated[
        str | None,
        typer.Argument(
            help=t("KANAL/ID; utan det visas listan", "CHANNEL/ID; without it the list"),
            metavar=t("INLÄGG", "POST"),
        ),
    ] = None,
    dnr: Annotated[
        str | None, typer.Option("--dnr", help=t("diarienummer", "number in the diary"))
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help=t("id", "id"), metavar="ID")] = None,
    as_of: AsOf = None,
) -> None:
    """The work list with the document of each thread; or a thread's number in the diary."""
    if post is None:
        _work_list(ground(None, as_of))
        return
    if not dnr or not by:
        raise typer.BadParameter(
            t("ange --dnr DIARIENUMMER och --by ID", "give --dnr NUMBER and --by ID")
        )
    house = ground(None, as_of, writes=True)
    from flows.classifying import reference_of
    from flows.filing import enter

    channel, reference = reference_of(house.archive, post)
    enter(house, channel, reference, dnr=dnr, by=by)
    emit({"post": post, "dnr": dnr}, [t(f"{post}: registrerad, {dnr}", f"{post}: {dnr}")])


def _work_list(house: "House") -> None:
    from flows.filing import work_list

    rows = [
        {
            "post": f"{each.thread.channel}/{each.thread.id}",
            "day": each.thread.day.isoformat(),
            "reason": each.reason,
            "document": f"{each.document.base}.pdf" if each.document else None,
        }
        for each in work_list(house)
    ]
    lines = table(
        (t("inlägg", "post"), t("dag", "day"), t("skäl", "reason"), t("handling", "document")),
        [(r["post"], r["day"], r["reason"], r["document"] or "–") for r in rows],
    )
    emit({"to_file": rows}, lines or [t("inget väntar på registrering", "nothing waits")])


def removed(
    post: PostId,
    ground_: Annotated[
        str,
        typer.Option("--ground", help="bbs, secrecy, personal-data, house-rules, spam"),
    ],
    role: Annotated[
        str, typer.Option("--role", help=t("rollen som tog bort", "the role that removed it"))
    ],
    told: Annotated[
        str,
        typer.Option(
            "--told", help=t("om avsändaren har underrättats: yes, no", "author told: yes, no")
        ),
    ],
    by: By,
    at: Annotated[
        str | None,
        typer.Option("--at", help=t("när, annars nu", "when, else now"), metavar=t("TID", "TIME")),
    ] = None,
    as_of: AsOf = None,
) -> None:
    """Nothing is removed by this: it keeps a copy in restricted/ and the codes of what was done."""
    if told not in {"yes", "no"}:
        raise typer.BadParameter(t(f"--told {told}: yes eller no", f"--told {told}: yes or no"))
    house = ground(None, as_of, writes=True)
    from flows.circumstances import require_judge
    from flows.classifying import decision_of, reference_of
    from tasks.culling.removal import Removal, remove

    channel, reference = reference_of(house.archive, post)
    require_judge(house, decision_of(house, channel), by)
    said = Removal(
        ground=ground_,
        at=moment(at) or house.now,
        role=role,
        told=told == "yes",
    )
    entry = remove(house.archive, channel, reference, said, by=by, now=house.now)
    key = entry.added[0].key if entry else None
    emit(
        {"post": post, "ground": said.ground, "told": said.told, "copy": key},
        [t(f"{post}: borttagandet är noterat", f"{post}: the removal is noted")],
    )


def show_thread(house: "House", said: str) -> None:
    """Class, rule, due date, and every guard with its finding, for the person at the terminal."""
    from flows.circumstances import circumstances_of
    from flows.classifying import decision_of, reference_of
    from tasks.culling.classifying import thread_unknown
    from tasks.culling.explaining import explain
    from tasks.culling.gathering import grounds_of
    from tasks.culling.reading import find_thread

    channel, reference = reference_of(house.archive, said)
    decision = decision_of(house, channel)
    found = find_thread(house.archive, channel, reference)
    if found is None:
        raise thread_unknown(channel)
    circumstances = circumstances_of(house)
    grounds = grounds_of(house.archive, decision, [channel], house.now, circumstances)
    explained = explain(found[1], grounds[channel])
    emit(_explained(explained), _lines(explained))


def _explained(found: "Explanation") -> dict[str, Any]:
    known, thread = found.classed.record_class, found.thread
    return {
        "channel": thread.channel,
        "day": thread.day.isoformat(),
        "thread": thread.id,
        "counted_as": thread.counted_as,
        "permalink": thread.permalink,
        "class": known.id if known else None,
        "rule": known.rule if known else None,
        "why": found.classed.why,
        "fitting": list(found.classed.fitting),
        "classified_by": thread.classed_by,
        "classified_at": thread.classed_at,
        "reason": thread.classed_why,
        "filed": thread.filed,
        "action": found.action,
        "due": found.due,
        "latest": found.latest,
        "goes": found.goes,
        "guards": [
            {
                "code": guard.code,
                "ok": finding is None,
                "finding": finding.code if finding else None,
                "text": (finding.text if finding else guard.ensures).in_(t("sv", "en")),
            }
            for guard, finding in found.guards
        ],
    }


def _lines(found: "Explanation") -> list[str]:
    from tasks.culling.classes import WHY
    from tasks.culling.classifying import REASONS
    from tasks.culling.protocol import moment

    lang = t("sv", "en")
    known, thread = found.classed.record_class, found.thread
    lines = [f"{thread.channel}  {thread.day}  {thread.permalink}"]
    if thread.counted_as:
        name = f"{thread.channel}/{thread.counted_as}"
        lines.append(t(f"börjad av någon annan; skriv {name} i Prefect", f"in Prefect: {name}"))
    if known is None:
        lines.append(t("handlingstyp: okänd", "class: unknown"))
    else:
        why = WHY[found.classed.why].in_(lang)
        if thread.classed_by:
            why += f": {thread.classed_by}, {REASONS[thread.classed_why].in_(lang)}"
        lines += [
            t(f"handlingstyp: {known.name}", f"class: {known.name}"),
            t(f"regel: {known.rule}, {why}", f"rule: {known.rule}, {why}"),
        ]
        if found.classed.fitting[1:]:
            others = ", ".join(found.classed.fitting[1:])
            lines.append(
                t(f"passar även: {others}; längsta fristen gäller", f"also fitting: {others}")
            )
    if found.due and found.latest:
        first, last = moment(found.due), moment(found.latest)
        what = {
            "cull": t("får gallras", "may be culled"),
            "keep": t("bevaras, flyttas till kept/", "kept, moved to kept/"),
            "file": t("ska registreras, kan gallras", "to be registered, may be culled"),
            "restrict": t("avskiljs", "set apart"),
        }[found.action or "cull"]
        lines.append(t(f"{what} från {first}, senast {last}", f"{what} {first}, latest {last}"))
    for guard, finding in found.guards:
        said = (finding.text if finding else guard.ensures).in_(lang)
        lines.append(f"  {'✓' if finding is None else '✗'} {said}")
    return lines
