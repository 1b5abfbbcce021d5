import Evaluation
import Timeline

/// Average precision on a few short videos, with an idea of its noise.
///
/// The noise comes from resampling pieces of the videos with replacement (bootstrap): the standard deviation of the mean over
/// the resampled sets. Every result of a curve is resampled alike, so differences can be paired.
struct Precision {
  /// Frames of a piece: some two events long.
  private static let piece = 50
  private static let resamples = 100

  /// mAP in percent at 0, 1 and 2 frames.
  let means: [Double]
  /// mAP in percent at 1 frame of each resampled set.
  let resampled: [Double]

  /// `predictions` holds for each of `videos` the events spotted in it.
  init(_ predictions: [[PredictedVideo.Event]], on videos: [AnnotatedVideo]) {
    let truth = videos.map { TruthVideo(video: $0.name, events: $0.truth) }
    let predicted = zip(videos, predictions).map { PredictedVideo(video: $0.name, events: $1) }
    means = (0...2).map { 100 * (MeanAveragePrecision(predictions: predicted, truth: truth, tolerance: $0).mean ?? 0) }

    var pieces: [(truth: [TruthVideo.Event], predicted: [PredictedVideo.Event])] = []
    for (video, events) in zip(videos, predictions) {
      for start in stride(from: 0, to: video.pictures.count, by: Self.piece) {
        let frames = start..<start + Self.piece
        pieces.append((video.truth.filter { frames.contains($0.frame) }, events.filter { frames.contains($0.frame) }))
      }
    }
    var generator = LinearCongruentialGenerator()
    resampled = (0..<Self.resamples).map { _ in
      let chosen = pieces.indices.map { ("\($0)", pieces[generator.next(below: pieces.count)]) }
      let mean = MeanAveragePrecision(
        predictions: chosen.map { PredictedVideo(video: $0, events: $1.predicted) },
        truth: chosen.map { TruthVideo(video: $0, events: $1.truth) }, tolerance: 1
      ).mean
      return 100 * (mean ?? 0)
    }
  }

  /// Standard deviation at 1 frame.
  var noise: Double { Self.deviation(resampled) }

  /// Standard deviation, at 1 frame, of what this has more than `other`.
  func noise(against other: Precision) -> Double { Self.deviation(zip(resampled, other.resampled).map { $0 - $1 }) }

  private static func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }
}

/// Random numbers that are the same at every run, so that results can be paired and repeated.
struct LinearCongruentialGenerator {
  private var state: UInt64 = 1

  /// 0 ..< bound.
  mutating func next(below bound: Int) -> Int {
    // Knuth's MMIX constants; the high bits are the random ones.
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
