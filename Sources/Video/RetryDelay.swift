/// How long to wait before a source is tried again: twice as long each time, up to a limit, and at random a part of it, so that many
/// who lost the same source do not come back at once.
package struct RetryDelay {
  private static let first = 0.2
  /// Seconds.
  let longest: Double
  private var next: Double

  package init(longest: Double) {
    self.longest = longest
    next = min(Self.first, longest)
  }

  /// Seconds to wait now: half to all of the present step.
  package mutating func take() -> Double {
    defer { next = min(longest, 2 * next) }
    return next * .random(in: 0.5...1)
  }

  /// The source was there again.
  package mutating func reset() { next = min(Self.first, longest) }
}
