#!/usr/bin/env python3
"""Prints the events of a spotd as they arrive, and recovers what was missed.

usage: subscribe.py [ENDPOINT [REPLAY_ENDPOINT [STREAM]]]

Needs pyzmq (Debian: python3-zmq). Ends when every stream it has heard of has ended.
"""
import json
import sys
import time

import zmq

endpoint = sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:5570"
replay_endpoint = sys.argv[2] if len(sys.argv) > 2 else "tcp://127.0.0.1:5571"
prefix = f"spot.{sys.argv[3]}." if len(sys.argv) > 3 else "spot."  # a whole stream, so that sequence has no holes

context = zmq.Context()
live = context.socket(zmq.SUB)
live.setsockopt_string(zmq.SUBSCRIBE, prefix)
live.connect(endpoint)
replay = context.socket(zmq.REQ)
replay.setsockopt(zmq.REQ_RELAXED, 1)  # may ask again when no answer came
replay.setsockopt(zmq.REQ_CORRELATE, 1)
replay.setsockopt(zmq.RCVTIMEO, 2000)
replay.setsockopt(zmq.LINGER, 0)
replay.connect(replay_endpoint)


def missed(run, stream, first, stop):
    """The messages `first` … `stop` − 1 of a run and stream, as far as they can still be had."""
    while first < stop:
        replay.send_json(
            {"type": "spotd.replay.request.v1", "request": str(first), "run": run, "stream": stream, "from": first}
        )
        try:
            head, *parts = replay.recv_multipart()
        except zmq.Again:
            head = b'{"state": "no answer"}'
        head = json.loads(head)
        if head["state"] == "ok":
            messages = [json.loads(payload) for payload in parts[1::2]]
            yield from (message for message in messages if int(message["sequence"]) < stop)
            first = head["next"]
            if head["complete"]:
                return
        elif head["state"] == "busy":
            time.sleep(head["retry_after_ms"] / 1000)
        else:
            print(f"{stream}: lost from {first} of {run}: {head['state']}", file=sys.stderr)
            if head["state"] != "too-old":
                return
            first = head["oldest"]


def show(message):
    data = message["data"]
    if message["type"] == "spotd.event.v1":
        latency = f"{data['latency_ms']:.0f} ms" if "latency_ms" in data else "-"
        print(
            f"{message['stream']} {data['seconds']:.3f}s frame {data['frame']} {data['label']} {data['score']:.3f} "
            f"{data['state']} {latency}",
            flush=True,
        )
    elif message["type"] == "spotd.status.v1" and data["state"] == "ended":
        print(f"{message['stream']} ended: {data.get('reason', '')} {data['counters']}", flush=True)


position = {}  # stream → (run, next sequence, has ended)
while not position or not all(ended for _, _, ended in position.values()):
    message = json.loads(live.recv_multipart()[1])
    run, stream, sequence = message["run"], message["stream"], int(message["sequence"])
    known_run, expected, ended = position.get(stream, (run, sequence, False))
    messages = []
    if run != known_run:  # the daemon has restarted: first the rest of the old run, then the new one from its beginning
        messages += missed(known_run, stream, expected, float("inf")) if not ended else []
        expected, ended = 1, False
    if message.get("retained"):  # a repeat: says how far the stream has come, no more
        if stream not in position:
            continue
        sequence += 1
    messages += missed(run, stream, expected, sequence)
    if not message.get("retained") and sequence >= expected:
        messages.append(message)
        sequence += 1
    for each in messages:
        show(each)
        ended = each["type"] == "spotd.status.v1" and each["data"]["state"] == "ended"
    position[stream] = (run, max(expected, sequence), ended)
