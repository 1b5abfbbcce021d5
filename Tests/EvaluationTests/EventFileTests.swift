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
    #expect(videos == [PredictedVideo(video: "a", fps: 25, events: [.init(frame: 9, label: "serve", score: 0.25)])])
  }

  @Test func readsASinglePredictedVideoWithItsName() throws {
    let videos = try predictions(
      #"{"video": "a", "num_frames": 50, "events": [{"frame": 9, "label": "serve", "confidence": 1}]}"#)
    #expect(
      videos == [PredictedVideo(video: "a", frameCount: 50, events: [.init(frame: 9, label: "serve", score: 1)])])
  }

  @Test func aRateIsForMillisecondsAlone() throws {
    let json = Array(#"[{"video": "a", "events": []}, {"video": "b", "fps": 50, "events": []}]"#.utf8)
    #expect(try EventFile.truth(json: json, name: "t.json", fps: 25).map(\.fps) == [nil, 50])
    #expect(try EventFile.predictions(json: json, name: "p.json", video: "", fps: 25).map(\.fps) == [nil, 50])
    let game = Array(#"{"UrlLocal": "g", "annotations": []}"#.utf8)
    #expect(try EventFile.truth(json: game, name: "t.json", fps: 25).map(\.fps) == [25, 25])
  }

  @Test func readsWhereTheBallIs() throws {
    let ball = try #require(
      try truth(
        #"{"video": "a", "width": 400, "height": 200, "events": [], "ball": [[100, 50, 1], [0, 0, 0], [1.5, 2, 1]]}"#
      )[0].ball)
    #expect(ball.share(at: 0) == .init(x: 0.25, y: 0.25))
    #expect(ball.share(at: 1) == nil && ball.share(at: 3) == nil && ball.positions[2] == .init(x: 1.5, y: 2))
  }

  @Test func writesWhatItReads() throws {
    let videos = [
      PredictedVideo(
        video: "a \"quoted\" ü/1", fps: 29.97, frameCount: 99,
        events: [.init(frame: 3, label: "far \\ hit", score: 0.1), .init(frame: 98, label: "x", score: 1e-7)]),
      PredictedVideo(video: "b", events: []),
    ]
    let list = try EventFile.text(videos, format: .e2eSpot)
    #expect(try predictions(list) == videos)
    let single = try EventFile.text([videos[0]], format: .spotd)
    #expect(try predictions(single) == [PredictedVideo(video: "rally", events: videos[0].events)])
    #expect(try EventFile.text([videos[1]], format: .spotd) == "{\"predictions\": []}\n")
    #expect(throws: EvaluationError.unfit(reason: "the spotd format holds one video, and there are 2")) {
      try EventFile.text(videos, format: .spotd)
    }
  }

  @Test func readsFiles() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(#"{"video": "a", "events": []}"#.utf8).write(to: URL(fileURLWithPath: path))
    #expect(try EventFile.truth(path: path) == [TruthVideo(video: "a", events: [])])
    #expect(try EventFile.predictions(path: path, video: "a") == [PredictedVideo(video: "a", events: [])])
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
    (
      #"{"video": "a", "events": [{"frame": 2147483648, "label": "x"}]}"#,
      "truth.json: events[0].frame: 2147483648 is larger than 2147483647"
    ),
    (#"{"video": "a", "fps": 1e999, "events": []}"#, "truth.json: fps: is no number that fits type Double"),
    (
      #"{"video": "a", "num_frames": 2.5, "events": []}"#, "truth.json: num_frames: is no number that fits type Int"
    ),
    (#"{"video": "a", "fps": 1e9, "events": []}"#, "truth.json: fps: 1000000000.0 is no frame rate of a video"),
    (
      #"{"video": "a", "num_frames": -1, "events": []}"#,
      "truth.json: num_frames: -1 is not a number of frames up to 2147483648"
    ),
    (
      #"{"video": "a", "events": [], "ball": [[1, 2, 1]]}"#,
      "truth.json: ball: positions need the picture's width and height beside them, 1 to 65536"
    ),
    (
      #"{"video": "a", "width": 9, "height": 9, "events": [], "ball": [[1, 2]]}"#,
      "truth.json: ball[0]: is not x, y and 1 or 0 for visible or not"
    ),
    (
      #"{"video": "\#(String(repeating: "v", count: 1025))", "events": []}"#,
      "truth.json: video: is longer than 1024 bytes"
    ),
    (String(repeating: "[", count: 100_000), "truth.json: is not valid JSON"),
  ])
  func brokenTruthIsRefusedByKey(_ json: String, _ message: String) {
    #expect {
      try truth(json)
    } throws: { error in
      "\(error)" == message
    }
  }

  @Test(arguments: ["1.5", "1e30", "99999999999999999999"]) func aNumberThatIsNoFrameIsNamed(_ frame: String) {
    #expect {
      try truth(#"{"video": "a", "events": [{"frame": \#(frame), "label": "x"}]}"#)
    } throws: { error in
      "\(error)" == "truth.json: events[0].frame: is no number that fits type Int"
    }
    #expect {
      try predictions(#"{"predictions": [{"frame": \#(frame), "label": "x", "confidence": 1}]}"#)
    } throws: { error in
      "\(error)" == "found.json: predictions[0].frame: is no number that fits type Int"
    }
  }

  @Test func whatComesFromAFileStaysOnOneLine() {
    let error = EvaluationError.unfit(reason: "label \"a\u{1B}[2J\nb\u{9B}ü\" of the truth")
    #expect("\(error)" == "label \"a\\u{1B}[2J\\nb\\u{009B}ü\" of the truth")
  }

  @Test(arguments: [
    ("3", "found.json: is not of type Dictionary<String, Any>"),
    (#"{"predictions": [{"frame": 1, "label": "x"}]}"#, "found.json: predictions[0].confidence: is missing"),
    (#"[{"video": "a", "events": [{"frame": 1, "label": "x"}]}]"#, "found.json: [0].events[0].score: is missing"),
    (#"{"video": "a", "events": [{"frame": 1, "label": "x"}]}"#, "found.json: events[0].score: is missing"),
    (
      #"[{"video": "a", "events": [{"frame": 1, "label": "x", "score": 1e999}]}]"#,
      "found.json: [0].events[0].score: is no number that fits type Double"
    ),
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
