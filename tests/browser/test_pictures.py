"""Maps, networks, timelines and charts in a browser: drawn, reached by keyboard, read without a script, smooth when large."""

from __future__ import annotations

import json
import random
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import Site

from coopgraph.publish.pictures import drawable
from tests.browser.conftest import Opening

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(
        not drawable(), reason="the package was built without Node, and has no scripts that draw"
    ),
]

DRAWN = "figure.view[data-src]"
BODY = "/doc/organisation/region-jonkopings-lan"
BY_COUNTRY = "/query/partnership/by-country"


def draw(page: Any) -> int:
    """Let every picture of a page be drawn; how many there are."""
    figures = page.locator(DRAWN)
    for place in range(figures.count()):
        figure = figures.nth(place)
        figure.scroll_into_view_if_needed()
        page.wait_for_function("one => one.dataset.state", arg=figure.element_handle())
        assert figure.get_attribute("data-state") == "drawn"
    return int(figures.count())


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(
    ("path", "pictures"),
    [
        (BODY, 2),
        ("/map", 2),
        ("/query", 0),
        (BY_COUNTRY, 0),
        (BY_COUNTRY + "?view=map", 1),
        (BY_COUNTRY + "?view=network", 1),
        (BY_COUNTRY + "?view=timeline", 0),
        (BY_COUNTRY + "?view=chart", 0),
    ],
)
def test_every_picture_is_drawn_and_axe_finds_nothing(
    opening: Opening, real_site: Site, path: str, pictures: int, language: str
) -> None:
    start, mark, asked = path.partition("?")
    for width, dark in ((1280, False), (390, True)):
        one = opening(host=real_site.host, language=language, width=width, dark=dark)
        one.go(f"{start}.{language}.html{mark}{asked}")
        assert draw(one.page) == pictures
        assert one.axe() == []
        assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_moves_when_a_picture_comes(opening: Opening, real_site: Site) -> None:
    one = opening(host=real_site.host)
    one.page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => list.getEntries().forEach((one) => { moved += one.value; }))"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    one.go(BODY)
    assert draw(one.page) == 2
    assert one.page.evaluate("moved") < 0.02


def test_a_page_with_pictures_is_light(opening: Opening, real_site: Site) -> None:
    one = opening(host=real_site.host)
    one.go(BODY)
    draw(one.page)
    sizes = one.page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map((one) => one.transferSize)"
    )
    assert 0 < sum(sizes) < 200_000


def test_the_network_is_walked_by_keyboard(opening: Opening, real_site: Site) -> None:
    one = opening(host=real_site.host)
    one.go(BODY)
    draw(one.page)
    canvas = one.page.locator("figure[data-view=network] canvas")
    canvas.focus()
    one.page.keyboard.press("ArrowRight")
    chosen = one.page.locator("figure[data-view=network] .chosen a")
    assert chosen.text_content() == "Region Jönköpings län"
    one.page.keyboard.press("ArrowRight")
    name = chosen.text_content()
    one.page.keyboard.press("Enter")
    one.page.wait_for_load_state()
    assert one.page.locator("h1").text_content() == name


def test_the_map_is_walked_by_keyboard(opening: Opening, real_site: Site) -> None:
    one = opening(host=real_site.host, language="en")
    one.go(BODY + ".en.html")
    draw(one.page)
    point = one.page.locator("figure[data-view=map] [aria-label*='Tianjin']")
    assert point.get_attribute("aria-label") == "Tianjin (place: the country)"
    point.focus()
    one.page.keyboard.press("Enter")
    link = one.page.locator(".leaflet-popup a", has_text="Tianjin")
    link.click()
    one.page.wait_for_load_state()
    assert one.page.locator("h1").text_content() == "Tianjin"


def test_without_a_script_the_table_and_the_ways_to_show_it_are_there(
    opening: Opening, real_site: Site
) -> None:
    one = opening(host=real_site.host, scripts=False)
    one.go(BY_COUNTRY + ".sv.html?country=Kina")
    page = one.page
    assert page.locator("#p-country option:checked").text_content() == "Kina"
    assert page.locator("#answer tbody tr").count() == 2
    page.get_by_role("link", name="Karta", exact=True).last.click()
    assert "view=map" in page.url
    assert not page.locator(".stage").is_visible()
    assert page.locator("#answer tbody tr").count() == 2
    page.get_by_role("link", name="Tidslinje").click()
    assert page.locator(".timeline a").all_text_contents() == [
        "Svenljunga kommun – Chizhou",
        "Region Jönköpings län – Tianjin",
    ]


def test_the_map_shows_the_statuses_that_are_chosen(opening: Opening, site: Site) -> None:
    one = opening(host=site.host)
    one.go("/map.sv.html")
    draw(one.page)
    ties = one.page.locator("figure[data-view=map] path.tie")
    boxes = one.page.locator("figure[data-view=map] .statuses input")
    assert boxes.count() > 1
    assert ties.count() > 0
    for place in range(boxes.count()):
        boxes.nth(place).uncheck()
    assert ties.count() == 0


def test_an_answer_can_be_framed_by_others_and_its_page_can_not(
    browser: Any, real_site: Site, tmp_path: Path
) -> None:
    address = f"http://{real_site.host}{BY_COUNTRY}.sv.html?country=Kina&view=timeline"
    (tmp_path / "embed.html").write_text(f'<iframe src="{address}&embed=1"></iframe>', encoding="utf-8")
    (tmp_path / "page.html").write_text(f'<iframe src="{address}"></iframe>', encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{other.server_port}/embed.html")
        assert page.frame_locator("iframe").locator(".timeline a").count() == 2
        page.goto(f"http://127.0.0.1:{other.server_port}/page.html")
        assert page.frame_locator("iframe").locator(".timeline").count() == 0
        page.close()
        other.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """A server of another site."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is told."""


def test_the_editor_completes_asks_and_marks_faults(opening: Opening, real_site: Site) -> None:
    one = opening(host=real_site.host)
    one.go("/sparql?lang=sv")
    page = one.page
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("SELECT ?x WHERE { ?x coop:hasPar", delay=30)
    page.locator(".cm-tooltip-autocomplete", has_text="har part").wait_for()
    page.wait_for_timeout(300)  # what has only just been offered is not taken
    page.keyboard.press("Enter")
    page.keyboard.type(" organisation:tianjin }")
    page.keyboard.press("Control+Enter")
    page.locator(".result a", has_text="Region Jönköpings län – Tianjin").wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type("SELECT ?x\nWHERE { ?x coop:hasParty }")
    page.keyboard.press("Control+Enter")
    page.locator(".result [role=alert]", has_text="rad 2").wait_for()
    assert page.locator(".cm-lint-marker-error").count() == 1
    assert one.axe() == []
    assert [told.partition(":")[0] for told in one.wrong] == ["400"]  # the answer to the faulty query
    one.wrong.clear()


def test_a_saved_query_is_an_example_in_the_editor_and_without_it(opening: Opening, real_site: Site) -> None:
    for scripts in (True, False):
        one = opening(host=real_site.host, scripts=scripts)
        one.go("/sparql?lang=en&example=partnership/by-country")
        assert "VALUES ?country { UNDEF }" in one.page.locator("#query").input_value()


def test_a_network_of_two_thousand_moves_smoothly(opening: Opening, real_site: Site) -> None:
    one = opening(host=real_site.host)
    page = one.page
    page.route("**/map.view.json", lambda route: route.fulfill(body=large(), content_type="application/json"))
    one.go("/map.sv.html")
    canvas = page.locator("figure[data-view=network] canvas")
    page.locator("figure[data-view=network]").scroll_into_view_if_needed()
    page.locator("figure[data-view=network][data-state=drawn]").wait_for(timeout=60_000)
    page.evaluate(
        "() => { window.times = []; let before = performance.now(); const next = (now) => "
        "{ times.push(now - before); before = now; requestAnimationFrame(next); }; requestAnimationFrame(next); }"
    )
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 150
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(120):
        page.mouse.move(x + step * 2, y + step % 30)
    page.mouse.up()
    canvas.focus()
    for step in range(60):
        page.mouse.wheel(0, -20 if step < 30 else 20)
    times = sorted(page.evaluate("times"))
    # a sixtieth of a second each when nothing else wants the processor; twice that is still smooth
    assert times[len(times) // 2] < 34


def large() -> str:
    """A picture's data of 2,000 bodies with 5,000 partnerships."""
    chance = random.Random(4)
    nodes = [
        {
            "name": {"sv": f"Kommun {n}"},
            "path": f"doc/organisation/k{n}",
            "kind": "organisation",
            "country": "SWE" if n < 400 else "DEU",
        }
        for n in range(2000)
    ]
    ties = [
        {
            "name": {"sv": f"Samarbete {n}"},
            "kind": "partnership",
            "nodes": [chance.randrange(400), chance.randrange(400, 2000)],
        }
        for n in range(5000)
    ]
    return json.dumps({"nodes": nodes, "ties": ties, "words": {}})
