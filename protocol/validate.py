#!/usr/bin/env python3
"""Checks messages against the schemas of this folder.

usage: validate.py [--strict] [FILE ...]     a JSON message in each FILE; without one, a message a line from stdin
       validate.py --asyncapi [SCHEMA]       asyncapi.yaml itself; SCHEMA is AsyncAPI's own JSON Schema, where you have it

--strict also refuses fields that the schemas do not name: for publishers. Subscribers must ignore such fields.
--asyncapi checks that every reference leads somewhere, each address has its parameters and each message its schema.
Needs jsonschema and for --asyncapi PyYAML (Debian: python3-jsonschema, python3-yaml). Exit code 1 when something is wrong.
"""
import json
import pathlib
import re
import sys

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parent / "schema"


def load(name):
    return json.loads((SCHEMAS / name).read_text())


def inlined(node, document):
    """`node` of `document` with every $ref replaced by what it names, in this or another file."""
    if isinstance(node, list):
        return [inlined(each, document) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {key: inlined(value, document) for key, value in node.items()}
    file, _, pointer = node["$ref"].partition("#/")
    document = target = load(file) if file else document
    for step in filter(None, pointer.split("/")):
        target = target[step]
    return inlined(target, document)


def validator(name):
    schema = inlined(load(name), load(name))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def named_fields(schema):
    """The properties of a schema and of those that it includes."""
    fields = set(schema.get("properties", {}))
    return fields.union(*(named_fields(part) for part in schema.get("allOf", [])))


def problems(text, strict):
    try:
        message = json.loads(text)
        kind = "-".join(message["type"].split(".")[1:-1])
        name = f"{kind}.json"
        if not (kind.replace("-", "").isalpha() and (SCHEMAS / name).is_file()):
            return [f"there is no schema for type {message['type']}"]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        return [f"not a message: {error!r}"]
    checker = validator(name)
    found = [f"{error.json_path}: {error.message}" for error in checker.iter_errors(message)]
    if strict and not found:
        unnamed = set(message) - named_fields(checker.schema)
        if "data" in message:
            fields = named_fields(checker.schema["properties"]["data"])
            unnamed |= {f"data.{field}" for field in set(message["data"]) - fields}
        found = [f"{field}: not in the schema" for field in sorted(unnamed)]
    return found


def references(node):
    """Every $ref in `node`."""
    if isinstance(node, dict):
        yield from [node["$ref"]] if "$ref" in node else []
        node = list(node.values())
    for each in node if isinstance(node, list) else []:
        yield from references(each)


def resolve(document, reference):
    """What `reference` names in `document` or a schema of this folder; None for nothing."""
    file, _, pointer = reference.partition("#/")
    target = document
    if file:
        path = SCHEMAS.parent / file
        target = json.loads(path.read_text()) if path.is_file() else None
    for step in filter(None, pointer.split("/")):
        target = target.get(step) if isinstance(target, dict) else None
    return resolve(document, target["$ref"]) if isinstance(target, dict) and "$ref" in target else target


def without_id_properties(node):
    """`node` without descriptions of properties named $id, which jsonschema up to 4.10 takes for ids."""
    if isinstance(node, list):
        return [without_id_properties(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: without_id_properties(value) for key, value in node.items() if key != "$id" or isinstance(value, str)}


def asyncapi_problems(official):
    import yaml

    document = yaml.safe_load((SCHEMAS.parent / "asyncapi.yaml").read_text())
    if official:
        checker = jsonschema.Draft7Validator(without_id_properties(json.loads(pathlib.Path(official).read_text())))
        yield from (f"{error.json_path}: {error.message[:200]}" for error in checker.iter_errors(document))
    if not str(document.get("asyncapi", "")).startswith("3."):
        yield "asyncapi: is not 3"
    for reference in references(document):
        if resolve(document, reference) is None:
            yield f"{reference}: leads nowhere"
    for name, channel in document["channels"].items():
        needed = set(re.findall(r"{(\w+)}", channel["address"] or ""))
        if needed != set(channel.get("parameters", {})):
            yield f"channels.{name}: its address and its parameters do not agree"
    for name, server in document["servers"].items():
        if set(re.findall(r"{(\w+)}", server["host"])) != set(server.get("variables", {})):
            yield f"servers.{name}: its host and its variables do not agree"
        local = server["host"].startswith("127.")
        if local == bool(server.get("security")):
            yield f"servers.{name}: has security if and only if it is for other machines"
    for name, message in document["components"]["messages"].items():
        schema = resolve(document, message["payload"]["schema"]["$ref"]) or {}
        if schema.get("properties", {}).get("type", {}).get("const") != message["name"]:
            yield f"components.messages.{name}: its schema is not that of {message['name']}"


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["--asyncapi"]:
        found = list(asyncapi_problems(arguments[1] if arguments[1:] else None))
        print("\n".join(found) or "valid", file=sys.stderr if found else sys.stdout)
        return int(bool(found))
    strict = "--strict" in arguments
    files = [argument for argument in arguments if argument != "--strict"]
    if files:
        messages = [(file, pathlib.Path(file).read_text()) for file in files]
    else:
        messages = [(f"line {number}", line) for number, line in enumerate(sys.stdin, 1)]
    wrong = 0
    for place, text in messages:
        for problem in problems(text, strict):
            print(f"{place}: {problem}", file=sys.stderr)
            wrong = 1
    if not wrong:
        print(f"{len(messages)} valid")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
