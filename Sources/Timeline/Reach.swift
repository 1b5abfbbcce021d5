/// How far an operator looks across time: its output at frame t depends on inputs t − `past` … t + `future`, no others.
public struct Reach: Sendable, Equatable {
  /// Frames before the output's own, 0 or more.
  public let past: Int
  /// Frames after the output's own, 0 or more: the algorithmic look-ahead.
  public let future: Int

  public init(past: Int, future: Int) {
    precondition(past >= 0 && future >= 0, "a reach counts frames, so it is not negative")
    self.past = past
    self.future = future
  }

  /// The reach of an operator that treats each frame alone.
  public static let none = Reach(past: 0, future: 0)

  /// The reach of this operator followed by `next`, which reads its output.
  public func then(_ next: Reach) -> Reach {
    Reach(past: past + next.past, future: future + next.future)
  }
}
