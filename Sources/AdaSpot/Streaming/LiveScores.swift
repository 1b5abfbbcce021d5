/// The live profile's scores after a revision. Valid only while it is handed over: the memory is used again.
public struct LiveScores {
  /// The newest frame that has a score.
  public let newest: Int
  /// The first frame whose score is in `probabilities`; all up to `newest` follow.
  public let first: Int
  /// The first frame whose score this revision changed or gave; newest + 1 where none was.
  public let firstChanged: Int
  /// Frames up to this one will not change any more.
  public let settled: Int
  /// [newest − first + 1, classes + 1].
  public let probabilities: UnsafeBufferPointer<Float>
  /// Classes + background.
  public let count: Int

  /// The probabilities of one frame, first … newest, [classes + 1].
  public func row(_ frame: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(rebasing: probabilities[(frame - first) * count..<(frame - first + 1) * count])
  }
}

extension LiveScores {
  /// The same scores, settled as far as `frame`.
  package func settled(through frame: Int) -> LiveScores {
    LiveScores(
      newest: newest, first: first, firstChanged: firstChanged, settled: frame, probabilities: probabilities,
      count: count)
  }
}
