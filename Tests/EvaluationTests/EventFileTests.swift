import Evaluation
import Foundation
import Testing

@Suite struct EventFileTests {
  private func truth(_ json: String) throws -> [TruthVideo] {
    try EventFile.truth(json: Array(json.utf8), name: "truth.json")
  }

  private func predictions(_ json: String) throws -> [PredictedVideo] {
    try EventFile.predictions(json: Array(json.utf8), name: "found.json", video: "rally")
  }

  @Test func readsOneAnnotatedVideo() throws {
    let videos = try truth(
      """
      {"video": "rally", "fps": 25, "num_frames": 300, "width": 398, "height": 224,
       "events": [{"frame": 29, "label": "bounce", "comment": ""}]}
      """)
    #expect(
      videos == [TruthVideo(video: "rally", fps: 25, frameCount: 300, events: [.init(frame: 29, label: "bounce")])])
  }

  @Test func readsAListOfAnnotatedVideos() throws {
    let videos = try truth(#" [{"video": "a", "events": []}, {"video": "b", "fps": 29.97, "events": []}]"#)
    #expect(videos == [TruthVideo(video: "a", events: []), TruthVideo(video: "b", fps: 29.97, events: [])])
  }

  @Test func readsPredictionsOfOneVideo() throws {
    let videos = try predictions(
      #"{"threshold": 0.01, "window": 2, "predictions": [{"frame": 9, "label": "serve", "confidence": 0.25}]}"#)
    #expect(videos == [PredictedVideo(video: "rally", events: [.init(frame: 9, label: "serve", score: 0.25)])])
  }

  @Test func readsAListOfPredictedVideos() throws {
    let videos = try predictions(
      #"[{"video": "a", "fps": 25, "events": [{"frame": 9, "label": "serve", "score": 0.25}]}]"#)
    #expect(videos == [PredictedVideo(video: "a", events: [.init(frame: 9, label: "serve", score: 0.25)])])
  }

  @Test func readsFiles() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(#"{"video": "a", "events": []}"#.utf8).write(to: URL(fileURLWithPath: path))
    #expect(try EventFile.truth(path: path) == [TruthVideo(video: "a", events: [])])
    #expect(throws: EvaluationError.malformed(file: path, key: "predictions", reason: "is missing")) {
      try EventFile.predictions(path: path, video: "a")
    }
  }

  @Test func aMissingFileIsNamed() {
    #expect {
      try EventFile.truth(path: "/nowhere/truth.json")
    } throws: { error in
      "\(error)".hasPrefix("/nowhere/truth.json: cannot be read: ")
    }
  }

  @Test func aDirectoryIsNoFile() {
    #expect(throws: EvaluationError.unreadable(file: "/", reason: "it is a directory")) {
      try EventFile.truth(path: "/")
    }
  }

  @Test(arguments: [
    ("{", "truth.json: is not valid JSON"),
    (#"{"video": "a"}"#, "truth.json: events: is missing"),
    (#"{"video": "a", "events": [{"frame": "3", "label": "x"}]}"#, "truth.json: events[0].frame: is not of type Int"),
    (#"[{"video": "a", "events": [{"frame": 1}]}]"#, "truth.json: [0].events[0].label: is missing"),
    (#"{"video": "a", "events": [{"frame": -1, "label": "x"}]}"#, "truth.json: events[0].frame: -1 is negative"),
    (#"{"video": "a", "events": [{"frame": 1, "label": ""}]}"#, "truth.json: events[0].label: the label is empty"),
    (#"{"video": null, "events": []}"#, "truth.json: video: is null, expected String"),
    (#"{"video": "a", "fps": 0, "events": []}"#, "truth.json: fps: 0.0 is not positive"),
    (
      #"[{"video": "a", "num_frames": 5, "events": [{"frame": 5, "label": "x"}]}]"#,
      "truth.json: [0].events[0].frame: frame 5 lies outside the video's 5 frames"
    ),
  ])
  func brokenTruthIsRefusedByKey(_ json: String, _ message: String) {
    #expect {
      try truth(json)
    } throws: { error in
      "\(error)" == message
    }
  }

  @Test(arguments: [
    ("3", "found.json: is not of type Dictionary<String, Any>"),
    (#"{"predictions": [{"frame": 1, "label": "x"}]}"#, "found.json: predictions[0].confidence: is missing"),
    (
      #"[{"video": "a", "events": [{"frame": 1, "label": "x", "score": true}]}]"#,
      "found.json: [0].events[0].score: is not of type Double"
    ),
    (
      #"{"predictions": [{"frame": -4, "label": "x", "score": 1}]}"#,
      "found.json: predictions[0].frame: -4 is negative"
    ),
  ])
  func brokenPredictionsAreRefusedByKey(_ json: String, _ message: String) {
    #expect {
      try predictions(json)
    } throws: { error in
      "\(error)" == message
    }
  }
}
