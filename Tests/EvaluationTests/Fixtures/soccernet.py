"""Random games and what SoccerNet's own evaluation (package SoccerNet, version 0.2.0) makes of them.

usage: soccernet.py > soccernet.json     (needs numpy, tqdm and the package unpacked on PYTHONPATH)"""
import importlib, json, os, random, sys, types
import numpy as np

# The package's __init__ pulls in its downloader; the evaluation alone needs none of that.
source = next(p for p in sys.path if os.path.exists(p + "/SoccerNet/Evaluation/ActionSpotting.py"))
stub = types.ModuleType("SoccerNet"); stub.__path__ = [source + "/SoccerNet"]; sys.modules["SoccerNet"] = stub
utils = types.ModuleType("SoccerNet.utils"); utils.getListGames = None; sys.modules["SoccerNet.utils"] = utils
evaluation = importlib.import_module("SoccerNet.Evaluation.ActionSpotting")
LABELS = ["Corner", "Foul", "Goal"]
INDEX = {name: i for i, name in enumerate(LABELS)}


def case(number):
    rng = random.Random(number)
    rate = [2, 2, 25][number % 3]
    games = []
    for game in range(rng.randint(1, 3)):
        truth, found = [], []
        for half in (1, 2):
            for _ in range(rng.randint(1, 12)):
                position = rng.randrange(0, 400) * 1000 + rng.randrange(0, 25) * 40
                label = rng.choice(LABELS)
                truth.append({"gameTime": f"{half} - {position // 60000:02}:{position // 1000 % 60:02}", "label": label,
                              "position": str(position), "team": "home", "visibility": rng.choice(["visible", "not shown"])})
                for _ in range(rng.randint(0, 3)):
                    near = max(0, position + rng.choice([0, 40, -40, 400, -600, 1000, 2000, -4000, 9000, -20000]))
                    found.append({"gameTime": f"{half} - {near // 60000:02}:{near // 1000 % 60:02}",
                                  "label": rng.choice([label, label, rng.choice(LABELS)]), "position": str(near),
                                  "half": str(half), "confidence": str(round(rng.random(), rng.choice([1, 2, 6])))})
        games.append({"name": f"league/season/game {game}", "truth": truth, "predictions": found})
    vectors = {"targets": [], "detections": [], "closests": []}
    for game in games:
        targets = evaluation.label2vector({"annotations": game["truth"]}, len(LABELS), rate, 2, INDEX)
        detections = evaluation.predictions2vector({"predictions": game["predictions"]}, len(LABELS), 2, rate, INDEX)
        for target, detection in zip(targets, detections):
            vectors["targets"].append(target); vectors["detections"].append(detection)
            vectors["closests"].append(np.zeros(target.shape))
    expected = {}
    for name, deltas in (("loose", np.arange(12) * 5 + 5), ("tight", np.arange(5) + 1), ("at1", np.array([1]))):
        result = evaluation.average_mAP(**vectors, framerate=rate, deltas=deltas)
        expected[name] = {"mean": result[0], "classes": dict(zip(LABELS, map(float, result[1])))}
    return {"id": number, "rate": rate, "games": games, "expected": expected}


sys.stderr = open("/dev/null", "w")
print(json.dumps({"cases": [case(n) for n in range(9)]}, separators=(",", ":")))
