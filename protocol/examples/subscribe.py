#!/usr/bin/env python3
"""Prints the events of a spotd as they arrive.

usage: subscribe.py [ENDPOINT [PREFIX]]      e.g. subscribe.py tcp://127.0.0.1:5570 spot.court1.event.

Needs pyzmq (Debian: python3-zmq). Ends when every stream it has heard of has ended.
"""
import json
import sys

import zmq

endpoint = sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:5570"
prefix = sys.argv[2] if len(sys.argv) > 2 else "spot."

socket = zmq.Context().socket(zmq.SUB)
socket.setsockopt_string(zmq.SUBSCRIBE, prefix)
socket.connect(endpoint)

seen = {}  # (run, topic) → last topicsequence
running = set()  # (run, stream)

while True:
    topic, payload = socket.recv_multipart()
    message = json.loads(payload)
    data, stream = message["data"], (message["run"], message["stream"])

    # Every topic counts its messages, so a hole in the count is a loss, whatever else was filtered away.
    if not message.get("retained"):
        key, number = (message["run"], topic), int(message["topicsequence"])
        if number > seen.get(key, number - 1) + 1:
            print(f"missed {number - seen[key] - 1} on {topic.decode()}", file=sys.stderr)
        seen[key] = number

    if message["type"] == "spotd.event.v1":
        latency = f"{data['latency_ms']:.0f} ms" if "latency_ms" in data else "-"
        print(
            f"{stream[1]} {data['seconds']:.3f}s frame {data['frame']} {data['label']} {data['score']:.3f} "
            f"{data['state']} {latency}",
            flush=True,
        )
    elif message["type"] == "spotd.status.v1":
        (running.discard if data["state"] == "ended" else running.add)(stream)
        if data["state"] == "ended" and not running:
            print(f"{stream[1]} ended: {data.get('reason', '')} {data['counters']}", flush=True)
            break
