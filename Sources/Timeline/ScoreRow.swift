/// The class probabilities of one frame: `probabilities[0]` is background, `[k]` class k, each in 0…1.
public struct ScoreRow: Sendable, Equatable {
  public let frame: Int
  public let probabilities: [Float]

  public init(frame: Int, probabilities: [Float]) {
    self.frame = frame
    self.probabilities = probabilities
  }
}
