/// The unit of a presentation timestamp: one tick lasts `numerator / denominator` seconds. Both are positive.
public struct TimeBase: Sendable, Hashable {
  public let numerator: Int32
  public let denominator: Int32

  public init(numerator: Int32, denominator: Int32) {
    precondition(numerator > 0 && denominator > 0, "a time base is a positive fraction")
    self.numerator = numerator
    self.denominator = denominator
  }

  /// Seconds that one tick lasts.
  public var seconds: Double { Double(numerator) / Double(denominator) }
}

extension TimeBase: CustomStringConvertible {
  public var description: String { "\(numerator)/\(denominator)" }
}
