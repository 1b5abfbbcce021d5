/// When the line is cut.
struct CutSchedule {
  /// Seconds, ascending, none within another's `length`.
  let cuts: [Double]
  let length: Double
  /// The first that is not over.
  private var next = 0

  init(_ cuts: [Double], length: Double) {
    self.cuts = cuts
    self.length = length
  }

  /// Whether the line is cut at `seconds`, which never goes back.
  mutating func isCut(at seconds: Double) -> Bool {
    while next < cuts.count && seconds >= cuts[next] + length { next += 1 }
    return next < cuts.count && seconds >= cuts[next]
  }
}
