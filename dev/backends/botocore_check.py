"""Checks recorded exchanges by botocore's own service models: JSON on standard input, one verdict on stdout.

Of each exchange: the request's parameters pass ParamValidator (for calls that were answered), the reply can be
parsed, every member of the reply is in the model under that name and type, within its length (texts, lists, maps),
range (numbers), pattern and list of values, every required member is there, and an error's code is modelled or common
to all services.
"""

import datetime
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

import botocore.parsers
import botocore.session
from botocore.awsrequest import HeadersDict
from botocore.validate import ParamValidator

# "Common Errors" in the API references: not in the models.
COMMON_ERRORS = {
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "ForbiddenException",
    "InternalFailure",
    "InvalidAction",
    "InvalidClientTokenId",
    "InvalidParameterValue",
    "InvalidSignatureException",
    "MalformedQueryString",
    "SerializationException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
    "ValidationError",
    "ValidationException",
}

# What the local AWS says of a part of AWS that it does not have.
LOCAL_ERRORS = {"NotImplemented"}

# What AWS answers although its own models forbid it: the samples of API_CreateTable, of `get-parameters` (AWS CLI Command
# Reference), and of API_BatchGetItem ("an empty UnprocessedKeys map").
AWS_ANSWERS = (
    ".ProvisionedThroughput.NumberOfDecreasesToday: 0 in value, less than 1",
    "ssm:GetParameters 200.InvalidParameters: 0 members, less than 1",
    "dynamodb:BatchGetItem 200.UnprocessedKeys: 0 entries, less than 1",
)

JSON_TYPES = {
    "string": str,
    "character": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float),
    "structure": dict,
    "map": dict,
    "list": list,
}

NUMBERS = {"integer", "long", "double", "float"}


def check_size(shape, size, where, unit):
    least, most = (shape.metadata.get(name) for name in ("min", "max"))
    if least is not None and size < least:
        yield f"{where}: {size} {unit}, less than {least}"
    if most is not None and size > most:
        yield f"{where}: {size} {unit}, more than {most}"


def check_text(shape, text, where):
    if "enum" in shape.metadata and text not in shape.metadata["enum"]:
        yield f"{where}: {text!r} is not one of the values"
    yield from check_size(shape, len(text), where, "characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, text, re.ASCII):
        yield f"{where}: {text!r} does not match {pattern}"


def check_names(shape, names, where):
    known = {member.serialization.get("name", name) for name, member in shape.members.items()}
    for name in names:
        if name not in known:
            yield f"{where}: unknown member {name}"
    for name in shape.required_members:
        if shape.members[name].serialization.get("name", name) not in names:
            yield f"{where}: required member {name} is missing"


def check_json(shape, value, where):
    # In Python a truth value is a number.
    is_other = isinstance(value, bool) and shape.type_name != "boolean"
    if is_other or not isinstance(value, JSON_TYPES.get(shape.type_name, object)):
        yield f"{where}: {type(value).__name__} is no {shape.type_name}"
    elif shape.type_name == "structure":
        yield from check_names(shape, value.keys(), where)
        for name, member in shape.members.items():
            wire = member.serialization.get("name", name)
            if wire in value:
                yield from check_json(member, value[wire], f"{where}.{wire}")
    elif shape.type_name == "list":
        yield from check_size(shape, len(value), where, "members")
        for item in value:
            yield from check_json(shape.member, item, f"{where}[]")
    elif shape.type_name == "map":
        yield from check_size(shape, len(value), where, "entries")
        for key, item in value.items():
            yield from check_json(shape.key, key, f"{where}{{}} key")
            yield from check_json(shape.value, item, f"{where}{{}}")
    elif shape.type_name == "string":
        yield from check_text(shape, value, where)
    elif shape.type_name in NUMBERS:
        yield from check_size(shape, value, where, "in value")


def check_xml(shape, node, where):
    if shape.type_name == "structure":
        children = {child.tag.rpartition("}")[2]: child for child in node}
        if len(children) != len(node):
            yield f"{where}: a member comes twice"
        yield from check_names(shape, children.keys(), where)
        for name, member in shape.members.items():
            wire = member.serialization.get("name", name)
            if wire in children:
                yield from check_xml(member, children[wire], f"{where}.{wire}")
    elif shape.type_name == "list":
        yield from check_size(shape, len(node), where, "members")
        for child in node:
            yield from check_xml(shape.member, child, f"{where}[]")
    elif shape.type_name == "timestamp":
        datetime.datetime.strptime(node.text or "", "%Y-%m-%dT%H:%M:%SZ")
    elif shape.type_name == "integer":
        yield from check_size(shape, int(node.text or ""), where, "in value")
    else:
        yield from check_text(shape, node.text or "", where)


def check_answer(protocol, operation, exchange, where):
    shape = operation.output_shape
    if protocol != "query":
        yield from check_json(shape, json.loads(exchange["body"]), where)
        return
    root = ElementTree.fromstring(exchange["body"])
    names = [child.tag.rpartition("}")[2] for child in root]
    wrapper = shape.serialization.get("resultWrapper")
    if root.tag.rpartition("}")[2] != f"{operation.name}Response" or names != [wrapper, "ResponseMetadata"]:
        yield f"{where}: wrapped as {root.tag} {names}"
    yield from check_xml(shape, root[0], where)


def check(session, exchange):
    service = session.get_service_model(exchange["service"])
    operation = service.operation_model(exchange["operation"])
    protocol = service.resolved_protocol
    where = f"{exchange['service']}:{exchange['operation']} {exchange['status']}"
    answered = exchange["status"] == 200
    if answered and operation.input_shape is not None:
        report = ParamValidator().validate(exchange["input"], operation.input_shape)
        if report.has_errors():
            yield f"{where}: request: {report.generate_report()}"
    reply = {
        "status_code": exchange["status"],
        "headers": HeadersDict(exchange["headers"]),
        "body": exchange["body"].encode(),
    }
    parsed = botocore.parsers.create_parser(protocol).parse(reply, operation.output_shape)
    if not parsed["ResponseMetadata"].get("RequestId"):
        yield f"{where}: no request id"
    if answered:
        if operation.output_shape is not None:
            yield from check_answer(protocol, operation, exchange, where)
        return
    modelled = {shape.error_code for shape in operation.error_shapes}
    code = parsed.get("Error", {}).get("Code")
    if code not in modelled | COMMON_ERRORS | LOCAL_ERRORS:
        yield f"{where}: error {code} is not among {sorted(modelled)}"


def main():
    session = botocore.session.get_session()
    exchanges = json.load(sys.stdin)
    problems = []
    for exchange in exchanges:
        try:
            problems += [one for one in check(session, exchange) if not one.endswith(AWS_ANSWERS)]
        except Exception as error:  # a reply that botocore cannot read is a finding, not a crash
            problems.append(f"{exchange['service']}:{exchange['operation']}: {type(error).__name__}: {error}")
    operations = {(exchange["service"], exchange["operation"]) for exchange in exchanges}
    for problem in sorted(set(problems)):
        print(problem, file=sys.stderr)
    print(f"botocore: {len(exchanges)} exchanges of {len(operations)} operations, {len(problems)} problems")
    return 1 if problems or not exchanges else 0


sys.exit(main())
