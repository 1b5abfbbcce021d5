import Evaluation
import Foundation
import Testing

@Suite struct SoccerNetTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      let id: Int
      let rate: Double
      let games: [Game]
      let expected: [String: Expected]
    }
    struct Game: Decodable {
      let name: String
      let truth: [Event]
      let predictions: [Event]
    }
    struct Event: Codable {
      let gameTime: String
      let label: String
      let position: String
      let half: String?
      let confidence: String?
    }
    struct Expected: Decodable {
      let mean: Double
      let classes: [String: Double]
    }
    let cases: [Case]
  }

  private func json(_ name: String, _ key: String, _ events: [Golden.Event]) throws -> [UInt8] {
    let body = try JSONEncoder().encode([key: events])
    return Array((#"{"UrlLocal": "\#(name)/", "# + String(decoding: body, as: UTF8.self).dropFirst()).utf8)
  }

  @Test func equalsThePublishedAverageMAP() throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let data = try Data(contentsOf: folder.appendingPathComponent("soccernet.json"))
    let cases = try JSONDecoder().decode(Golden.self, from: data).cases
    #expect(cases.count == 9)
    for golden in cases {
      var truth: [TruthVideo] = []
      var found: [PredictedVideo] = []
      for game in golden.games {
        truth += try EventFile.truth(
          json: json(game.name, "annotations", game.truth), name: "Labels-v2.json", fps: 25)
        found += try EventFile.predictions(
          json: json(game.name, "predictions", game.predictions), name: "results_spotting.json", video: "", fps: 25)
      }
      let set = try EvaluationSet(truth: truth, predictions: found)
      let windows = ["loose": SoccerNetPrecision.loose, "tight": SoccerNetPrecision.tight, "at1": [1]]
      for (name, windows) in windows {
        let expected = try #require(golden.expected[name])
        let result = try SoccerNetPrecision(
          set, windows: windows, rate: golden.rate, labels: ["Corner", "Foul", "Goal"])
        #expect(abs(result.mean - expected.mean) < 1e-12, "case \(golden.id), \(name)")
        for one in result.classes {
          #expect(
            abs(one.averagePrecision - (expected.classes[one.label] ?? -1)) < 1e-12,
            "case \(golden.id), \(name), \(one.label)")
        }
      }
    }
  }

  @Test func readsLabelsByHalf() throws {
    let videos = try EventFile.truth(
      json: Array(
        """
        {"UrlLocal": "league/game/", "UrlYoutube": "", "annotations": [
          {"gameTime": "1 - 00:01", "label": "PASS", "position": "1040", "team": "left", "visibility": "visible"},
          {"gameTime": "2 - 01:00", "label": "DRIVE", "position": 60000},
          {"gameTime": "1 - 10:05", "label": "PASS"}]}
        """.utf8), name: "Labels-ball.json", fps: 25)
    #expect(
      videos == [
        TruthVideo(
          video: "league/game/1", fps: 25,
          events: [.init(frame: 26, label: "PASS"), .init(frame: 15125, label: "PASS")]),
        TruthVideo(video: "league/game/2", fps: 25, events: [.init(frame: 1500, label: "DRIVE")]),
      ])
  }

  @Test func everyFrameSurvivesItsMilliseconds() throws {
    for fps in [12.5, 25, 29.97, 30000.0 / 1001, 50, 59.94, 120] {
      let video = PredictedVideo(
        video: "g/2", fps: fps, events: (0..<4000).map { .init(frame: $0 * 7, label: "PASS", score: 0.125) })
      let text = try EventFile.text([video], format: .soccerNet)
      let read = try EventFile.predictions(json: Array(text.utf8), name: "r.json", video: "", fps: fps)
      #expect(read.map(\.video) == ["g/1", "g/2"] && read[0].events.isEmpty)
      #expect(read[1].events == video.events, "\(fps)")
    }
  }

  @Test func writesWhatTheEvaluationServerReads() throws {
    let videos = [
      PredictedVideo(video: "a/b/1", fps: 25, events: [.init(frame: 788, label: "Ball \"out\"", score: 0.5)]),
      PredictedVideo(video: "a/b/2", fps: 25, events: []),
    ]
    #expect(
      try EventFile.text(videos, format: .soccerNet) == """
        {"UrlLocal": "a/b/", "predictions": [
          {"gameTime": "1 - 00:31", "label": "Ball \\"out\\"", "position": "31520", "half": "1", "confidence": "0.5"}
        ]}

        """)
    #expect(throws: EvaluationError.rateMissing(video: "x")) {
      try EventFile.text(
        [PredictedVideo(video: "x", events: [.init(frame: 1, label: "l", score: 1)])], format: .soccerNet)
    }
    let both = [PredictedVideo(video: "a", fps: 25, events: []), PredictedVideo(video: "a/1", fps: 25, events: [])]
    #expect(
      throws: EvaluationError.unfit(reason: "videos \"a\" and \"a/1\" are both half 1 of the game \"a\"")
    ) {
      try EventFile.text(both, format: .soccerNet)
    }
    #expect(throws: EvaluationError.unfit(reason: "a SoccerNet file holds one game, and there are 2")) {
      try EventFile.text([videos[0], PredictedVideo(video: "c/1", fps: 25, events: [])], format: .soccerNet)
    }
  }

  @Test func theLastFrameAtTheLowestRateHasATime() throws {
    let frame = EventFile.frameLimit - 1
    let found = PredictedVideo(video: "a", events: [.init(frame: frame, label: "hit", score: 1)])
    let set = try EvaluationSet(
      truth: [TruthVideo(video: "a", fps: 0.01, events: [.init(frame: frame, label: "hit")])], predictions: [found])
    #expect(try SoccerNetPrecision(set, windows: [1], rate: 1000).mean == 1)
    let slow = PredictedVideo(video: "a", fps: 0.01, events: found.events)
    #expect(try EventFile.text([slow], format: .soccerNet).contains("\"position\": \"214748364700000\""))
  }

  @Test func aPositionBeyondTheLastFrameIsRefused() {
    #expect {
      try EventFile.truth(
        json: Array(#"{"annotations": [{"gameTime": "1 - 00:00", "position": 86400000, "label": "x"}]}"#.utf8),
        name: "l.json", fps: 100_000)
    } throws: { error in
      "\(error)"
        == "l.json: annotations[0].position: is frame 8640000000 at 100000.0 frames a second, larger than 2147483647"
    }
  }

  @Test(arguments: [
    (#"{"annotations": [{"gameTime": "1 - 00:01"}]}"#, "l.json: annotations[0].label: is missing"),
    (#"{"annotations": [{"label": "x", "position": "5"}]}"#, "l.json: annotations[0].gameTime: is missing"),
    (#"{"annotations": [{"label": "x", "half": "3", "position": "5"}]}"#, "l.json: annotations[0].half: is not 1 or 2"),
    (
      #"{"annotations": [{"label": "x", "gameTime": "1 - 0x:01"}]}"#,
      "l.json: annotations[0].gameTime: \"1 - 0x:01\" is not a time such as 1 - 12:34"
    ),
    (
      #"{"annotations": [{"label": "x", "gameTime": "1 - 00:01", "position": "1e300"}]}"#,
      "l.json: annotations[0].position: 1e+300 is not a position in a game, in milliseconds"
    ),
    (
      #"{"annotations": [{"label": "x", "gameTime": "1 - 00:01", "position": "soon"}]}"#,
      "l.json: annotations[0].position: \"soon\" is not a number"
    ),
    (#"{"annotations": [{"label": "", "gameTime": "1 - 00:01"}]}"#, "l.json: annotations[0].label: the label is empty"),
  ])
  func brokenLabelsAreRefusedByKey(_ json: String, _ message: String) {
    #expect {
      try EventFile.truth(json: Array(json.utf8), name: "l.json", fps: 25)
    } throws: { error in
      "\(error)" == message
    }
  }

  @Test func withoutARateMillisecondsAreRefused() {
    #expect {
      try EventFile.truth(json: Array(#"{"annotations": []}"#.utf8), name: "l.json")
    } throws: { error in
      "\(error)" == "l.json: its frame rate is not known: no file tells \"fps\", name one with --fps"
    }
  }

  @Test func predictionsNeedAConfidence() {
    let json =
      #"{"UrlLocal": "g", "predictions": [{"gameTime": "1 - 00:01", "label": "x", "position": "1", "half": "1"}]}"#
    #expect {
      try EventFile.predictions(json: Array(json.utf8), name: "r.json", video: "", fps: 25)
    } throws: { error in
      "\(error)" == "r.json: predictions[0].confidence: is missing"
    }
  }
}
