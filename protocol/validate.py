#!/usr/bin/env python3
"""Checks messages against the schemas of this folder.

usage: validate.py [--strict] [FILE ...]     a JSON message in each FILE; without one, a message a line from stdin

--strict also refuses fields that the schemas do not name: for publishers. Subscribers must ignore such fields.
Needs jsonschema (Debian: python3-jsonschema). Exit code 1 when a message is wrong.
"""
import json
import pathlib
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


def main():
    arguments = sys.argv[1:]
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
