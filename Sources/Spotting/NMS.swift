/// A rule of non-maximum suppression (NMS) over time, for each class alone.
///
/// The highest score left is kept, again and again, until none reaches the threshold; each event kept weakens the
/// candidates of its class around it. `soft` follows Bodla et al., "Soft-NMS" (ICCV 2017), in the form published with
/// AdaSpot (arXiv 2602.22073): a score at distance d < window becomes score · d² / window². `hard` drops the
/// candidates at distance d ≤ window.
public struct NMS: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case soft, hard
  }

  public let kind: Kind
  /// Frames, 1 or more.
  public let window: Int
  /// What a score must reach, after weakening, to be kept.
  public let threshold: Double

  /// The largest window accepted: squares of distances stay exact and small against a float64.
  public static let largestWindow = 10_000

  /// `window` is 1 … `largestWindow` frames, `threshold` 0…1.
  public init(_ kind: Kind, window: Int, threshold: Double) throws(SpottingError) {
    try require((1...Self.largestWindow).contains(window), "NMS window", window, "1 to \(Self.largestWindow) frames")
    try require((0...1).contains(threshold), "NMS threshold", threshold, "0 to 1")
    self.kind = kind
    self.window = window
    self.threshold = threshold
  }

  /// The largest distance at which a kept event still changes a candidate: `window` − 1 frames for soft NMS, since at
  /// `window` its factor is 1, and `window` for hard NMS.
  public var reach: Int {
    switch kind {
    case .soft: window - 1
    case .hard: window
    }
  }

  /// What is left of `score` beside an event kept `distance` frames away, `distance` within `reach`; nil when the
  /// candidate is dropped. The order of the float64 operations is the published one.
  func weakened(_ score: Double, distance: Int) -> Double? {
    switch kind {
    case .soft: score * Double(distance * distance) / Double(window * window)
    case .hard: nil
    }
  }
}
