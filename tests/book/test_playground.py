"""The playground: it works from a file, moves by mouse, finger and keys, and keeps its state."""

from urllib.parse import parse_qs, urlsplit

import lab
import pytest

from book import reader as site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(bool(site.missing()), reason=site.missing()),
    pytest.mark.skipif(lab.chromium() is None, reason="no Chromium; CHROMIUM may name one"),
]
PHONE, DESKTOP = (375, 800), (1280, 900)
SCENES = ("faithful", "clouds", "tie", "collapse", "plateau", "waiting", "coins", "empty")


@pytest.fixture(scope="module")
def folder():
    return site.built()


@pytest.fixture(scope="module")
def chromium():
    with lab.browser() as running:
        yield running


@pytest.fixture
def open_at(chromium, folder):
    """Open the page from its file: no server, and nothing else may be asked for."""
    readers = []

    def open_one(state="", size=DESKTOP):
        reader = site.Reader(chromium, folder.as_uri(), *size)
        readers.append(reader)
        reader.open(f"/playground.html{state}")
        return reader

    yield open_one
    for reader in readers:
        # From a file, Chromium refuses the fonts that the theme fetches as from another site.
        refused = ("blocked by CORS policy", "net::ERR_FAILED")
        assert [error for error in reader.errors if not any(r in error for r in refused)] == []
        assert reader.outside == []
        reader.close()


def press(page, *names):
    for name in names:
        page.click(f"#em-playground [name={name}]")


def status(page):
    return page.inner_text("#em-playground .status")


def state(page):
    page.wait_for_timeout(250)  # the address follows a moment later
    return {key: value[0] for key, value in parse_qs(urlsplit(page.url).fragment).items()}


def test_from_a_file_e_closes_the_gap_and_m_opens_it(open_at):
    page = open_at().page
    assert "press E" in status(page)
    press(page, "M")
    assert "Press E first" in status(page)
    press(page, "E")
    assert "The bound touches it." in status(page)
    press(page, "M")
    assert "a gap of" in status(page)
    for _ in range(40):
        press(page, "E", "M")
    assert "−1130.264" in status(page)  # as in lesson 06


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_in_any_scene(open_at, name, size):
    reader = open_at(f"#scene={name}", size)
    page = reader.page
    press(page, "E", "M", "E")
    page.evaluate(site.AXE.read_text(encoding="utf-8"))
    for theme in ("light", "dark"):
        reader.theme(theme)
        found = page.evaluate(
            "() => axe.run({exclude: ['mjx-math']}, {resultTypes: ['violations']})"
        )
        wrong = [
            (rule["id"], node["html"]) for rule in found["violations"] for node in rule["nodes"]
        ]
        assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_address_brings_back_what_was_sent(open_at):
    page = open_at("#scene=clouds").page
    press(page, "E", "M", "E", "M", "E")
    page.focus("[data-key='mean 0']")
    page.keyboard.press("ArrowRight")
    page.focus("#em-playground .point[tabindex='0']")
    page.keyboard.press("ArrowRight")
    press(page, "E")
    sent = state(page)
    again = open_at("#" + urlsplit(page.url).fragment).page
    assert state(again) == sent
    assert status(again).split("nats")[0] == status(page).split("nats")[0]


@pytest.mark.parametrize(
    "broken",
    ["#scene=none", "#scene=faithful&means=a,b", "#scene=coins&means=7;8",
     "#scene=faithful&means=1,2;3,4&weights=1,1&widths=1,2,2,1;1,0,0,1"],
)  # fmt: skip
def test_an_address_that_says_nothing_opens_a_scene(open_at, broken):
    page = open_at(broken).page
    press(page, "E", "M")
    assert "M step" in status(page)


def test_keys_move_means_widths_and_points_and_remove_points(open_at):
    page = open_at("#scene=faithful").page
    press(page, "E")
    before = state(page)
    page.focus("[data-key='mean 1']")
    page.keyboard.press("Shift+ArrowUp")
    assert state(page)["means"] != before["means"]
    assert "a gap of" in status(page)
    page.focus("[data-key='width 1']")
    page.keyboard.press("ArrowUp")
    assert state(page)["widths"] != before["widths"]
    page.focus("#em-playground .point[tabindex='0']")
    page.keyboard.press("PageDown")
    page.keyboard.press("Delete")
    assert state(page)["x"].count(";") == 270
    assert page.evaluate("document.activeElement.dataset.key") == "point 1"


def test_a_click_adds_a_point_and_a_drag_moves_a_mean(open_at):
    page = open_at("#scene=empty").page
    board = page.locator("#em-playground .board")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    for x, y in ((0.3, 0.2), (0.35, 0.3), (0.8, 0.7)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    assert state(page)["x"].count(";") == 2
    before = state(page)["means"]
    mean = page.locator("[data-key='mean 0 mark']").bounding_box()
    page.mouse.move(mean["x"] + mean["width"] / 2, mean["y"] + mean["height"] / 2)
    page.mouse.down()
    page.mouse.move(mean["x"] + 60, mean["y"] + 30, steps=4)
    page.mouse.up()
    assert state(page)["means"] != before
    assert state(page)["x"].count(";") == 2


def test_a_tie_stays_and_a_floor_holds_a_collapse(open_at):
    page = open_at("#scene=tie").page
    press(page, "E", "M", "E", "M")
    one, two = state(page)["means"].split(";")
    assert one == two
    page = open_at("#scene=collapse").page
    for _ in range(30):
        press(page, "E", "M")
    assert "has collapsed" in status(page)
    press(page, "floor")
    press(page, "E", "M")
    assert "The floor holds the width of component 2" in status(page)


def test_targets_are_large_enough_for_a_finger(open_at):
    page = open_at("#scene=faithful", PHONE).page
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('#em-playground :is(button, select, input, .reach)')]
            .filter(node => node.checkVisibility()).map(node => node.getBoundingClientRect())
            .map(box => Math.min(box.width, box.height))"""
    )
    assert len(sizes) > 12
    assert min(sizes) >= 24


def test_a_finger_drags_a_mean_down_and_the_page_stays(open_at):
    page = open_at("#scene=clouds", PHONE).page
    page.locator("#em-playground .board").scroll_into_view_if_needed()
    before, scrolled = state(page)["means"], page.evaluate("scrollY")
    mark = page.locator("[data-key='mean 2 mark']").bounding_box()
    x, y = mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2
    finger = page.context.new_cdp_session(page)

    def touch(kind, *points):
        touched = [{"x": x, "y": y + far} for far in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

    touch("touchStart", 0)
    for far in range(5, 60, 5):
        touch("touchMove", far)
    touch("touchEnd")
    assert state(page)["means"].split(";")[2] != before.split(";")[2]
    assert page.evaluate("scrollY") == scrolled
