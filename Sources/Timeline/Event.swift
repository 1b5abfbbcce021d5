/// A fast event that a model spotted: which class, at which frame, how sure.
public struct Event: Sendable, Hashable {
  /// Index of the frame within its epoch.
  public var frame: Int
  /// Class index, 1 … classes (0 is background and never an event).
  public var label: Int
  /// 0 … 1.
  public var score: Double

  public init(frame: Int, label: Int, score: Double) {
    self.frame = frame
    self.label = label
    self.score = score
  }
}
