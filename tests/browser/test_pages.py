"""Every type of page as a person meets it: in both languages, light and dark, wide and narrow, by keyboard, without scripts, on paper."""

from __future__ import annotations

import pytest
from conftest import Site

from browser.conftest import Opening, Watched

pytestmark = pytest.mark.server
PAGES = {
    "front": "/",
    "list": "/doc/organisation",
    "list-narrowed": "/doc/organisation?country=SWE&sort=-partnerships",
    "body": "/doc/organisation/norrby-kommun",
    "body-abroad": "/doc/organisation/klitrup",
    "partnership": "/doc/partnership/norrby-kommun--klitrup",
    "network": "/doc/network/kustnatet",
    "agreement": "/doc/agreement/region-mittland--sunhai-2009",
    "membership": "/doc/membership/norrby-kommun--kustnatet",
    "event": "/doc/event/region-mittland-bildas",
    "policy": "/doc/policy/norrby-kommun-internationell-strategi",
    "project": "/doc/project/ren-vik",
    "source": "/doc/source/norrby-internationellt",
    "country": "/doc/concept/country/SWE",
    "topic": "/doc/concept/topic/culture",
    "scheme": "/doc/concept/topic",
    "schemes": "/doc/concept",
    "ontology": "/ns",
    "shapes": "/shapes",
    "queries": "/query",
    "query": "/query/organisation/partners?organisation=Norrby%20kommun",
    "query-empty": "/query/partnership/by-country",
    "map": "/map",
    "sparql": "/sparql",
    "search": "/search?q=norrby",
}
ABSENT = {"nothing": ("/doc/organisation/ingen", 404), "retired": ("/doc/organisation/upplost", 410)}


@pytest.mark.parametrize("name", [*PAGES, *ABSENT])
def test_axe_finds_nothing_and_nothing_goes_wrong(two: tuple[Watched, Watched], name: str) -> None:
    path, status = ABSENT.get(name, (PAGES.get(name, ""), 200))
    found = []
    for one, language in zip(two, ("sv", "en"), strict=True):
        one.wrong.clear()
        one.go(path, status=status)
        assert one.page.locator("html").get_attribute("lang") == language
        assert one.page.locator("h1").count() == 1
        # nothing sticks out sideways
        assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), language
        one.page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
        found += one.axe() + one.wrong
    assert found == []


def test_the_way_to_the_words_by_keyboard(opening: Opening, site: Site) -> None:
    one = opening()
    one.go("/doc/partnership/norrby-kommun--klitrup")
    keys = one.page.keyboard
    keys.press("Tab")
    assert one.focused() == "a Till innehållet"
    keys.press("Enter")
    assert one.page.evaluate("document.activeElement.id") == "content"
    # from here on the first evidence is a few steps away, each of which can be seen
    for _ in range(40):
        keys.press("Tab")
        assert not one.focused().startswith("UNSEEN")
        if one.focused().startswith("summary"):
            break
    closed = one.page.locator("details.evidence").first
    assert not closed.locator("q").first.is_visible()
    keys.press("Enter")
    assert closed.locator("q").first.is_visible()


def test_focus_follows_the_page_and_is_seen_everywhere(opening: Opening) -> None:
    for dark in (False, True):
        one = opening(dark=dark)
        one.go("/doc/organisation")
        places = []
        for _ in range(30):
            one.page.keyboard.press("Tab")
            assert not one.focused().startswith("UNSEEN")
            places.append(
                one.page.evaluate(
                    "[...document.querySelectorAll('a, button, input, select, summary, [tabindex]')].indexOf(document.activeElement)"
                )
            )
        assert places == sorted(places)
        assert len(set(places)) == len(places)


def test_the_other_language_keeps_the_place(opening: Opening) -> None:
    one = opening()
    one.go("/doc/organisation?country=SWE&sort=-name")
    one.page.click("a.language")
    assert one.page.locator("html").get_attribute("lang") == "en"
    assert one.page.url.endswith("/doc/organisation.en.html?sort=-name&country=SWE") or one.page.url.endswith(
        "/doc/organisation.en.html?country=SWE&sort=-name"
    )
    assert one.page.locator("select[name=country]").input_value() == "SWE"
    one.go("/doc/partnership/norrby-kommun--klitrup")
    anchor = one.page.locator("details.evidence li[id]").first.get_attribute("id")
    one.page.evaluate(f"location.hash = '{anchor}'")
    assert one.page.locator(f"#{anchor} q").is_visible()
    one.page.click("a.language")
    one.page.wait_for_url(f"**/norrby-kommun--klitrup.en.html#{anchor}")
    assert one.page.locator(f"#{anchor} q").is_visible()


def test_a_table_is_sorted_where_it_stands(opening: Opening) -> None:
    one = opening()
    one.go("/doc/organisation/norrby-kommun")
    table = one.page.locator("table.sort").first
    before = table.locator("tbody tr td:first-child").all_inner_texts()
    heading = table.locator("th").first
    heading.locator("button").focus()
    one.page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    rising = table.locator("tbody tr td:first-child").all_inner_texts()
    one.page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert table.locator("tbody tr td:first-child").all_inner_texts() == rising[::-1]
    assert sorted(before) == sorted(rising)


def test_without_scripts_all_is_there(opening: Opening) -> None:
    one = opening(scripts=False, width=390)
    one.go("/doc/partnership/norrby-kommun--klitrup")
    first = one.page.locator("details.evidence").first
    first.locator("summary").click()
    assert first.locator("q").first.is_visible()
    one.go("/doc/organisation")
    one.page.select_option("select[name=country]", "SWE")
    one.page.click("form.filters button")
    rows = one.page.locator("tbody tr")
    assert rows.count() > 3
    assert all("Sverige" in row for row in rows.all_inner_texts())
    one.go("/")
    one.page.fill("#q", "Norrby")
    one.page.press("#q", "Enter")
    one.page.wait_for_url("**/search?q=Norrby")
    assert one.page.locator("main a", has_text="Norrby kommun").count() >= 1


def test_on_paper_the_words_are_there(opening: Opening) -> None:
    one = opening(print_=True)
    one.go("/doc/partnership/norrby-kommun--klitrup")
    assert one.page.locator("details.evidence q").first.bounding_box()["height"] > 0
    assert not one.page.locator("header nav").is_visible()


def test_nothing_moves_while_a_page_loads(opening: Opening) -> None:
    for path in ("/", "/doc/organisation/norrby-kommun"):
        one = opening()
        one.page.add_init_script(
            "window.moved = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) moved += one.value; })"
            ".observe({ type: 'layout-shift', buffered: true });"
        )
        one.go(path)
        one.page.wait_for_timeout(400)
        assert one.page.evaluate("window.moved") < 0.02, path


def test_the_front_page_is_light(opening: Opening) -> None:
    one = opening()
    sizes: list[int] = []
    one.page.on("response", lambda answer: sizes.append(len(answer.body())))
    one.go("/")
    one.page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) < 200_000  # before packing
    blocking = one.page.evaluate("document.querySelectorAll('script[src]:not([type=module])').length")
    assert blocking == 0


def test_a_newcomer_finds_china_the_words_and_the_data(opening: Opening, real_site: Site) -> None:
    one = opening(host=real_site.host)
    one.go("/")
    one.page.click("main a:text-is('Kina')")
    rows = one.page.locator("table.data").first.locator("tbody tr")
    said = rows.all_inner_texts()
    assert ["Tianjin" in said[0], "Chizhou" in said[1]] == [True, True]
    assert "Samarbetet med Tianjin i norra Kina inleddes 2009" in said[0]
    with one.page.expect_download() as waiting:
        one.page.click("main a:text-is('CSV')")
    text = waiting.value.path().read_text(encoding="utf-8")
    assert "Tianjin" in text
