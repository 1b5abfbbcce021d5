/// What the viewers see for a while without a cut. Times in seconds: `start` and `end` of the broadcast, `worldStart` of the match's world.
struct Shot {
  enum Kind: Equatable {
    /// The usual view, as it happens: the only one whose events count.
    case live
    /// The last seconds again, slowly.
    case replay
    /// One player between two points.
    case closeUp(CourtEnd)
    case crowd
  }

  let kind: Kind
  let start: Double
  let end: Double
  let worldStart: Double
  /// Seconds of the world for each of the broadcast.
  let speed: Double
  /// Index of the point that is shown.
  let point: Int

  /// The world's time at `time` of the broadcast.
  func world(at time: Double) -> Double { worldStart + (time - start) * speed }

  /// Broadcast time of a moment of the world.
  func time(ofWorld world: Double) -> Double { start + (world - worldStart) / speed }
}
