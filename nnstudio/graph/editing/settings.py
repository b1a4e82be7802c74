"""Edits of what is not drawn: data, loop, settings, and the name of the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nnstudio.core.limits import check_name, check_note, check_value, refuse
from nnstudio.core.values import Args, Choice, Value
from nnstudio.graph.editing.edit import Edit
from nnstudio.graph.model import NO_LOOP, Data, Project
from nnstudio.graph.wellformed import check_choice, check_data, check_loop


@dataclass(frozen=True, slots=True)
class SetData(Edit):
    """Choose the data."""

    data: Data

    def apply(self, project: Project) -> Project:
        """Refuse a description that a document cannot hold."""
        check_data(self.data)
        return replace(project, data=self.data)


@dataclass(frozen=True, slots=True)
class SetLoop(Edit):
    """Choose the training loop with its settings."""

    loop: Choice

    def apply(self, project: Project) -> Project:
        """Refuse settings that a document cannot hold."""
        check_loop(self.loop)
        return replace(project, loop=self.loop)

    def words(self) -> Mapping[str, object]:
        """Return the loop's name."""
        return {"name": self.loop.name or "none"}


@dataclass(frozen=True, slots=True)
class SetSetting(Edit):
    """Set one setting by its dotted path: `epochs`, `optimizer.lr`, `augment.0.degrees`.

    A path that begins with `data.` is a setting of the reader, any other one of the loop.

    Attributes:
        path: Names of settings; a number picks an entry of a list.
        value: The new value.
        defaults: What holds where the document says nothing (the defaults of the loop, or of the
            reader): `optimizer.lr` needs to know which optimizer is meant.
    """

    path: str
    value: Value
    defaults: Args = field(default_factory=Args)

    def apply(self, project: Project) -> Project:
        """Refuse a path that leads nowhere; whether the value fits is the catalogue's business."""
        check_value(self.value, self.path)
        head, *rest = self.path.split(".")
        if head == "data" and rest:
            reader = project.data.reader
            if reader is None:
                raise refuse("setting.no_data", self.path)
            made = replace(reader, args=self._set(reader.args, rest, self.defaults))
            project = replace(project, data=replace(project.data, reader=made))
            check_data(project.data)
            return project
        if project.loop == NO_LOOP:
            raise refuse("setting.no_loop", self.path)
        args = self._set(project.loop.args, [head, *rest], self.defaults)
        project = replace(project, loop=replace(project.loop, args=args))
        check_choice(project.loop, "loop")
        return project

    def _set(self, args: Args, names: list[str], defaults: Args) -> Args:
        head, *rest = names
        if not rest:
            return args.replace(**{head: self.value})
        old = args.get(head, defaults.get(head))
        return args.replace(**{head: self._within(old, rest)})

    def _within(self, old: Value, names: list[str]) -> Value:
        if isinstance(old, Choice):
            return replace(old, args=self._set(old.args, names, Args()))
        head, *rest = names
        if isinstance(old, tuple) and head.isdecimal() and int(head) < len(old):
            index = int(head)
            entry = self._within(old[index], rest) if rest else self.value
            return (*old[:index], entry, *old[index + 1 :])
        raise refuse("setting.unknown", self.path, path=self.path)


@dataclass(frozen=True, slots=True)
class SetProjectName(Edit):
    """Give the project a title."""

    name: str

    def apply(self, project: Project) -> Project:
        """Refuse a name that cannot be one."""
        check_name(self.name, "name")
        return replace(project, name=self.name)


@dataclass(frozen=True, slots=True)
class SetProjectNote(Edit):
    """Write what the project is about."""

    note: str

    def apply(self, project: Project) -> Project:
        """Refuse a text that is too long."""
        check_note(self.note, "note")
        return replace(project, note=self.note)
