"""Words on the screen: all of them pass through `tr`, problems by their code.

English is the source language. A translation is a JSON file
`resources/translations/<language>.json` that maps the English text, or the code of a problem, to
its words.
"""

from __future__ import annotations

import locale
from collections.abc import Mapping

from nnstudio.core.paths import resource
from nnstudio.core.problems import NNStudioError, Problem, Repair, render
from nnstudio.project import strict_json
from nnstudio.project.store import read_bytes

SOURCE = "en"
_WORDS: dict[str, str] = {}


def languages() -> tuple[str, ...]:
    """Return the languages that there are words for, English first."""
    folder = resource("translations")
    found = sorted(path.stem for path in folder.glob("*.json")) if folder.is_dir() else []
    return (SOURCE, *found)


def choose(language: str) -> None:
    """Speak a language from now on; `system` asks the machine, what is not there is English."""
    if language == "system":
        language = locale.getlocale()[0] or SOURCE
    known = [name for name in languages() if name in (language, language.partition("_")[0])]
    use(words_of(known[0]) if known and known[0] != SOURCE else {})


def words_of(language: str) -> dict[str, str]:
    """Return the words of a language; none where its file cannot be read."""
    try:
        found = strict_json.read(read_bytes(resource("translations", f"{language}.json")))
    except NNStudioError:
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def use(words: Mapping[str, str]) -> None:
    """Take a translation; {} is English."""
    _WORDS.clear()
    _WORDS.update(words)


def tr(text: str, /, **args: object) -> str:
    """Return a text of the window in the user's language, its `{places}` filled in."""
    found = _WORDS.get(text, text)
    return found.format_map(args) if args else found


def message(problem: Problem) -> str:
    """Return what happened and why, in the user's language."""
    translated = _WORDS.get(f"{problem.code}.message")
    return render(translated, problem.args) if translated else problem.message


def hint(problem: Problem) -> str:
    """Return what to do about a problem, in the user's language."""
    translated = _WORDS.get(f"{problem.code}.hint")
    return render(translated, problem.args) if translated else problem.hint


def label(repair: Repair) -> str:
    """Return the words on the button of a repair."""
    translated = _WORDS.get(f"{repair.code}.message")
    return render(translated, repair.args) if translated else repair.label
