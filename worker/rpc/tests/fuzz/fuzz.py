#!/usr/bin/env python3
"""Asks a worker that runs what its own OpenRPC document allows, what it doesn't, and what is no question at all.

    fuzz.py URL [--requests N] [--seconds S] [--seed N] [--known TEXT ...]

It ends at whichever comes first, requests or seconds. What it holds the worker to:

* no answer has a status of 500 and above, but for 503, which says that there are too many;
* what comes with 200 is JSON-RPC: a result that the document's schema of results allows, or an error whose code the
  document or JSON-RPC lists, and never one that says that the worker itself failed;
* parameters that the document's schemas refuse are refused;
* what the document allows each method takes: each has given a result, or refused by an error of its own (9000 and above). Those of
  subscriptions take a WebSocket and say so.

The last line is a count of all answers as JSON. The status is 1, with the request, if something isn't so.
"""

import argparse
import collections
import copy
import http.client
import json
import sys
import time
import urllib.parse

import jsonschema
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st
from hypothesis_jsonschema import from_schema

# JSON-RPC's own, and those of its server: docs/rpc.md. -32603, that the server failed, isn't among them.
PROTOCOL = {-32700, -32600, -32601, -32602, -32005, -32007, -32008, -32010}
# That the worker failed, by its own code.
FAILED = 9090
BUSY = 9010

EACH = 25


class Wrong(Exception):
    """The worker did what it may not."""


def strict(text):
    """JSON by its standard: without NaN and Infinity."""

    def refuse(word):
        raise ValueError(word)

    return json.loads(text, parse_constant=refuse)


class Worker:
    """One connection, and what came over it."""

    def __init__(self, url):
        at = urllib.parse.urlsplit(url)
        self.host, self.port = at.hostname, at.port
        self.connection = None
        self.seen = collections.Counter()
        # How often a method took what it was given, by its name.
        self.took = collections.Counter()
        self.requests = 0

    def post(self, body):
        self.requests += 1
        for fresh in (False, True):
            if fresh or self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
            try:
                self.connection.request("POST", "/", body, {"Content-Type": "application/json"})
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                # A connection that was of no more use is closed; a new one must do.
                self.connection.close()
                if fresh:
                    raise Wrong(f"the connection broke at {body[:200]!r}")
        return None


class Document:
    """What the worker says of itself."""

    def __init__(self, worker):
        _, text = worker.post(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "rpc.discover"}))
        self.whole = strict(text)["result"]
        self.codes = {it["code"] for it in self.whole["x-errors"]} | PROTOCOL
        self.methods = {it["name"]: self.whole_of(it) for it in self.whole["methods"]}
        self.validators = {}

    def whole_of(self, schema):
        """A schema with all that it refers to in its place. None refers to itself: there is an end to it."""
        if isinstance(schema, list):
            return [self.whole_of(it) for it in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            part = self.whole
            for name in schema["$ref"].removeprefix("#/").split("/"):
                part = part[name]
            return self.whole_of(part)
        return {key: self.whole_of(value) for key, value in schema.items()}

    def validator(self, schema):
        key = id(schema)
        if key not in self.validators:
            # The schema is kept as well: so no other one gets its number.
            self.validators[key] = jsonschema.Draft7Validator(schema), schema
        return self.validators[key][0]

    def allows(self, schema, value):
        return self.validator(schema).is_valid(value)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40)
    | st.sampled_from(["0x", "0x0", "0x" + "00" * 3000, "-1", str(2**128), 2**64, 2**128, -(2**63)]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def mutated(schema):
    """Schemas of what a schema doesn't allow, near to what it does."""
    others = []
    if schema is True or not isinstance(schema, dict):
        return others
    for word in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(word, []):
            others += mutated(part)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds:
        every = ("null", "boolean", "integer", "number", "string", "array", "object")
        others += [{"type": kind} for kind in every if kind not in kinds]
    if "integer" in kinds:
        others += [{"type": "integer", "maximum": -1}, {"type": "integer", "minimum": 2**64}, {"type": "number"}]
    if "pattern" in schema:
        # Of the same letters, in another order and number.
        others.append({"type": "string", "pattern": "^[0-9a-fxA-HJ-NP-Zk-z]{0,90}$"})
    if "enum" in schema:
        others.append({"type": "string", "maxLength": 12})
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        less = copy.deepcopy(schema)
        less["required"] = [it for it in schema["required"] if it != name]
        less["properties"].pop(name, None)
        others.append(less)
    for name, part in properties.items():
        for other in mutated(part)[:4]:
            more = copy.deepcopy(schema)
            more["properties"][name] = other
            more["required"] = sorted(set(schema.get("required", [])) | {name})
            others.append(more)
    return others


def values(document, schema, known):
    """What a parameter may be: drawn from its schema, and what is really there."""
    fitting = [it for it in known if document.allows(schema, it)]
    drawn = from_schema(schema)
    return st.one_of(st.sampled_from(fitting), drawn) if fitting else drawn


def call(document, method, known):
    """Calls of a method, and whether their parameters are as the document has them."""
    params = method["params"]
    right_ones = [values(document, it["schema"], known) for it in params]
    wrong_ones = [st.one_of(*map(from_schema, mutated(it["schema"])), ANYTHING) for it in params]

    @st.composite
    def drawn(draw):
        given_values, right = [], True
        wrong_one = draw(st.integers(0, 3 * len(params)))
        for number, param in enumerate(params):
            if number == wrong_one:
                value = draw(wrong_ones[number])
                right = document.allows(param["schema"], value) or (value is None and not param["required"])
            elif not param["required"] and draw(st.booleans()):
                # What isn't given and has a default is null.
                value = None
            else:
                value = draw(right_ones[number])
            given_values.append(value)
        shape = draw(st.integers(0, 9))
        if shape == 0:
            shaped, right = draw(ANYTHING), None
        elif shape < 5 and method["paramStructure"] != "by-position":
            shaped = {param["name"]: value for param, value in zip(params, given_values)}
            if draw(st.integers(0, 9)) == 0:
                shaped[draw(st.text(max_size=8))] = draw(ANYTHING)
                right = None
        else:
            shaped = given_values
        identity = draw(st.one_of(st.integers(0, 2**53), st.text(max_size=8)))
        return {"jsonrpc": "2.0", "id": identity, "method": method["name"], "params": shaped}, right

    return drawn()


def check_one(document, answer, method, right, body):
    """Holds one answer to the document. What came, for the count."""
    if not isinstance(answer, dict) or answer.get("jsonrpc") != "2.0":
        raise Wrong(f"{answer!r} is no answer of JSON-RPC to {body[:2000]!r}")
    if "error" in answer:
        code = answer["error"]["code"]
        if code not in document.codes:
            raise Wrong(f"{code} is in no list: {answer} to {body[:2000]!r}")
        if code == FAILED:
            raise Wrong(f"the worker failed: {answer} to {body[:2000]!r}")
        return code
    if right is False:
        raise Wrong(f"the document refuses the parameters and the worker took them: {body[:2000]!r} gave {answer}")
    if method is not None:
        schema = method["result"]["schema"]
        if not document.allows(schema, answer["result"]):
            why = jsonschema.exceptions.best_match(document.validator(schema).iter_errors(answer["result"])).message
            raise Wrong(f"{why}: {answer['result']!r} isn't what the document says of {method['name']}: {body[:2000]!r}")
    return "result"


def asks(body):
    """Whether somebody waits for an answer: what has no id is a notification."""
    try:
        asked = strict(body)
    except UnicodeDecodeError:
        # What isn't UTF-8 is no JSON. Where that is in the id alone, jsonrpsee looks at the rest, and sees a notification.
        return False
    asked = asked if isinstance(asked, list) else [asked]
    return any(not isinstance(one, dict) or "id" in one for one in asked)


def check(document, worker, body, expected):
    """Sends a body, and holds what comes to the document."""
    status, text = worker.post(body)
    if status >= 500 and status != 503:
        raise Wrong(f"{status} {text!r} to {body[:2000]!r}")
    worker.seen[f"HTTP {status}"] += 1
    if status != 200 or not text:
        return
    try:
        answer = strict(text)
    except ValueError as error:
        raise Wrong(f"{error}: {text!r} to {body[:2000]!r}") from error
    if answer is None and not asks(body):
        # jsonrpsee's word for a notification: nothing is said to it.
        worker.seen["notification"] += 1
        return
    if isinstance(answer, list):
        for one in answer:
            worker.seen[check_one(document, one, None, None, body)] += 1
        return
    method, right = expected or (None, None)
    came = check_one(document, answer, method, right, body)
    worker.seen[came] += 1
    if method is not None and (came == "result" or came >= 9000 or (is_subscription(method["name"]) and came == -32601)):
        worker.took[method["name"]] += 1


def is_subscription(name):
    return "ubscribe" in name


def garbage(document, calls):
    """Bodies that are no questions."""
    names = st.sampled_from(sorted(document.methods))
    one = st.one_of(*calls).map(lambda it: it[0])
    text = one.map(json.dumps).map(str.encode)
    deep = st.builds(
        lambda depth, open_, close, inner: (open_ * depth + inner + close * depth).encode(),
        st.sampled_from([1, 127, 128, 129, 5_000, 100_000]),
        st.sampled_from(["[", '{"params":']),
        st.sampled_from(["", "]", "}"]),
        st.sampled_from(["", "0", '"x"']),
    )
    deep_params = names.flatmap(
        lambda name: st.sampled_from([100, 127, 128, 5_000]).map(
            lambda depth: (
                '{"jsonrpc":"2.0","id":1,"method":' + json.dumps(name) + ',"params":[' + "[" * depth + "]" * depth + "]}"
            ).encode()
        )
    )
    changed = st.builds(
        lambda body, at, byte: body[: at % len(body)] + bytes([byte]) + body[at % len(body) + 1 :],
        text,
        st.integers(0, 10_000),
        st.integers(0, 255),
    )
    cut = st.builds(lambda body, at: body[: at % len(body)], text, st.integers(0, 10_000))
    other = st.dictionaries(
        st.sampled_from(["jsonrpc", "id", "method", "params", "x"]), ANYTHING | names, max_size=5
    ).map(lambda it: json.dumps(it).encode())
    batch = st.lists(one | ANYTHING, max_size=8).map(lambda it: json.dumps(it).encode())
    long_batch = st.builds(
        lambda count: json.dumps([{"jsonrpc": "2.0", "id": 1, "method": "system_version"}] * count).encode(),
        st.sampled_from([127, 128, 129, 3_000]),
    )
    return st.one_of(st.binary(max_size=200), deep, deep_params, changed, cut, other, batch, long_batch)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("url")
    arguments.add_argument("--requests", type=int, default=2_000)
    arguments.add_argument("--seconds", type=float, default=45)
    arguments.add_argument("--seed", type=int, default=14)
    arguments.add_argument("--known", nargs="*", default=[])
    asked = arguments.parse_args()
    worker = Worker(asked.url)
    document = Document(worker)
    known = asked.known + list(range(6))
    calls = {name: call(document, method, known) for name, method in document.methods.items()}
    calls[None] = garbage(document, calls.values())
    end = time.monotonic() + asked.seconds
    over = lambda: time.monotonic() > end or worker.requests >= asked.requests
    round_ = 0
    while not over():
        for name, strategy in calls.items():
            if over():
                break

            @seed(asked.seed + round_)
            @settings(
                max_examples=EACH,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(strategy)
            def ask(drawn):
                if over():
                    return
                if name is None:
                    check(document, worker, drawn, None)
                else:
                    body, right = drawn
                    check(document, worker, json.dumps(body).encode(), (document.methods[name], right))

            ask()
        round_ += 1
    status, text = worker.post(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "system_version"}))
    if status != 200 or "result" not in strict(text):
        raise Wrong(f"in the end it says {status} {text!r}")
    # In each round each is asked many times.
    never = sorted(set(document.methods) - set(worker.took)) if round_ > 0 else []
    if never:
        raise Wrong(f"{', '.join(never)} took nothing of what the document allows")
    print(json.dumps({"requests": worker.requests, "rounds": round_, **{str(key): count for key, count in sorted(worker.seen.items(), key=str)}}))


if __name__ == "__main__":
    try:
        main()
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        sys.exit(1)
