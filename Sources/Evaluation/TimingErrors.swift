/// By how much predictions came early or late: their frame less that of the true event that they found.
public struct TimingErrors: Sendable, Equatable {
  /// The largest error that counts as one, in frames: predictions farther away found nothing.
  public let reach: Int
  /// How many predictions were off by −reach … reach frames.
  public let counts: [Int]

  init(reach: Int, deltas: [Int]) {
    self.reach = reach
    var counts = Array(repeating: 0, count: 2 * reach + 1)
    for delta in deltas where abs(delta) <= reach { counts[delta + reach] += 1 }
    self.counts = counts
  }

  /// Number of predictions that found an event.
  public var total: Int { counts.reduce(0, +) }

  /// Mean error in frames, late positive; nil without any.
  public var mean: Double? {
    total > 0 ? Double(moment { $0 }) / Double(total) : nil
  }

  /// Mean distance in frames; nil without any.
  public var meanDistance: Double? {
    total > 0 ? Double(moment { abs($0) }) / Double(total) : nil
  }

  /// The share, 0…1, that is off by at most `frames`; nil without any.
  public func share(within frames: Int) -> Double? {
    let within = counts.indices.filter { abs($0 - reach) <= frames }.reduce(0) { $0 + counts[$1] }
    return total > 0 ? Double(within) / Double(total) : nil
  }

  private func moment(_ value: (Int) -> Int) -> Int {
    counts.indices.reduce(0) { $0 + counts[$1] * value($1 - reach) }
  }
}
