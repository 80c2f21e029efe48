"""In whatever order things happen, and whenever a process is killed, culling keeps its promises.

A model beside the archive knows what was written on the channel, what a harvest has seen of it,
what was asked, answered, classified, held, listed and approved. Any act may be killed at one of its
writes; the journal then says whether it happened. Each promise is an assertion: no held, kept,
unanswered or too young thread is destroyed; a certificate equals the facts; what was culled never
comes in again; what was not always does.

``KANALARKIV_TEST_EXAMPLES=200`` plays so many more stories than the everyday tests do.
"""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tasks.culling import carry_out, read_certificate
from tasks.culling.certificate import certificates
from tasks.culling.lists import read_list, waiting
from tasks.culling.reading import Stored
from tasks.days import gist_of_line, thread_from_json
from tests.properties.culling_world import ACTION, DEATHS, EXAMPLES, Begun, Channel, Listed
from tests.properties.mortal import Death


class Culling(Channel):
    """Lists, approvals and their carrying out, amid all that."""

    @rule(death=DEATHS)
    def propose(self, death: Death | None) -> None:
        ref, news, refused = self.act(self.world.propose, death)
        if self.begun is not None:
            assert refused in {"cull-unfinished", "died"}
            return
        assert refused in {"", "died"}
        may_go = sorted(key for key in self.living if self.may_go(key))
        if not refused:
            assert ref.rows == len(may_go)
        if news & {"cull-proposed", "cull-expired"}:
            self.list = None
        if "cull-proposed" in news:
            [list_id] = waiting(self.world.archive)
            found = read_list(self.world.archive, list_id)
            assert sorted(row.thread for row in found.rows) == may_go
            rows = [(row.thread, self.living[row.thread].record_class) for row in found.rows]
            self.list = Listed(list_id, found.expires, rows)

    @precondition(lambda self: self.list is not None and not self.list.approved)
    @rule(data=st.data(), death=DEATHS)
    def approve(self, data: st.DataObject, death: Death | None) -> None:
        assert self.list is not None
        list_ = self.list
        keep = data.draw(st.sets(st.integers(1, len(list_.rows)), max_size=1))
        approval = dict.fromkeys(keep, "unique")
        _, news, refused = self.act(lambda: self.world.approve(list_.id, keep=approval), death)
        old = self.world.now >= list_.expires
        assert refused in ({"list-expired", "died"} if old else {"", "died"})
        if news:
            list_.approved, list_.keep = True, keep

    @precondition(lambda self: self.list is not None)
    @rule(death=DEATHS)
    def carry_out(self, death: Death | None) -> None:
        assert self.list is not None
        list_, before = self.list, self.world.threads()
        _, news, refused = self.act(
            lambda: carry_out(
                self.world.archive,
                self.world.decision,
                list_.id,
                now=self.world.now,
                run="test",
                software="Kanalarkiv 0",
            ),
            death,
        )
        if "cull-intent" in news:
            self.went(list_, before)
        elif self.begun is None:
            assert self.world.threads().keys() == before.keys()
            refusals = set() if list_.approved else {"list-not-approved"}
            refusals |= {"list-expired"} if self.world.now >= list_.expires else set()
            assert refused in refusals | {"died"}
        if "culled" in news:
            self.certified()
        elif self.begun is not None:
            assert refused == "died"

    @rule(data=st.data(), answered=st.booleans(), happenings=st.integers(0, 2))
    def a_mondays_work(self, data: st.DataObject, *, answered: bool, happenings: int) -> None:
        """The usual way, killed here and there, and what may happen before the end of it."""
        self.world.later(data.draw(st.sampled_from([7, 8.3])))
        self.harvest()
        for hinders in data.draw(st.lists(st.sampled_from([self.hold, self.classify]), max_size=2)):
            if self.living:
                hinders(data)
        while answered and any(each.asked for each in self.living.values()):
            self.answer(data)
        self.propose(data.draw(DEATHS))
        if self.list is not None and not self.list.approved:
            self.approve(data, data.draw(DEATHS))
        for death in (data.draw(DEATHS), data.draw(DEATHS), None):
            for _ in range(happenings):
                data.draw(st.sampled_from(self.possible()))(data)
            if self.list is not None:
                self.carry_out(death)

    def went(self, list_: Listed, before: dict[str, Stored]) -> None:
        """At the intent exactly the eligible rows leave, each for where it was approved to go."""
        assert list_.approved
        assert self.world.now < list_.expires
        begun = Begun(list_, {}, {})
        for number, (key, record_class) in enumerate(list_.rows, 1):
            known = self.living.get(key)
            if known is None or known.record_class != record_class or not self.may_go(key):
                continue
            kept = number in list_.keep or ACTION[record_class] == "keep"
            (begun.kept if kept else begun.culled)[number] = before[key]
            self.gone |= self.living.pop(key).wordings
        left = before.keys() - self.world.threads().keys()
        assert left == {each.thread.id for each in (*begun.culled.values(), *begun.kept.values())}
        self.begun = begun

    def certified(self) -> None:
        """The certificate says what went, line by line; nothing of it can be read any more."""
        assert self.begun is not None
        begun, archive = self.begun, self.world.archive
        [number] = {p.labels["number"] for p in certificates(archive)} - self.issued.keys()
        told = read_certificate(archive, number)
        assert {each.row: each.sha256 for each in told.culled} == {
            row: each.sha256 for row, each in begun.culled.items()
        }
        assert told.items == sum(len(each.thread.posts) for each in begun.culled.values())
        rows = set(range(1, len(begun.list.rows) + 1))
        assert {each.row for each in told.excepted if each.kept} == set(begun.kept)
        stopped = {each.row for each in told.excepted if each.stopped}
        assert stopped == rows - begun.culled.keys() - begun.kept.keys()
        assert told.remaining == 0
        for each in begun.culled.values():
            for post in each.thread.posts:
                assert not [v for v in post.versions if self.world.says(v.words.text)]
        kept = [archive.read(p, "thread.json") for p in archive.packages("kept/", kind="kept")]
        in_kept = {thread_from_json(line).id for line in kept}
        assert {each.thread.id for each in begun.kept.values()} <= in_kept
        self.list = self.begun = None
        self.issued[number] = b""

    # ---- promises

    @invariant()
    def the_archive_holds_what_it_should_and_nothing_that_was_culled(self) -> None:
        found = {key: each.thread for key, each in self.world.threads().items()}
        assert found.keys() == self.living.keys()
        for key, thread in found.items():
            wordings = {(p.id, v.words.text) for p in thread.posts for v in p.versions}
            assert wordings == self.living[key].wordings
            assert not wordings & self.gone

    @invariant()
    def every_gist_is_that_of_its_thread(self) -> None:
        archive = self.world.archive
        secret = archive.secret()
        for each in self.world.threads().values():
            sizes = {f["name"]: f["size"] for f in archive.manifest(each.package)["files"]}
            line = each.day.line(each.gist)
            assert each.gist == gist_of_line(each.thread, line, sizes, secret)

    @invariant()
    def certificates_are_as_many_as_cullings_and_never_change(self) -> None:
        archive = self.world.archive
        found = {
            p.labels["number"]: archive.read(p, "certificate.json") for p in certificates(archive)
        }
        assert found.keys() == self.issued.keys()
        for number, data in found.items():
            assert self.issued[number] in {b"", data}
            self.issued[number] = data


TestCulling = Culling.TestCase
TestCulling.settings = settings(
    max_examples=EXAMPLES or 20,
    stateful_step_count=20 if EXAMPLES else 10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
