"""Which threads the WordPress connector reads with their words, and which as numbers."""

from tests.tasks.channels.fake_wordpress import FakeWordPress, comment, gmt, post
from tests.tasks.channels.wordpress.reading import Read, days


def test_a_scheduled_post_whose_last_change_is_older_than_it_has_its_words(read: Read) -> None:
    site = FakeWordPress([post(1, days(1), modified_gmt=gmt(days(30)))])

    [item] = read(site, numbers_since=days(90)).items

    assert item.words


def test_an_old_post_has_words_when_it_was_edited_and_its_old_comments_have_not(
    read: Read,
) -> None:
    site = FakeWordPress(
        [post(1, days(400), modified_gmt=gmt(days(1)))],
        [comment(2, 1, days(390)), comment(3, 1, days(1))],
    )

    found = {i.id: i.words is not None for i in read(site, numbers_since=days(90)).items}

    assert found == {"1": True, "c2": False, "c3": True}


def test_a_late_comment_brings_its_old_thread_as_numbers(read: Read) -> None:
    site = FakeWordPress(
        [post(1, days(400)), post(2, days(300))],
        [comment(3, 1, days(390)), comment(4, 1, days(1)), comment(5, 2, days(290))],
    )

    fetched = read(site, numbers_since=days(90))

    found = {i.id: i.words is not None for i in fetched.items}
    assert found == {"1": False, "c3": False, "c4": True}
    assert fetched.looked_for == frozenset()


def test_a_living_thread_is_read_whole_whatever_its_age(read: Read) -> None:
    site = FakeWordPress(
        [post(1, days(400)), post(2, days(400)), post(3, days(400), type="page")],
        [comment(4, 1, days(390)), comment(5, 2, days(390))],
    )
    watch = frozenset({"1", "3", "77", "https://gammal.example/ett-flode"})

    fetched = read(site, watch=watch, numbers_since=days(90))

    assert {i.id: i.words is not None for i in fetched.items} == {"1": True, "3": True, "c4": True}
    assert fetched.looked_for == {"1", "3", "77"}, "what WordPress never had, it cannot miss"


def test_many_living_threads_are_asked_for_a_hundred_at_a_time(read: Read) -> None:
    site = FakeWordPress([post(n, days(400)) for n in range(1, 251)])

    fetched = read(site, watch=frozenset(map(str, range(1, 251))), numbers_since=days(90))

    assert len(fetched.items) == 250
    batches = [
        q["include"].split(",") for r, q in site.asked if r.endswith("posts") and "include" in q
    ]
    assert [len(batch) for batch in batches] == [100, 100, 50]
