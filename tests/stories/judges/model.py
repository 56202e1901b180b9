"""Holds every answer against the service's own model, as botocore ships it.

A client that `watch` has been told of fails with a list of everything that is wrong with what came over the wire:
members that the model does not have, required members that are absent, values outside of enums, patterns, lengths
and ranges. What botocore then makes of the answer is not looked at: it forgives much.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from typing import Any, Iterator

import regex


class Unmodelled(AssertionError):
    """An answer that does not satisfy its model."""


def watch(client: Any, seen: set[tuple[str, str]]) -> Any:
    """Checks every successful answer of a client; notes in `seen` which operations were answered."""

    def check(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
        if response_dict["status_code"] >= 300:
            return
        service = operation_model.service_model
        seen.add((service.service_name, operation_model.name))
        wrong = list(_wrong(operation_model, response_dict["body"]))
        if wrong:
            raise Unmodelled(f"{service.service_name} {operation_model.name}:\n  " + "\n  ".join(wrong))

    client.meta.events.register("before-parse", check)
    return client


def _wrong(operation: Any, body: bytes) -> Iterator[str]:
    shape = operation.output_shape
    # The one that botocore speaks, of those that the service has.
    protocol = operation.service_model.resolved_protocol
    if shape is None:
        if protocol == "json" and body.strip() not in (b"", b"{}"):
            yield f"an operation without output answers {body[:80]!r}"
        return
    if protocol == "json":
        yield from _json(shape, json.loads(body), operation.name)
        return
    if protocol == "rest-xml" and ("payload" in shape.serialization or not body):
        # An object, or an answer that is all in its headers.
        return
    root = _plain(ElementTree.fromstring(body))
    if protocol == "query":
        root = root.find(shape.serialization.get("resultWrapper", f"{operation.name}Result"))
        if root is None:
            yield "no result wrapper"
            return
    yield from _xml(shape, root, operation.name, top=True)


def _json(shape: Any, value: Any, at: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{at}: {value!r} is no structure"
            return
        names = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        yield from (f"{at}: unknown member {name}" for name in value if name not in names)
        yield from (f"{at}: {name} is absent" for name in shape.required_members if name not in value)
        for name, member in names.items():
            if name in value:
                yield from _json(member, value[name], f"{at}.{name}")
    elif kind == "list":
        yield from _size(shape, len(value), at)
        for number, element in enumerate(value):
            yield from _json(shape.member, element, f"{at}[{number}]")
    elif kind == "map":
        for key, element in value.items():
            yield from _json(shape.key, key, f"{at} key")
            yield from _json(shape.value, element, f"{at}.{key}")
    elif kind == "string":
        yield from _text(shape, value, at)
    elif kind in ("integer", "long"):
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{at}: {value!r} is no integer"
        else:
            yield from _size(shape, value, at)
    elif kind in ("float", "double", "timestamp"):
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            yield f"{at}: {value!r} is no number"
    elif kind == "boolean":
        if not isinstance(value, bool):
            yield f"{at}: {value!r} is no boolean"


def _xml(shape: Any, element: ElementTree.Element, at: str, top: bool = False) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        in_body = {name: member for name, member in shape.members.items() if "location" not in member.serialization}
        names = {_name(name, member): member for name, member in in_body.items()}
        flat = {name for name, member in names.items() if member.serialization.get("flattened")}
        allowed = set(names) | ({"requestId", "ResponseMetadata"} if top else set())
        yield from (f"{at}: unknown element {child.tag}" for child in element if child.tag not in allowed)
        tags = [child.tag for child in element]
        yield from (f"{at}: {tag} stands twice" for tag in set(tags) - flat if tags.count(tag) > 1)
        for name in set(shape.required_members) & set(in_body):
            if _name(name, shape.members[name]) not in tags:
                yield f"{at}: {name} is absent"
        for child in element:
            if child.tag in names:
                member = names[child.tag]
                shape_of_child = member.member if child.tag in flat else member
                yield from _xml(shape_of_child, child, f"{at}.{child.tag}")
    elif kind == "list":
        entry = shape.member.serialization.get("name", "member")
        for number, child in enumerate(element):
            if child.tag != entry:
                yield f"{at}: {child.tag} where {entry} was expected"
            yield from _xml(shape.member, child, f"{at}[{number}]")
    elif kind == "string":
        yield from _text(shape, element.text or "", at)
    elif kind in ("integer", "long"):
        try:
            yield from _size(shape, int(element.text or ""), at)
        except ValueError:
            yield f"{at}: {element.text!r} is no integer"
    elif kind == "boolean":
        if element.text not in ("true", "false"):
            yield f"{at}: {element.text!r} is no boolean"
    elif kind == "timestamp":
        if not regex.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", element.text or ""):
            yield f"{at}: {element.text!r} is no timestamp"


def _name(name: str, member: Any) -> str:
    return member.serialization.get("name", name)


def _text(shape: Any, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{at}: {value!r} is no string"
        return
    if shape.enum and value not in shape.enum and not _known_to_differ(shape, value):
        yield f"{at}: {value!r} is none of {shape.enum}"
    pattern = shape.metadata.get("pattern")
    if pattern and not regex.fullmatch(pattern, value):
        yield f"{at}: {value!r} does not match {pattern}"
    yield from _size(shape, len(value), at)


def _known_to_differ(shape: Any, value: str) -> bool:
    """Where AWS itself does not do as its model says; the AWS CLI's own examples show it."""
    # The states of VPC endpoints have capitals in the model and none on the wire.
    endpoint = shape.name == "State" and value.capitalize() in shape.enum
    # An internet gateway is `available` to its VPC, not `attached`.
    gateway = shape.name == "AttachmentStatus" and value == "available"
    return endpoint or gateway


def _size(shape: Any, size: int, at: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and size < least) or (most is not None and size > most):
        yield f"{at}: {size} is not from {least} to {most}"


def _plain(element: ElementTree.Element) -> ElementTree.Element:
    """The same tree without namespaces."""
    for one in element.iter():
        one.tag = one.tag.rsplit("}", 1)[-1]
    return element
