/// A positive fraction: a frame rate in frames a second, or a sample aspect ratio (width : height).
public struct Ratio: Sendable, Hashable {
  public let numerator: Int
  public let denominator: Int

  /// Nil unless both are positive: containers write 0 for "unknown".
  public init?(_ numerator: Int, _ denominator: Int) {
    guard numerator > 0, denominator > 0 else { return nil }
    self.numerator = numerator
    self.denominator = denominator
  }

  public var value: Double { Double(numerator) / Double(denominator) }
}

extension Ratio: CustomStringConvertible {
  public var description: String { "\(numerator)/\(denominator)" }
}
