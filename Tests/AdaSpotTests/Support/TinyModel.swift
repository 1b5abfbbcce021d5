import AdaSpot
import Foundation
import Tensors
import Timeline

/// A whole network on very small pictures, for properties that hold at any size.
enum TinyModel {
  static let size = PixelSize(rows: 64, columns: 96)

  /// Settings as in a configuration file; `overrides` replace keys of either section.
  static func configuration(clip: Int, _ overrides: [String: Any] = [:]) throws -> ModelConfiguration {
    var data: [String: Any] = ["dataset": "tennis", "num_classes": 3, "clip_len": clip]
    var model: [String: Any] = [
      "hr_dim": [64, 96], "hr_crop": [64, 64], "lr_dim": [32, 48], "lr_crop": [32, 32], "roi_size": [32, 32],
      "feature_arch": "rny002_gsf", "blocks_temporal": [true, true, true, true], "aggregation": "max",
      "temporal_arch": "gru", "threshold": 0.3, "padding": "replicate",
    ]
    for (key, value) in overrides {
      if data[key] != nil { data[key] = value } else { model[key] = value }
    }
    return try configuration(json: ["data": data, "model": model])
  }

  static func configuration(json: [String: Any]) throws -> ModelConfiguration {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).json")
    try JSONSerialization.data(withJSONObject: json).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try ModelConfiguration.read(path: url.path)
  }

  /// `meanPositions` gives every position of the clip the mean encoding of a clip of that many frames, so that clips of
  /// any length and endless windows see the same.
  static func model(
    clip: Int, seed: UInt64 = 3, meanPositionsOf length: Int? = nil, _ overrides: [String: Any] = [:]
  ) throws -> Model {
    let configuration = try configuration(clip: clip, overrides)
    let weights = FormulaWeights(seed: seed)
    let reader = TensorReader { name, shape in
      guard name == "temp_enc", let length else { return weights.values(name, shape: shape) }
      let all = weights.values(name, shape: [length, shape[1]])
      let mean = (0..<shape[1]).map { column in
        Float((0..<length).reduce(0.0) { $0 + Double(all[$1 * shape[1] + column]) } / Double(length))
      }
      return (0..<shape[0]).flatMap { _ in mean }
    }
    let classes = ClassList(names: (1...configuration.classes).map { "class\($0)" })
    return Model(
      configuration: configuration, classes: classes, weights: NetworkWeights(reader, configuration))
  }

  /// A picture of frame `t` of a made-up video: a bright square that wanders over a moving gradient.
  static func draw(_ t: Int, seed: Int = 0, into picture: Picture) {
    let squareRow = (5 * t + 11 * seed) % (picture.rows - 8)
    let squareColumn = (7 * t + 3 * seed) % (picture.columns - 8)
    for row in 0..<picture.rows {
      for column in 0..<picture.columns {
        let inside = (0..<8).contains(row - squareRow) && (0..<8).contains(column - squareColumn)
        for channel in 0..<3 {
          let value = inside ? 250 - 20 * channel : (3 * row + 2 * column + 5 * t + 50 * channel + 17 * seed) % 200
          picture.bytes[(row * picture.columns + column) * 3 + channel] = UInt8(value)
        }
      }
    }
  }

  /// All clips of a video of `frames` frames on `grid`, in order.
  static func clips(_ stream: ExactStream, frames: Int, seed: Int = 0) -> [ClipScores] {
    var clips: [ClipScores] = []
    var picture = Picture(rows: size.rows, columns: size.columns)
    for frame in 0..<frames {
      draw(frame, seed: seed, into: picture)
      picture = stream.append(picture) { clips.append($0) }
    }
    stream.finish { clips.append($0) }
    return clips
  }

  /// What a live stream says: the last scores of each frame while it was not settled, and the settled ones.
  struct LiveRun: Equatable {
    /// Scores of each frame when it was settled.
    var settled: [[Float]] = []
    /// Scores of each frame when it was the newest.
    var first: [Int: [Float]] = [:]
    var clips: [[Float]] = []
    var revisions = 0
  }

  static func run(_ stream: LiveStream, frames: Int, seed: Int = 0, seedAfter: (frame: Int, seed: Int)? = nil)
    -> LiveRun
  {
    var run = LiveRun()
    func take(_ scores: LiveScores) {
      run.revisions += 1
      if run.first[scores.newest] == nil { run.first[scores.newest] = Array(scores.row(scores.newest)) }
      while run.settled.count <= min(scores.settled, scores.newest) {
        run.settled.append(Array(scores.row(run.settled.count)))
      }
    }
    var picture = Picture(rows: size.rows, columns: size.columns)
    for frame in 0..<frames {
      let changed = seedAfter.map { frame > $0.frame ? $0.seed : seed } ?? seed
      draw(frame, seed: changed, into: picture)
      picture = stream.append(picture, emit: take) { run.clips.append($0.probabilities) }
    }
    stream.finish(emit: take) { run.clips.append($0.probabilities) }
    return run
  }

  /// NaN where there is one: it is within no bound.
  static func largestDifference(_ left: [Float], _ right: [Float]) -> Float {
    guard left.count == right.count else { return .infinity }
    var largest: Float = 0
    for (a, b) in zip(left, right) {
      let difference = abs(a - b)
      if difference.isNaN { return difference }
      largest = max(largest, difference)
    }
    return largest
  }
}
