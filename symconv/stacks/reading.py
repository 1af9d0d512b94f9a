"""A stack from a few lines of YAML, or from plain data of the same form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, Literal

import msgspec

from symconv.errors import FixtureError, SymconvError
from symconv.options import choices
from symconv.stacks.model import (
    INPUT,
    KINDS,
    Count,
    Entry,
    Layer,
    Layout,
    Schema,
    Stack,
    channels_first,
)
from symconv.yamltext import MAX_BYTES, Tree

BESIDE = ("name", "from")
"""Keys that stand beside a layer in the list."""
MAX_LAYERS = 10_000


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file says besides its layers."""

    input: list[Count]
    layers: list[Any]
    title: str = ""
    layout: Layout = "channels-first"
    schema: Schema | Literal[""] = ""


def load(path: str | FilePath) -> Stack:
    """Return the stack that a YAML file describes.

    Raises: FixtureError with file, line and layer.
    """
    try:
        content = _content(FilePath(path))
    except OSError as error:
        message = error.strerror or str(error)
        raise FixtureError("unreadable-file", message, place=str(path)) from None
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
        raise FixtureError("not-utf-8", message, place=str(path)) from None
    return loads(content, str(path))


def _content(path: FilePath) -> str:
    """Return the text of a regular file of bearable size."""
    if path.exists() and not path.is_file():
        raise OSError(0, "Not a regular file")
    if path.stat().st_size > MAX_BYTES:
        raise OSError(0, f"More than {MAX_BYTES} bytes")
    return path.read_bytes().decode("utf-8")


def loads(content: str, name: str = "text") -> Stack:
    """Return the stack that a YAML text describes; *name* stands for the file in messages.

    >>> loads("{input: [3, 8, 8], layers: [{max_pool: 2}, flatten]}").entries[1].name
    'flatten'
    """
    try:
        tree = Tree(content)
    except SymconvError as error:
        raise error.at(name) from None
    found = _Reader(tree.data, name, tree).read()
    return replace(found, source=name)


def stack(data: Any) -> Stack:
    """Return the stack that plain data describes: maps, lists, text and integers.

        input: [C, *S]
        layers:
        - conv: {filters: 8, kernel: 3, padding: same}   # options by name
          name: first                                    # to refer to it
        - max_pool: 2                                    # the main option alone
        - relu                                           # no options
        - add: first                                     # the layer before, and others by name

    A layer reads the one before it, or the one named by `from`. `input` is the network's input.

    Raises: FixtureError[unknown-layer], [unknown-field], [missing-field], [wrong-type],
    [duplicate-name] or [no-such-layer], each with the layer.

    >>> [entry.name for entry in stack({"input": [3], "layers": [{"dense": 2}, "relu"]}).entries]
    ['dense', 'relu']
    """
    return _Reader(data, "", None).read()


class _Reader:
    """Turns one tree of text into a stack."""

    def __init__(self, data: Any, name: str, tree: Tree | None) -> None:
        self.data = data
        self.name = name
        self.tree = tree

    def read(self) -> Stack:
        head = self.struct(self.data, Head, (), "a stack", skip="layers")
        entries: list[Entry] = []
        for number, item in enumerate(head.layers):
            entries += self.entries(number, item)
            if len(entries) > MAX_LAYERS:
                break
        if not 0 < len(entries) <= MAX_LAYERS:
            message = f"there are {'no' if not entries else 'too many'} layers"
            raise self.fault("no-layers", message, ("layers",), f"give 1 to {MAX_LAYERS}")
        if not head.input:
            raise self.fault("wrong-type", "the input has no axes", ("input",), "[C, *S]")
        shape = channels_first(tuple(head.input), head.layout)
        named = self.connected(_named(entries))
        return Stack(shape, tuple(named), head.title, head.layout)

    def entries(self, number: int, item: Any) -> list[Entry]:
        """Return the layers that one item of the list stands for, not yet connected."""
        path = ("layers", number)
        item = {item: ""} if isinstance(item, str) else item
        kinds = [key for key in item if key not in BESIDE] if isinstance(item, Mapping) else []
        if len(kinds) != 1:
            message = f"layer {number + 1} names {len(kinds)} layers"
            raise self.fault(
                "not-a-layer", message, path, "as in `- conv: {filters: 8, kernel: 3}`"
            )
        kind = kinds[0]
        place = f"layer {number + 1} ({kind})"
        if kind not in KINDS:
            message = f"no layer is called {kind!r}"
            raise self.fault("unknown-layer", message, path, choices(kind, tuple(KINDS)))
        layer = self.layer(item[kind], KINDS[kind], (*path, kind), place)
        source, name = (self.text(item, key, (*path, key), place) for key in ("from", "name"))
        line = self.tree.line(path) if self.tree else 0
        times = getattr(layer, "repeat", 1)
        numbers = (
            [f"{number + 1}.{i + 1}" for i in range(times)] if times > 1 else [f"{number + 1}"]
        )
        names = [f"{name}.{i + 1}" if name else "" for i in range(times - 1)] + [name]
        first = (source,) if source else ()
        return [
            Entry(kind, layer, own, () if i else first, told, line)
            for i, (own, told) in enumerate(zip(names, numbers, strict=True))
        ]

    def text(self, item: Mapping[str, Any], key: str, path: tuple[Any, ...], place: str) -> str:
        value = item.get(key, "")
        if isinstance(value, str) and value.strip() == value and (value or key not in item):
            return value
        raise self.fault("wrong-type", f"{place}: {key!r} is {value!r}", path, "a layer's name")

    def layer(self, given: Any, kind: type[Layer], path: tuple[Any, ...], place: str) -> Any:
        if isinstance(given, Mapping):
            return self.struct(given, kind, path, place)
        if given == "":
            return self.struct({}, kind, path, place)
        if not kind.SHORT:
            message = f"{place}: found {given!r} in place of options"
            raise self.fault("wrong-type", message, path, "options stand as {name: value}")
        return self.struct({kind.SHORT: given}, kind, path, place)

    def struct(
        self, data: Any, kind: type[Any], path: tuple[Any, ...], place: str, skip: str = ""
    ) -> Any:
        if not isinstance(data, Mapping):
            raise self.fault("wrong-type", f"{place} is a map, found {data!r}"[:200], path)
        known = {field.name: field for field in msgspec.structs.fields(kind)}
        for name in data:
            if name not in known:
                message = f"{place}: {name!r} is no field"
                hint = choices(name, tuple(known)) if known else "this layer has no options"
                raise self.fault("unknown-field", message, (*path, name), hint)
        for name, field in known.items():
            if field.required and name not in data:
                raise self.fault("missing-field", f"{place}: {name!r} is missing", path)
        values = {name: v if name == skip else _numbers(v) for name, v in data.items()}
        try:
            return msgspec.convert(values, kind)
        except msgspec.ValidationError as error:
            message, _, inner = str(error).partition(" - at `$.")
            field_name = inner.rstrip("`") or "value"
            raise self.fault("wrong-type", f"{place}: {field_name}: {message}", path) from None

    def connected(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return the layers, each with the names of what it reads; only what stands before it."""
        last, seen = INPUT, {INPUT: None}
        found = []
        for entry in entries:
            inputs = (*(entry.inputs or (last,)), *entry.layer.others)
            for name in inputs:
                if name not in seen:
                    later = any(other.name == name for other in entries)
                    raise self.fault(
                        "no-such-layer",
                        f"layer {entry.number} ({entry.kind}): {name!r} is no layer before it",
                        ("layers", int(entry.number.split(".")[0]) - 1),
                        "it stands behind; layers read what is before them"
                        if later
                        else choices(name, tuple(seen)),
                    )
            if entry.name in seen:
                message = f"layer {entry.number} ({entry.kind}): a second {entry.name!r}"
                path = ("layers", int(entry.number.split(".")[0]) - 1)
                raise self.fault("duplicate-name", message, path, "names are unique")
            last = entry.name
            seen[last] = None
            found.append(replace(entry, inputs=inputs))
        return found

    def fault(self, code: str, message: str, path: tuple[Any, ...], hint: str = "") -> FixtureError:
        place = f"{self.name}:{self.tree.line(path)}" if self.tree else self.name
        return FixtureError(code, message, place=place, hint=hint)


def _named(entries: Sequence[Entry]) -> list[Entry]:
    """Return the layers with a name each: their own, or the kind, numbered where it recurs."""
    kinds = Counter(entry.kind for entry in entries if not entry.name)
    taken = {entry.name for entry in entries}
    counts: Counter[str] = Counter()
    found = []
    for entry in entries:
        name = entry.name
        while not name:
            counts[entry.kind] += 1
            alone = kinds[entry.kind] == 1 and counts[entry.kind] == 1
            proposed = entry.kind if alone else f"{entry.kind}-{counts[entry.kind]}"
            name = "" if proposed in taken else proposed
        found.append(replace(entry, name=name))
    return found


def _numbers(value: Any) -> Any:
    """Turn digits into ints, and true and false into booleans."""
    if isinstance(value, Mapping):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_numbers(item) for item in value]
    if value in ("true", "false"):
        return value == "true"
    digits = isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}", value)
    return int(value) if digits else value
