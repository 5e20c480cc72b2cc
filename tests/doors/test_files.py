from __future__ import annotations

import asyncio
import tracemalloc

import pytest

from doors.house import KEY
from doors.knock import knock
from entrepot.doors.files import disposition

WHO = {"authorization": f"Bearer {KEY}", "host": "demo"}
CONTENT = bytes(range(256)) * 5000


@pytest.fixture(autouse=True)
def content(house):
    for number in (1, 2, 3, 4):
        (house.folder / f"{number}.bin").write_bytes(CONTENT)
    (house.folder / "5.bin").write_bytes(b"")


def get(app, target, method="GET", **headers):
    return knock(app, method, target, headers={**WHO, **headers})


@pytest.mark.parametrize(
    "target", ["/web/content/1", "/web/content/res.partner/1/image", "/web/image/res.partner/1/image"]
)
def test_content_is_streamed_whole(app, target):
    heard = get(app, target)
    assert (heard.status, heard.body) == (200, CONTENT)
    assert heard.header("content-length") == str(len(CONTENT))
    assert heard.header("etag") == '"tag1"'
    assert heard.header("accept-ranges") == "bytes"


def test_the_head_of_a_file_has_no_body(app):
    heard = get(app, "/web/content/1", "HEAD", range="bytes=0-1")
    assert (heard.status, heard.body, heard.header("content-length")) == (200, b"", str(len(CONTENT)))


def test_an_empty_file_is_sent(app):
    assert (get(app, "/web/content/5").status, get(app, "/web/content/5").body) == (200, b"")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=1000-", 1000, len(CONTENT) - 1),
        ("bytes=-5", len(CONTENT) - 5, len(CONTENT) - 1),
    ],
)
def test_a_range_is_206(app, asked, first, last):
    heard = get(app, "/web/content/1", range=asked)
    assert (heard.status, heard.body) == (206, CONTENT[first : last + 1])
    assert heard.header("content-range") == f"bytes {first}-{last}/{len(CONTENT)}"


def test_a_range_past_the_end_is_416(app):
    heard = get(app, "/web/content/1", range="bytes=99999999-")
    assert (heard.status, heard.header("content-range")) == (416, f"bytes */{len(CONTENT)}")


def test_several_ranges_are_answered_by_the_whole(app):
    assert get(app, "/web/content/1", range="bytes=" + ",".join(["0-1"] * 1000)).status == 200


def test_unchanged_content_is_304(app):
    heard = get(app, "/web/content/1", **{"if-none-match": '"x", W/"tag1"'})
    assert (heard.status, heard.body, heard.header("etag")) == (304, b"", '"tag1"')
    assert heard.header("content-length") is None


def test_a_range_of_changed_content_is_answered_by_the_whole(app):
    assert get(app, "/web/content/1", range="bytes=0-1", **{"if-range": '"tag1"'}).status == 206
    assert get(app, "/web/content/1", range="bytes=0-1", **{"if-range": '"old"'}).status == 200


@pytest.mark.parametrize(
    ("number", "kind", "where"),
    [
        (1, "application/pdf", "inline"),
        (2, "text/html", "attachment"),
        (3, "image/svg+xml", "attachment"),
        (4, "application/octet-stream", "attachment"),
    ],
)
def test_what_may_hold_a_script_is_never_shown_in_place(app, number, kind, where):
    heard = get(app, f"/web/content/{number}")
    assert heard.header("content-type") == kind
    assert heard.header("content-disposition").startswith(f"{where}; ")
    assert heard.header("x-content-type-options") == "nosniff"
    assert heard.header("content-security-policy").startswith("sandbox;")


def test_a_download_is_asked_for(app):
    assert get(app, "/web/content/1?download=true").header("content-disposition").startswith("attachment; ")


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("a.pdf", "x; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        ("naïve €.pdf", "x; filename=\"na_ve _.pdf\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.pdf"),
        ('q".pdf', "x; filename=\"q_.pdf\"; filename*=UTF-8''q%22.pdf"),
        ("../../etc/passwd", "x; filename=\"passwd\"; filename*=UTF-8''passwd"),
        ("..\\x", "x; filename=\"x\"; filename*=UTF-8''x"),
        ("a\r\nSet-Cookie: b", "x; filename=\"aSet-Cookie: b\"; filename*=UTF-8''aSet-Cookie%3A%20b"),
        ("", "x; filename=\"file\"; filename*=UTF-8''file"),
        ("...", "x; filename=\"file\"; filename*=UTF-8''file"),
        ("\ud800", "x; filename=\"file\"; filename*=UTF-8''file"),
    ],
)
def test_no_file_name_breaks_out_of_its_header(name, spelled):
    assert disposition("x", name).decode("ascii") == spelled


def test_files_need_rights(app):
    assert knock(app, "GET", "/web/content/1", headers={"host": "demo"}).status == 403
    assert (
        knock(app, "GET", "/web/content/1", headers={"authorization": "bearer no", "host": "demo"}).status
        == 401
    )
    assert get(app, "/web/content/77").status == 404
    assert knock(app, "GET", "/web/content/1").status == 404


@pytest.mark.parametrize(
    "target",
    [
        "/web/content/",
        "/web/content/x",
        "/web/content/-1",
        "/web/content/1/2",
        "/web/image/res.partner/1",
        "/web/image/../1/x",
        "/web/image/res.partner/x/y",
        f"/web/content/{'9' * 30}",
        "/web/image/res.partner/1/__class__",
    ],
)
def test_other_addresses_are_not_found(app, target):
    assert get(app, target).status == 404


def test_there_is_always_a_logo(app):
    heard = knock(app, "GET", "/web/binary/company_logo", headers={"host": "demo"})
    assert (heard.status, heard.header("content-type")) == (200, "image/svg+xml")


def stream(app, target, leave_after):
    """Take a file without keeping it; the client leaves after so many pieces. Returns the bytes taken."""
    left = asyncio.Event()
    taken = [0, 0]

    async def receive():
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        taken[0] += len(message.get("body", b""))
        taken[1] += 1
        if taken[1] > leave_after:
            left.set()
            await asyncio.sleep(0.01)

    headers = [(key.encode(), value.encode()) for key, value in WHO.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": target,
        "query_string": b"",
        "scheme": "http",
        "client": None,
        "headers": headers,
    }
    asyncio.run(app(scope, receive, send))
    return taken[0]


def test_a_large_file_is_sent_in_little_memory_and_for_nobody_who_has_gone(app, house):
    size = 200_000_000
    with (house.folder / "9.bin").open("wb") as file:
        file.truncate(size)
    tracemalloc.start()
    try:
        assert stream(app, "/web/content/9", 10**9) == size
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert stream(app, "/web/content/9", 3) < 10_000_000


def test_files_are_read_by_post_never(app):
    assert get(app, "/web/content/1", "POST").status == 405


def test_operations_are_told(app, house):
    assert knock(app, "GET", "/metrics", client="127.0.0.1").body == b"entrepot_up 1\n"
    assert knock(app, "GET", "/readyz").json == {"status": "pass", "missing": {}}
    house.missing = {"store": "no connection"}
    heard = knock(app, "GET", "/readyz")
    assert (heard.status, heard.json["missing"]) == (503, {"store": "no connection"})
