#!/usr/bin/env python3
"""Sends each line of stdin to the replay endpoint and prints the heads of the answers, with the number of messages.

usage: request.py ENDPOINT [OPTION ...]      for trying out the protocol, and for misbehaving in tests

--req: by a REQ socket. --pipeline: all requests before the first answer. --stuck: never reads. --timeout MS: for an answer.
"""
import json
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


requests = sys.stdin.read().split("\n")
for request in requests:
    socket.send_string(request)
    if not {"--pipeline", "--stuck"} & set(options):
        answer()
if "--pipeline" in options:
    for _ in requests:
        if not answer():  # the rest was thrown away: too many answers waited
            break
if "--stuck" in options:
    time.sleep(60)
