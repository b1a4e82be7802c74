"""The menu of a setting within a block: make it a parameter, or let it follow one."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMenu

from nnstudio.studio.block_params import Offer, offers
from nnstudio.ui.context import Context
from nnstudio.ui.i18n import tr


def fill(menu: QMenu, context: Context, block: str, node: str, setting: str) -> None:
    """Add what can be done with a setting; where there is nothing, say why."""
    menu.setToolTipsVisible(True)
    session = context.session
    if block not in session.project.blocks:
        return
    found = offers(session.project, session.analysis, block, node, setting)
    code = ""
    for offer in found:
        if code and offer.code != code and "follow" in (code, offer.code):
            menu.addSeparator()
        code = offer.code
        action = menu.addAction(words(offer), partial(context.do, offer.edit))
        action.setToolTip(help_words(offer))
    if not found:
        menu.addAction(tr("This setting cannot be a parameter")).setEnabled(False)


def words(offer: Offer) -> str:
    """Return what stands on the row."""
    if offer.code == "make":
        return tr("Make this a parameter of the block")
    if offer.code == "make_all":
        return tr(
            "Make this a parameter in all {count} nodes that have {value}",
            count=offer.count,
            value=offer.value,
        )
    if offer.code == "unlink":
        return tr("Type {value} here instead", value=offer.value)
    return tr("Follow {name}", name=offer.name)


def help_words(offer: Offer) -> str:
    """Return what the row does."""
    if offer.code == "make":
        return tr(
            "A parameter called {name} with the default {value}; each use can set it",
            name=offer.name,
            value=offer.value,
        )
    if offer.code == "make_all":
        return tr(
            "Every node of the block whose {name} is {value}", name=offer.name, value=offer.value
        )
    if offer.code == "unlink":
        return tr("It no longer follows {name}", name=offer.name)
    return tr("It is whatever a use gives {name}; formulas go too", name=offer.name)
