/// How far an operator across time looks: output frame t depends on input frames t − past … t + future.
public struct Reach: Sendable, Hashable {
  public let past: Int
  public let future: Int

  /// Both in frames, not negative.
  public init(past: Int, future: Int) {
    precondition(past >= 0 && future >= 0, "a reach counts frames")
    self.past = past
    self.future = future
  }

  /// An operator that looks at one frame alone.
  public static let none = Reach(past: 0, future: 0)

  /// An operator that looks equally far both ways.
  public static func around(_ frames: Int) -> Reach { Reach(past: frames, future: frames) }

  /// The reach of `next` applied to what this operator gives: reaches add up.
  public func then(_ next: Reach) -> Reach { Reach(past: past + next.past, future: future + next.future) }

  /// The reach that covers both.
  public func union(_ other: Reach) -> Reach {
    Reach(past: Swift.max(past, other.past), future: Swift.max(future, other.future))
  }
}
