import Evaluation
import Foundation
import Testing

@Suite struct MeanAveragePrecisionTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      let id: Int
      let truth: [Video]
      let pred: [Video]
      let expected: [String: Expected]
    }
    struct Video: Decodable {
      let video: String
      let events: [Row]
    }
    /// label, frame and, for predictions, score.
    struct Row: Decodable {
      let label: String
      let frame: Int
      let score: Double?

      init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        label = try values.decode(String.self)
        frame = try values.decode(Int.self)
        score = values.isAtEnd ? nil : try values.decode(Double.self)
      }
    }
    struct Expected: Decodable {
      let mean: Double
      let classes: [String: Double]

      enum CodingKeys: String, CodingKey {
        case mean = "mAP"
        case classes = "AP"
      }
    }
    let cases: [Case]
  }

  @Test func equalsThePublishedValues() throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let data = try Data(contentsOf: folder.appendingPathComponent("map.json"))
    let cases = try JSONDecoder().decode(Golden.self, from: data).cases
    #expect(cases.count == 40)
    for golden in cases {
      let truth = golden.truth.map { video in
        TruthVideo(video: video.video, events: video.events.map { .init(frame: $0.frame, label: $0.label) })
      }
      let predictions = try golden.pred.map { video in
        PredictedVideo(
          video: video.video,
          events: try video.events.map { .init(frame: $0.frame, label: $0.label, score: try #require($0.score)) })
      }
      #expect(golden.expected.count == 6)
      for (tolerance, expected) in golden.expected {
        let result = MeanAveragePrecision(
          predictions: predictions, truth: truth, tolerance: try #require(Int(tolerance)))
        let mean = try #require(result.mean)
        #expect(abs(mean - expected.mean) < 1e-12, "case \(golden.id), tolerance \(tolerance)")
        #expect(result.classes.map(\.label) == expected.classes.keys.sorted())
        for each in result.classes {
          let value = try #require(expected.classes[each.label])
          #expect(abs(each.averagePrecision - value) < 1e-12, "case \(golden.id), \(each.label) at \(tolerance)")
        }
      }
    }
  }

  @Test func countsTrueAndFalsePositivesByClassAndVideo() throws {
    let truth = [
      TruthVideo(video: "a", events: [.init(frame: 10, label: "hit"), .init(frame: 20, label: "hit")]),
      TruthVideo(video: "b", events: [.init(frame: 10, label: "bounce")]),
    ]
    let predictions = [
      PredictedVideo(
        video: "a",
        events: [
          .init(frame: 11, label: "hit", score: 0.9), .init(frame: 12, label: "hit", score: 0.8),
          .init(frame: 10, label: "bounce", score: 0.7), .init(frame: 3, label: "unseen", score: 1),
        ]),
      PredictedVideo(video: "b", events: [.init(frame: 10, label: "bounce", score: 0.6)]),
      PredictedVideo(video: "c", events: [.init(frame: 10, label: "hit", score: 0.1)]),
    ]
    let result = MeanAveragePrecision(predictions: predictions, truth: truth, tolerance: 1)
    let bounce = try #require(result.classes.first)
    let hit = try #require(result.classes.last)
    #expect(bounce == .init(label: "bounce", averagePrecision: 0.5, truths: 1, truePositives: 1, falsePositives: 1))
    #expect(hit == .init(label: "hit", averagePrecision: 0.5, truths: 2, truePositives: 1, falsePositives: 2))
    #expect(result.mean == 0.5)
  }

  @Test func withoutTruthThereIsNoMean() {
    #expect(MeanAveragePrecision(predictions: [], truth: [], tolerance: 0).mean == nil)
  }
}
