import Foundation
import TestSupport
import Testing

/// Tests of `spot evaluate`, with a folder of their own.
protocol EvaluateSuite {
  var folder: VideoFolder { get }
}

extension EvaluateSuite {
  func evaluate(_ arguments: String...) throws -> ProgramRun.Result {
    try Program.spot.run(["evaluate"] + arguments)
  }

  func truth(_ number: Int) -> String { Bundled.samples.appending(path: "sample_\(number).truth.json").path }

  func found(_ number: Int) -> String { Bundled.samples.appending(path: "sample_\(number).expected.json").path }

  /// Lines with runs of blanks made one.
  func lines(_ result: ProgramRun.Result) -> [String] {
    result.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
  }

  func figures(_ result: ProgramRun.Result) throws -> EvaluationFigures {
    #expect(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode(EvaluationFigures.self, from: Data(result.output.utf8))
  }

  func map(_ result: ProgramRun.Result) throws -> [String: Double] { try figures(result).map }
}

/// What `--json` prints, as far as the tests look at it.
struct EvaluationFigures: Decodable {
  struct Class: Decodable {
    let label: String
    let events: Int
    let found: Int
    let curve: [[Double]]
  }
  struct Confusion: Decodable {
    let labels: [String]
    let counts: [[Int]]
    let missed: [Int]
  }
  let videos: Int
  let map: [String: Double]
  let classes: [Class]
  let confusion: Confusion
}
