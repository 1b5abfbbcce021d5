internal import Timeline

/// The endless broadcast: point after point, with what is cut in between, made up as far as it is asked for.
///
/// Only the latest points are kept; asking for an earlier time starts over, which gives the same again.
struct Programme {
  /// Points that are kept behind the newest: a replay shows the one before.
  private static let keptPoints = 4
  private static let replaySpeed = 0.5

  private let seed: UInt64
  private let hasCuts: Bool
  private let hasReplays: Bool
  private var random: SplitMix64
  private var points: [Point] = []
  private var firstPoint = 0
  private var shots: [Shot] = []

  init(seed: UInt64, hasCuts: Bool, hasReplays: Bool) {
    self.seed = seed
    self.hasCuts = hasCuts
    self.hasReplays = hasReplays
    random = SplitMix64(seed: seed, stream: 1)

  }

  /// The shot at `time` ≥ 0 of the broadcast.
  mutating func shot(at time: Double) -> Shot {
    if let oldest = shots.first, time < oldest.start {
      self = Programme(seed: seed, hasCuts: hasCuts, hasReplays: hasReplays)
    }
    while true {
      if let last = shots.last, time < last.end { break }
      extend()
    }
    return shots[shots.lastIndex { $0.start <= time } ?? 0]
  }

  /// A point of a shot that `shot(at:)` just gave.
  func point(_ index: Int) -> Point { points[index - firstPoint] }

  /// The happenings of a live shot, in order.
  func happenings(in shot: Shot) -> [Point.Happening] {
    guard shot.kind == .live else { return [] }
    let world = shot.world(at: shot.start)..<shot.world(at: shot.end)
    return point(shot.point).happenings.filter { world.contains($0.time) }.sorted { $0.time < $1.time }
  }

  /// Adds a point, and what is shown before it.
  private mutating func extend() {
    let index = firstPoint + points.count
    let (worldStart, stands) =
      points.last.map { last in
        (last.end, CourtEnd.allCases.map { last.track($0).position(at: last.end) })
      } ?? (0, nil)
    var composer = PointComposer(
      random: SplitMix64(seed: seed, stream: 1_000 + UInt64(index)), start: worldStart, stands: stands)
    let point = composer.compose()
    var isCut = false
    if let last = points.last {
      if hasReplays, random.chance(0.3) {
        isCut = true
        replay(last, index - 1)
      }
      if hasCuts, random.chance(0.35) {
        isCut = true
        let kind: Shot.Kind = random.chance(0.3) ? .crowd : .closeUp(random.chance(0.5) ? .near : .far)
        // Over before the serve: what a close-up shows counts for nothing.
        let seconds = random.uniform(1.2...2.8)
        append(kind, seconds: seconds, worldStart: point.ready - seconds, speed: 1, point: index)
      }
    }
    points.append(point)
    // After a cut the players have taken their places unseen.
    let from = isCut ? max(point.start, point.ready - 0.4) : point.start
    append(.live, seconds: point.end - from, worldStart: from, speed: 1, point: index)
    if points.count > Self.keptPoints {
      points.removeFirst()
      firstPoint += 1
      shots.removeAll { $0.point < firstPoint }
    }
  }

  /// The last strokes of `point`.
  private mutating func replay(_ point: Point, _ index: Int) {
    let over = point.happenings.map(\.time).max() ?? point.end
    let from = max(point.ready, over - random.uniform(1.2...2.4))
    let until = min(point.end, over + 0.4)
    append(
      .replay, seconds: (until - from) / Self.replaySpeed, worldStart: from, speed: Self.replaySpeed, point: index)
  }

  private mutating func append(
    _ kind: Shot.Kind, seconds: Double, worldStart: Double, speed: Double, point: Int
  ) {
    let start = shots.last?.end ?? 0
    shots.append(
      Shot(kind: kind, start: start, end: start + seconds, worldStart: worldStart, speed: speed, point: point))
  }
}
