import base64
import io

import ipywidgets
import pytest
from PIL import Image

from emlib import plots, widgets
from emlib.widgets.player import caption


def frame(i, width=3.0):
    fig, ax = plots.figure(width, 2)
    ax.plot([0, i + 1])
    return plots.picture(fig, alt=f"A line from zero to {i + 1}, frame {i}.")


FRAMES = [frame(i) for i in range(4)]
LABELS = ["First <step>.", "Second step.", "Third step.", "Last step."]


def linked(player):
    """Return every trait that follows the slider in the browser, or that the slider follows."""
    ends = [(link.source, link.target) for link in player.links]
    return [target for source, target in ends if source == (player.slider, "value")]


def follow(player, value):
    """Do in Python what the links do in the browser."""
    for widget, trait in linked(player):
        setattr(widget, trait, value)


def test_the_slider_reaches_every_frame():
    player = widgets.Player(FRAMES)
    assert (player.slider.min, player.slider.max, player.slider.value) == (0, 3, 0)
    assert (player.play.min, player.play.max) == (0, 3)
    assert (player.step.min, player.step.max) == (0, 3)
    assert len(player.stacks[0].children) == 4


def test_player_and_stack_are_linked_in_the_browser():
    player = widgets.Player(FRAMES)
    assert linked(player) == [
        (player.play, "value"),
        (player.step, "value"),
        (player.stacks[0], "selected_index"),
    ]
    assert {type(link).__name__ for link in player.links} == {"Link"}


def test_a_step_shows_its_frame():
    player = widgets.Player(FRAMES, labels=LABELS)
    follow(player, 2)
    stack = player.stacks[0]
    shown = stack.children[stack.selected_index].value
    assert base64.b64encode(FRAMES[2].png).decode() in shown
    assert "Third step." in shown


def test_each_frame_carries_its_alternative_text_and_its_caption():
    player = widgets.Player(FRAMES, labels=LABELS)
    for child, picture in zip(player.stacks[0].children, FRAMES, strict=True):
        assert isinstance(child, ipywidgets.HTML)
        assert f'alt="{picture.alt}"' in child.value
        assert '<figcaption role="status"' in child.value
    assert "First &lt;step&gt;." in player.stacks[0].children[0].value


def test_without_labels_the_alternative_text_is_the_caption():
    player = widgets.Player(FRAMES)
    assert player.stacks[0].children[1].value.count(FRAMES[1].alt) == 2


def test_a_player_needs_no_output_widget():
    player = widgets.Player({"a": FRAMES, "b": FRAMES})
    found, queue = [], [player]
    while queue:
        widget = queue.pop()
        found.append(widget)
        queue += getattr(widget, "children", ())
    assert not any(isinstance(widget, ipywidgets.Output) for widget in found)
    assert sum(isinstance(widget, ipywidgets.HTML) for widget in found) == 8


def test_a_menu_chooses_between_runs():
    other = [frame(i + 10) for i in range(4)]
    player = widgets.Player({"one": FRAMES, "two": other}, choice="start")
    assert player.menu.options == ("one", "two")
    link = player.links[-1]
    assert (link.source, link.target) == ((player.menu, "index"), (player.shown, "selected_index"))
    assert player.shown.children == tuple(player.stacks)
    follow(player, 3)
    assert [stack.selected_index for stack in player.stacks] == [3, 3]
    assert other[3].alt in player.stacks[1].children[3].value


def test_a_page_without_widgets_shows_one_frame():
    bundle = widgets.Player(FRAMES, still=-1)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == FRAMES[3].alt
    assert base64.b64decode(bundle["image/png"]) == FRAMES[3].png
    assert bundle["text/html"] == FRAMES[3].html


def test_the_title_is_escaped():
    player = widgets.Player(FRAMES, title="A < B")
    assert player.children[0].value == "<strong>A &lt; B</strong>"


@pytest.mark.parametrize("pictures", [[], {}, {"a": FRAMES, "b": FRAMES[:2]}, {"a": []}])
def test_runs_of_different_length_are_refused(pictures):
    with pytest.raises(ValueError, match="pictures must be runs of one length"):
        widgets.Player(pictures)


@pytest.mark.parametrize("labels", [LABELS[:3], {"other": LABELS}])
def test_a_frame_without_a_label_is_refused(labels):
    with pytest.raises(ValueError, match="labels must name every frame: 4 frames"):
        widgets.Player(FRAMES, labels=labels)


def test_the_twin_puts_frames_side_by_side():
    twin = widgets.Player(FRAMES, labels=LABELS).twin(frames=(0, 1, 9, -1, 3))
    assert twin.alt == "Frames side by side: First <step>. Second step. Last step."
    assert twin.width == 3 * 288
    sheet = Image.open(io.BytesIO(twin.png)).convert("RGB")
    single = Image.open(io.BytesIO(FRAMES[0].png))
    assert sheet.width == 3 * single.width
    assert sheet.height > single.height
    assert len(sheet.getcolors(1000)) <= 64


def test_a_twin_fits_a_page():
    wide = [frame(i, width=6.0) for i in range(3)]
    twin = widgets.Player(wide).twin()
    assert twin.width == 6 * 96
    assert Image.open(io.BytesIO(twin.png)).height > 3 * 2 * 2 * 96


def test_captions_grow_with_their_words():
    short, long = caption("Short.", 288), caption("A rather long caption. " * 8, 288)
    assert short.width == long.width == 2 * 288
    assert long.height > 2 * short.height
