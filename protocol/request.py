#!/usr/bin/env python3
"""Sends each line of stdin to the replay endpoint and prints the heads of the answers, with the number of messages.

usage: request.py ENDPOINT [OPTION ...]      for trying out the protocol, and for misbehaving in tests

--req: by a REQ socket. --pipeline: all requests before the first answer. --stuck: never reads. --timeout MS: for an answer.
--fuzz SEED: before each request 400 that were made of it at random, and of nothing; their answers are read and not shown.
"""
import json
import random
import sys
import time

import zmq

endpoint, options = sys.argv[1], sys.argv[2:]
socket = zmq.Context().socket(zmq.REQ if "--req" in options else zmq.DEALER)
socket.setsockopt(zmq.LINGER, 0)
socket.setsockopt(zmq.RCVTIMEO, int(options[options.index("--timeout") + 1]) if "--timeout" in options else 5000)
socket.setsockopt(zmq.RCVHWM, 1 if "--stuck" in options else 1000)
socket.connect(endpoint)


def answer():
    try:
        head, *messages = socket.recv_multipart()
    except zmq.Again:
        print("nothing")
        return False
    head = json.loads(head)
    assert head.pop("type") == "spotd.replay.response.v1"
    print(json.dumps(head, sort_keys=True), "+", len(messages) // 2)
    return True


def nonsense(request, dice):
    """The parts of a message that resembles `request` more or less."""
    data = bytearray(request.encode())
    kind = dice.randrange(5)
    if kind == 0:
        return [dice.randbytes(dice.randrange(4_097))]
    if kind == 1:  # some bytes are others
        for _ in range(dice.randrange(1, 9)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        return [bytes(data)]
    if kind == 2:  # a piece is missing, or there twice
        start, end = sorted(dice.randrange(len(data) + 1) for _ in range(2))
        return [bytes(data[:start] + data[start:end] * dice.choice([0, 2]) + data[end:])[:4_096]]
    if kind == 3:  # numbers and texts out of any range
        value = dice.choice([b"-1", b"1e400", b"18446744073709551616", b"NaN", b"null", b"[" * 2_000, b'"' + b"%" * 3_000 + b'"'])
        return [bytes(data).replace(dice.choice([b"1", b'"a"', b'"court1"']), value)[:4_096]]
    return [dice.randbytes(dice.randrange(64)) for _ in range(dice.randrange(2, 7))]


def fuzz(request, seed):
    """Each 80 over a connection of their own, which the bound on requests a second lets through."""
    dice = random.Random(seed)
    for _ in range(5):
        other = socket.context.socket(zmq.DEALER)
        other.setsockopt(zmq.LINGER, 1000)
        other.connect(endpoint)
        for _ in range(80):
            other.send_multipart(nonsense(request, dice))
        while other.poll(300):
            other.recv_multipart()
        other.close()


requests = sys.stdin.read().split("\n")
for request in requests:
    if "--fuzz" in options:
        fuzz(request, int(options[options.index("--fuzz") + 1]))
    socket.send_string(request)
    if not {"--pipeline", "--stuck"} & set(options):
        answer()
if "--pipeline" in options:
    for _ in requests:
        if not answer():  # the rest was thrown away: too many answers waited
            break
if "--stuck" in options:
    time.sleep(60)
