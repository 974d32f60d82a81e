"""The traffic tab: charts and tables of figures, from the console or from a store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from sms_connector.local.console.server import Console
from sms_connector.local.emulate.server import Emulator
from sms_connector.store.redis import RedisStore
from tests.support.redis_server import RedisServer
from tests.support.reporting import Recording
from tests.support.verifying import SECRET

from .accessibility import violations
from .conftest import Open, Scheme
from .screenshots import picture
from .test_verify import latest_code, start, type_code
from .test_ways_to_use import WIDTH_OF_A_PHONE
from .using import open_tab, tab_to
from .words import LANGUAGES, Words

STORIES: list[tuple[str, Scheme]] = [
    ("en", "light"),
    ("en", "dark"),
    ("zh-CN", "light"),
    ("zh-CN", "dark"),
]
KINDS = ("accepted", "unknown", "refused", "limited")
RECTANGLES = """svg => [...svg.querySelectorAll("rect:not(.ground)")].map(
    rect => [rect.getAttribute("class"), rect.width.baseVal.value, rect.height.baseVal.value])"""
BROKEN_WORDS = r"""cells => cells.flatMap((cell) => {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const broken = [];
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        for (const word of text.data.matchAll(/[^_.]+/g)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (range.getClientRects().length > 1) broken.push(word[0]);
        }
    }
    return broken;
})"""
HEIGHT, WIDTH = 120, 480


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recording]:
    """The store of this machine's settings, with figures of four countries."""
    with RedisServer() as server:
        monkeypatch.setenv("SMS_CONNECTOR_STORE", server.url)
        monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
        kept = Recording(RedisStore(server.address), (SECRET,))
        for ago in range(20):
            busy = 30 + 17 * ago % 41
            kept.count("CN", "SignIn", "accepted", busy, ago)
            kept.count("CN", "SignIn", "delivered", busy - 2, ago)
            kept.count("CN", "SignIn", "failed", 2, ago)
            kept.count("CN", "SignIn", "approved", busy // 2, ago)
        kept.count("HK", "Register", "accepted", 24, 3)
        kept.count("GB", "Register", "limited:perCountry", 31, 5)
        kept.count("CN", "SignIn", "limited:perNumber", 12, 9)
        kept.count("CN", "Generic", "refused:invalid_request_parameters", 7, 9)
        kept.count("ZZ", "unknown", "delivered", 3, 2)
        kept.count("CN", "SignIn", "unknown", 5, 14)
        kept.count("SG", "Register", "accepted", 40, 100)
        kept.count("SG", "Register", "accepted", 50, 500)
        yield kept


def open_traffic(page: Page, words: Words) -> None:
    open_tab(page, words, "traffic")
    expect(page.locator("#traffic-state .hint")).not_to_have_text(words("loading"))


def table(page: Page, words: Words, title: str) -> list[list[str]]:
    """Return the cells of a table that a screen reader finds by its title."""
    rows = page.get_by_role("table", name=words(title), exact=True).locator("tbody tr")
    return [row.locator("th, td:not(.drawn)").all_inner_texts() for row in rows.all()]


def bars(page: Page, id_: str) -> list[float]:
    """Return the length of each bar, as a part of the longest possible."""
    drawn: list[Locator] = page.locator(f"#{id_} svg.part").all()
    return [width / WIDTH for one in drawn for _, width, _ in one.evaluate(RECTANGLES)]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("language", "scheme"), STORIES)
def test_the_charts_and_tables_of_a_store_have_the_same_numbers(
    open_page: Open, console: Console, language: str, scheme: Scheme
) -> None:
    words = Words(language)
    page = open_page(console.address, language, scheme)
    open_traffic(page, words)
    expect(page.locator("#traffic-state")).to_have_text(words("fromStore"))
    expect(page.locator("#phone")).to_be_hidden()

    hours = [[int(cell) for cell in cells[1:]] for cells in table(page, words, "overTime")]
    sums = dict(zip(KINDS, map(sum, zip(*hours, strict=True)), strict=True))
    accepted = sum(30 + 17 * ago % 41 for ago in range(20)) + 24
    assert sums == {"accepted": accepted, "unknown": 5, "refused": 7, "limited": 43}
    drawn = page.locator("#time-chart svg").evaluate(RECTANGLES)
    heights = [(kind, height / HEIGHT) for kind, _, height in drawn]
    most = max(map(sum, hours))
    shown = [
        (kind, count / most)
        for row in hours
        for kind, count in zip(KINDS, row, strict=True)
        if count
    ]
    assert [kind for kind, _ in heights] == [kind for kind, _ in shown]
    assert [part for _, part in heights] == pytest.approx([part for _, part in shown], abs=0.001)

    countries = table(page, words, "byCountry")
    assert [(name[-4:], int(count)) for name, count in countries] == [
        ("(CN)", accepted),
        ("(GB)", 31),
        ("(HK)", 24),
    ]
    most = int(countries[0][1])
    expected = [int(count) / most for _, count in countries]
    assert bars(page, "country-chart") == pytest.approx(expected, abs=0.001)

    delivery, conversion = table(page, words, "shares")
    delivered = accepted - 24 - 40 + 3
    approved = sum((30 + 17 * ago % 41) // 2 for ago in range(20))
    assert delivery[2:] == [str(delivered), str(delivered + 40)]
    assert conversion[2:] == [str(approved), str(accepted)]
    shares = [delivered / (delivered + 40), approved / accepted]
    assert [delivery[1], conversion[1]] == [f"{share:.0%}" for share in shares]
    assert bars(page, "share-chart") == pytest.approx(shares, abs=0.001)

    assert table(page, words, "refusals") == [
        ["limits.perCountry", "31"],
        ["limits.perNumber", "12"],
        ["invalid_request_parameters", "7"],
    ]
    assert page.locator("#refusal-chart tbody th").evaluate_all(BROKEN_WORDS) == []
    assert bars(page, "refusal-chart") == pytest.approx([1, 12 / 31, 7 / 31], abs=0.001)
    assert violations(page) == []
    if (language == "en") == (scheme == "light"):
        picture(page, "console-traffic")


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("period", "singapore"), [("24", 0), ("168", 40), ("744", 90)])
def test_a_longer_period_shows_older_messages(
    open_page: Open, console: Console, period: str, singapore: int
) -> None:
    words = Words("en")
    page = open_page(console.address)
    open_traffic(page, words)
    with page.expect_response(f"**/api/traffic?hours={period}"):
        page.get_by_label(words("period")).select_option(period)
        page.locator("#refresh").click()
    country = page.locator("#country-chart tr").filter(has_text="(SG)")
    expect(country).to_have_count(1 if singapore else 0)
    rows = table(page, words, "byCountry")
    assert sum(int(count) for name, count in rows if "(SG)" in name) == singapore
    of_spans = table(page, words, "overTime")
    in_spans = sum(int(cell) for cells in of_spans for cell in cells[1:])
    assert in_spans == sum(int(count) for _, count in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_console_says_that_there_are_no_messages(
    open_page: Open, console: Console, language: str
) -> None:
    words = Words(language)
    page = open_page(console.address, language)
    open_traffic(page, words)
    state = page.locator("#traffic-state")
    expect(state).to_have_role("status")
    expect(state).to_contain_text(words("fromConsole"))
    expect(state).to_contain_text(words("noTraffic"))
    expect(page.locator("#charts")).to_be_empty()
    assert violations(page) == []


def test_what_the_page_sends_is_in_its_figures(
    open_page: Open, console: Console, emulator: Emulator
) -> None:
    words = Words("en")
    page = open_page(console.address)
    start(page, words)
    expect(page.locator("#code")).to_be_focused()
    type_code(page, words, latest_code(emulator))
    expect(page.locator("#verify-delivery")).to_have_text(words("delivery.delivered"))
    open_traffic(page, words)
    expect(page.locator("#traffic-state")).to_have_text(words("fromConsole"))
    assert [cells[1:] for cells in table(page, words, "overTime")] == [["1", "0", "0", "0"]]
    assert [cells[1:] for cells in table(page, words, "shares")] == [["100%", "1", "1"]] * 2
    expect(page.locator("#refusal-chart")).to_contain_text(words("noRefusals"))


@pytest.mark.usefixtures("store")
def test_country_names_change_with_the_language(open_page: Open, console: Console) -> None:
    page = open_page(console.address)
    open_traffic(page, Words("en"))
    country = page.locator("#country-chart tbody th").first
    expect(country).to_have_text("China (CN)")
    page.get_by_role("button", name="中文").click()
    expect(country).to_have_text("中国 (CN)")
    assert table(page, Words("zh-CN"), "refusals")[0] == ["limits.perCountry", "31"]


def test_a_store_that_is_away_is_an_error_in_place_of_charts(
    open_page: Open, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMS_CONNECTOR_STORE", "redis://127.0.0.1:1")
    monkeypatch.setenv("SMS_CONNECTOR_SECRET", SECRET)
    words = Words("zh-CN")
    page = open_page(console.address, "zh-CN")
    open_tab(page, words, "traffic")
    expect(page.locator("#traffic-state .bad")).to_contain_text("存储")
    expect(page.locator("#charts")).to_be_empty()
    assert violations(page) == []


@pytest.mark.usefixtures("store")
def test_the_traffic_can_be_read_by_keyboard_alone(open_page: Open, console: Console) -> None:
    page = open_page(console.address)
    expect(page.locator("#panels")).to_be_visible()
    tab_to(page, "settings-tab")
    page.keyboard.press("End")
    expect(page.locator("#traffic-tab")).to_be_focused()
    expect(page.get_by_role("tabpanel", name=Words("en")("traffic"))).to_be_visible()
    tab_to(page, "hours")
    page.keyboard.press("End")
    expect(page.locator("#hours")).to_have_value("744")
    expect(page.locator("#country-chart")).to_contain_text("(SG)")
    tab_to(page, "refresh")
    with page.expect_response("**/api/traffic?hours=744"):
        page.keyboard.press("Enter")
    # The charts are new: the focus must not be in the old ones.
    expect(page.locator("#traffic-state")).to_have_text(Words("en")("fromStore"))
    tab_to(page, "scrolled")


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_traffic_fits_a_small_screen(open_page: Open, console: Console, language: str) -> None:
    page = open_page(console.address, language, width=WIDTH_OF_A_PHONE)
    open_traffic(page, Words(language))
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH_OF_A_PHONE
    assert violations(page) == []
