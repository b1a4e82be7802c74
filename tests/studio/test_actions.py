"""The rows of actions: what menus, shortcuts and the palette are filled from."""

from collections import Counter

import pytest

from nnstudio.core.paths import resource
from nnstudio.studio.actions import ACTIONS


def test_shortcuts_are_unique() -> None:
    counted = Counter(row.shortcut for row in ACTIONS.values() if row.shortcut)
    assert [keys for keys, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("row", ACTIONS.values(), ids=lambda row: row.id)
def test_a_row_says_what_it_is(row) -> None:
    assert row.title
    assert row.title == row.title.strip()
    assert not row.help.endswith((".", "!"))
    assert row.id.count(".") == 1
    if row.icon:
        assert resource("icons", f"{row.icon}.svg").is_file()


def test_everything_is_in_a_menu() -> None:
    assert [row.id for row in ACTIONS.values() if not row.menu] == []


def test_groups_of_a_menu_stand_together() -> None:
    for menu in {row.menu for row in ACTIONS.values()}:
        groups = [row.group for row in ACTIONS.values() if row.menu == menu]
        assert groups == sorted(groups), menu
