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


def validator(name):
    schema = load(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    resolver = jsonschema.RefResolver((SCHEMAS / name).as_uri(), schema)
    return jsonschema.Draft202012Validator(schema, resolver=resolver)


def named_fields(schema):
    """The properties of a schema and of those it refers to."""
    fields = dict(schema.get("properties", {}))
    references = [schema] + schema.get("allOf", [])
    for reference in references:
        if reference.get("$ref", "").endswith(".json"):
            fields.update(named_fields(load(reference["$ref"])))
    return fields


def problems(text, strict):
    try:
        message = json.loads(text)
        kind = message["type"].split(".")[1]
        name = f"{kind}.json"
        if not (kind.isalpha() and (SCHEMAS / name).is_file()):
            return [f"there is no schema for type {message['type']}"]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        return [f"not a message: {error!r}"]
    found = [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(message)]
    if strict and not found:
        schema = load(name)
        unnamed = set(message) - set(named_fields(load("envelope.json")))
        unnamed |= {f"data.{field}" for field in set(message["data"]) - set(named_fields(schema["properties"]["data"]))}
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
