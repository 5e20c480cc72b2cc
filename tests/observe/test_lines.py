"""Lines are written in their order, soon, and all of them."""

from __future__ import annotations

import io
import threading

import pytest

from entrepot.observe.lines import MANY_BYTES, Lines

NEVER = 3600.0
SOON = 0.001
WAIT_SECONDS = 30


class Stream(io.BytesIO):
    """Counts writes and says when one is done; `broken` ones fail."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.written = threading.Event()
        self.broken = False

    def write(self, content, /):
        self.written.set()
        if self.broken:
            raise OSError("no space left")
        self.writes += 1
        return super().write(content)


@pytest.fixture
def stream() -> Stream:
    return Stream()


@pytest.fixture
def patient(stream):
    """Lines that nobody writes unless there is a reason."""
    lines = Lines(stream, NEVER)
    yield lines
    lines.close()


def test_without_waiting_every_line_is_a_write(stream):
    lines = Lines(stream)
    lines.put(b"1\n")
    assert stream.getvalue() == b"1\n"
    lines.put(b"2\n")
    assert (stream.getvalue(), stream.writes) == (b"1\n2\n", 2)


def test_lines_wait_for_each_other_and_are_one_write(stream, patient):
    for number in range(10):
        patient.put(b"%d\n" % number)
    assert stream.getvalue() == b""
    patient.flush()
    assert (stream.getvalue().split(), stream.writes) == ([b"%d" % number for number in range(10)], 1)


def test_they_do_not_wait_for_long(stream):
    lines = Lines(stream, SOON)
    for line in (b"first\n", b"second\n"):
        stream.written.clear()
        lines.put(line)
        assert stream.written.wait(WAIT_SECONDS)
    lines.close()
    assert stream.getvalue() == b"first\nsecond\n"


def test_an_urgent_line_is_written_at_once_behind_those_that_waited(stream, patient):
    patient.put(b"waited\n")
    patient.put(b"urgent\n", urgent=True)
    assert (stream.getvalue(), stream.writes) == (b"waited\nurgent\n", 1)


def test_many_are_written_without_waiting_for_more(stream, patient):
    patient.put(b"x" * (MANY_BYTES - 1))
    assert not stream.writes
    patient.put(b"y")
    assert stream.writes == 1


def test_after_the_end_nothing_waits(stream, patient):
    patient.put(b"before\n")
    patient.close()
    assert stream.getvalue() == b"before\n"
    patient.put(b"after\n")
    assert stream.getvalue() == b"before\nafter\n"


def test_a_write_that_fails_is_told_to_whoever_waits_for_it(stream, patient):
    stream.broken = True
    with pytest.raises(OSError, match="no space"):
        patient.put(b"urgent\n", urgent=True)
    stream.broken = False
    patient.put(b"next\n", urgent=True)
    assert stream.getvalue() == b"next\n"


def test_one_that_fails_later_is_told_with_the_next_line(stream):
    lines = Lines(stream, SOON)
    stream.broken = True
    lines.put(b"lost\n")
    assert stream.written.wait(WAIT_SECONDS)
    lines.flush()  # after the failed write, for it takes the same turn
    stream.broken = False
    pause = threading.Event()
    for _ in range(1000):
        try:
            lines.put(b"next\n")
        except OSError:
            break
        pause.wait(SOON)
    else:
        pytest.fail("nobody was told")
    lines.close()
    assert stream.getvalue().endswith(b"next\n")


def test_threads_share_it_and_no_line_is_lost_or_torn(stream):
    lines = Lines(stream, SOON)

    def write(name: int) -> None:
        for number in range(300):
            lines.put(b"%d %d\n" % (name, number))

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    lines.close()
    found = stream.getvalue().splitlines()
    for name in range(4):
        own = [line for line in found if line.startswith(b"%d " % name)]
        assert own == [b"%d %d" % (name, number) for number in range(300)]
