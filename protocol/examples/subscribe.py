#!/usr/bin/env python3
"""Prints the events of a spotd as they arrive, and recovers what was missed.

usage: subscribe.py [--secret-key FILE --server-key=KEY] [ENDPOINT [REPLAY_ENDPOINT [STREAM]]]

--secret-key and --server-key are for an encrypted bus: your own file, made by `spot keygen`, and the daemon's public key.
Needs pyzmq (Debian: python3-zmq). Ends when every stream it has heard of has ended; exit code 1 when something was lost.
"""
import argparse
import json
import math
import sys
import time
import urllib.parse

import zmq

PATIENCE = 15  # how often to ask when nobody answers, a second each
SILENCE = 15  # seconds without a message after which to connect anew; a status comes each second


def token(name):
    """A stream's name as topics have it; quote() leaves . and ~ as they are."""
    return urllib.parse.quote(name, safe="").replace(".", "%2E").replace("~", "%7E")


def secret(path):
    """The secret key in a file of `spot keygen`: the line that is no comment."""
    with open(path, encoding="ascii") as file:
        return next(line.strip() for line in file if line.strip() and not line.startswith("#")).encode()


parser = argparse.ArgumentParser(description="Prints the events of a spotd, and recovers what was missed.")
parser.add_argument("endpoint", nargs="?", default="tcp://127.0.0.1:5570")
parser.add_argument("replay_endpoint", nargs="?", default="tcp://127.0.0.1:5571")
parser.add_argument("stream", nargs="?")
parser.add_argument("--secret-key", metavar="FILE", help="of an encrypted bus: your own, made by spot keygen")
parser.add_argument("--server-key", metavar="KEY", help="the daemon's public key; --server-key=KEY, as it may begin with -")
given = parser.parse_args()
if (given.secret_key is None) != (given.server_key is None):
    parser.error("--secret-key and --server-key go together")
prefix = f"spot.{token(given.stream)}." if given.stream else "spot."  # a whole stream, so that sequence has no holes


def secured(socket):
    if given.secret_key:
        key = secret(given.secret_key)
        socket.curve_secretkey = key
        socket.curve_publickey = zmq.curve_public(key)
        socket.curve_serverkey = given.server_key.encode()
    return socket


context = zmq.Context()
live = secured(context.socket(zmq.SUB))
live.setsockopt_string(zmq.SUBSCRIBE, prefix)
live.connect(given.endpoint)
replay = secured(context.socket(zmq.REQ))
replay.setsockopt(zmq.REQ_RELAXED, 1)  # may ask again when no answer came
replay.setsockopt(zmq.REQ_CORRELATE, 1)
replay.setsockopt(zmq.LINGER, 0)
replay.connect(given.replay_endpoint)
losses = 0


def connect_anew(socket, endpoint):
    """ZeroMQ does not after a refusal: whoever is put on the list later would never hear of it. Only when nothing waits here."""
    socket.disconnect(endpoint)
    socket.connect(endpoint)


def lost(run, stream, what):
    global losses
    losses += 1
    print(f"{stream}: lost of {run}: {what}", file=sys.stderr)


def ask(run, stream, first):
    """What came from `first` on: the head of the answer, and messages."""
    request = {"type": "spotd.replay.request.v1", "request": str(first), "run": run, "stream": stream, "from": first}
    for attempt in range(PATIENCE):
        replay.send_json(request)
        if not replay.poll(1000):
            if attempt % 5 == 4:
                connect_anew(replay, given.replay_endpoint)
            continue
        head, *parts = replay.recv_multipart()
        head = json.loads(head)
        if head["state"] != "busy":
            return head, [json.loads(payload) for payload in parts[1::2]]
        time.sleep(head["retry_after_ms"] / 1000)
    return {"state": "no answer"}, []


def missed(run, stream, first, stop):
    """The messages `first` … `stop` − 1 of a run and stream, as far as they can still be had."""
    messages = []
    while first < stop:
        head, page = ask(run, stream, first)
        if head["state"] not in ("ok", "too-old"):
            lost(run, stream, f"from {first}: {head['state']}")
            break
        for number, message in [(int(each["sequence"]), each) for each in page] + [(head.get("next", 0), None)]:
            if min(number, stop) > first:
                lost(run, stream, f"{first} to {min(number, stop) - 1}: never published")
            if message and number < stop:
                messages.append(message)
            first = max(first, number + bool(message))
        if head["state"] == "too-old":
            lost(run, stream, f"{first} to {min(head['oldest'], stop) - 1}: too-old")
            first = head["oldest"]
        elif head["complete"]:
            break
    return messages


def is_end(message):
    return message["type"] == "spotd.status.v1" and message["data"]["state"] == "ended"


def rest(run, stream, first, ended, live_run):
    """What is left of a run that is over, and of those that followed before `live_run`."""
    messages = []
    while run != live_run:
        if not ended:
            before, kept = losses, missed(run, stream, first, math.inf)
            messages += kept
            if losses == before and not (kept and is_end(kept[-1])):
                lost(run, stream, "its end, if it broke off")
        head, _ = ask(run, stream, 1)  # names the run that followed, of which nothing may have been heard
        run, first, ended = head.get("next_run", live_run), 1, False
    return messages


def show(message):
    data = message["data"]
    if message["type"] == "spotd.event.v1":
        latency = f"{data['latency_ms']:.0f} ms" if "latency_ms" in data else "-"
        print(
            f"{message['stream']} {data['seconds']:.3f}s frame {data['frame']} {data['label']} {data['score']:.3f} "
            f"{data['state']} {latency}",
            flush=True,
        )
    elif is_end(message):
        print(f"{message['stream']} ended: {data.get('reason', '')} {data['counters']}", flush=True)


position = {}  # stream → (run, next sequence, has ended)
while not position or not all(ended for _, _, ended in position.values()):
    while not live.poll(1000 * SILENCE):
        connect_anew(live, given.endpoint)
    message = json.loads(live.recv_multipart()[1])
    run, stream, sequence = message["run"], message["stream"], int(message["sequence"])
    known_run, expected, ended = position.get(stream, (run, sequence, False))
    messages = []
    if run != known_run:  # the daemon has restarted: first what is left of the old run, then the new one from its beginning
        messages += rest(known_run, stream, expected, ended, run)
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
        ended = is_end(each) and each["run"] == run
    position[stream] = (run, max(expected, sequence), ended)
sys.exit(1 if losses else 0)
