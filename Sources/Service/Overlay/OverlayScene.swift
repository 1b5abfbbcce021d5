import AdaSpot
import Evaluation
import Timeline
import Video

/// All that an overlay shows of a video besides its pictures. Frames here are scored frames.
struct OverlayScene {
  /// An event that was found or did happen.
  struct Mark {
    let frame: Int
    /// Class index, 1 … classes.
    let label: Int
    /// nil for true events.
    let score: Double?
  }

  /// More classes than these have no room in the panel.
  private static let mostClasses = 8

  /// How many of a model's `classes` are shown.
  static func shownCount(of classes: Int) -> Int { min(classes, mostClasses) }

  /// Scored frames a second; nil where the video does not tell.
  let frameRate: Double?
  let frameCount: Int
  /// The classes that are shown, by index.
  let shown: [Int]
  let names: [String]
  let found: [Mark]
  let truth: [Mark]
  /// Whether true events are known.
  let hasTruth: Bool
  private let scores: DetectionScores
  private let classes: Int
  private let choice: ClipChoice
  private let saliencyPixels: Int
  private let ball: BallTrack?
  /// Frames of the video from one scored frame to the next.
  let stride: Int

  init(_ detection: Detection, _ scores: DetectionScores, truth: TruthVideo?, model: Model) {
    let stride = model.configuration.frameStride
    self.stride = stride
    self.scores = scores
    classes = model.configuration.classes
    frameRate = detection.info.frameRate.map { $0.value / Double(stride) }
    frameCount = detection.frames
    names = (1...classes).map { model.classes.name($0) }
    choice = ClipChoice(starts: scores.clipStarts, length: scores.clipLength)
    saliencyPixels = scores.regions.isEmpty ? 0 : scores.saliency.count / scores.regions.count
    found = detection.events.map { Mark(frame: $0.frame / stride, label: $0.label, score: $0.score) }
    let indices = Dictionary(names.enumerated().map { ($1, $0 + 1) }) { first, _ in first }
    self.truth = (truth?.events ?? []).compactMap { event in
      indices[event.label].map { Mark(frame: event.frame / stride, label: $0, score: nil) }
    }
    hasTruth = truth != nil
    ball = truth?.ball
    var counts = Array(repeating: 0, count: classes + 1)
    for mark in found + self.truth { counts[mark.label] += 1 }
    shown = (1...classes).sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(Self.shownCount(of: classes)).sorted()
  }

  /// Probability of class `label` at `frame`, 0…1; 0 outside the video.
  func probability(_ label: Int, _ frame: Int) -> Float {
    let index = frame * (classes + 1) + label
    return frame >= 0 && scores.probabilities.indices.contains(index) ? share(of: scores.probabilities[index]) : 0
  }

  /// The region of interest at `frame`.
  func region(_ frame: Int) -> RegionOfInterest? { choice.index(of: frame).map { scores.regions[$0] } }

  /// The saliency at `frame`, [rows, columns] of the network's last low-resolution map; empty where no clip covers it.
  func saliency(_ frame: Int) -> ArraySlice<Float> {
    guard saliencyPixels > 0, let index = choice.index(of: frame) else { return [] }
    return scores.saliency[index * saliencyPixels..<(index + 1) * saliencyPixels]
  }

  /// Where the ball is at `frame`, as fractions of the picture; nil where that is not known or it is not seen.
  func ball(_ frame: Int) -> BallTrack.Position? { ball?.share(at: frame * stride) }
}
