"""Prints what botocore's service models say of the input of operations: JSON on standard input, JSON on stdout.

In: [["ssm", "GetParameter"], …]. Out: for each, the shape of its input as a tree.
"""

import json
import sys

import botocore.session


def tree(shape, required=False):
    limits = {name: shape.metadata[name] for name in ("min", "max", "pattern", "enum") if name in shape.metadata}
    node = {"type": shape.type_name, "required": required, **limits}
    if "location" in shape.serialization:
        node["location"] = shape.serialization["location"]
        node["locationName"] = shape.serialization["name"]
    if shape.type_name == "structure":
        members = shape.members.items()
        node["members"] = {name: tree(member, name in shape.required_members) for name, member in members}
    if shape.type_name == "list":
        node["member"] = tree(shape.member)
    return node


def main():
    session = botocore.session.get_session()
    answer = []
    for service, operation in json.load(sys.stdin):
        shape = session.get_service_model(service).operation_model(operation).input_shape
        answer.append(tree(shape) if shape else {"type": "structure", "required": False, "members": {}})
    json.dump(answer, sys.stdout)


main()
