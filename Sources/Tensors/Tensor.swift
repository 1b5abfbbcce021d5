/// A float32 tensor in C order: what a weights file gives and a scores file takes.
public struct Tensor: Sendable, Equatable {
  public let shape: [Int]
  /// `shape`'s product many values, the last dimension fastest.
  public let values: [Float]

  public init(shape: [Int], values: [Float]) {
    precondition(
      shape.reduce(1, *) == values.count, "shape \(shape) holds \(shape.reduce(1, *)) values, not \(values.count)")
    self.shape = shape
    self.values = values
  }
}
