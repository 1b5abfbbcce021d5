package import Evaluation

/// How often the region of interest holds the ball at the moment of an event: the network sees no more of the ball in full
/// resolution than is in there.
public struct RegionHits: Sendable, Equatable {
  /// Events at which the ball can be seen, and those of them whose region holds it, by label.
  public struct Count: Sendable, Equatable {
    public var events = 0
    public var held = 0

    package init(events: Int = 0, held: Int = 0) {
      self.events = events
      self.held = held
    }

    /// 0…1; nil without events.
    public var share: Double? { events > 0 ? Double(held) / Double(events) : nil }
  }

  public private(set) var byLabel: [String: Count] = [:]

  /// `regions` are those of every `stride`-th frame of the video.
  package init(_ truth: TruthVideo, regions: RegionTrack, geometry: RegionGeometry, stride: Int) {
    for event in truth.events {
      guard let ball = truth.ball?.share(at: event.frame),
        let region = regions.region(event.frame / stride)
      else { continue }
      byLabel[event.label, default: Count()].events += 1
      if geometry.holds(region, x: ball.x, y: ball.y) { byLabel[event.label, default: Count()].held += 1 }
    }
  }

  public var total: Count {
    byLabel.values.reduce(into: Count()) { sum, count in
      sum.events += count.events
      sum.held += count.held
    }
  }

  static func + (one: RegionHits, other: RegionHits) -> RegionHits {
    var sum = one
    for (label, count) in other.byLabel {
      sum.byLabel[label, default: Count()].events += count.events
      sum.byLabel[label, default: Count()].held += count.held
    }
    return sum
  }
}
