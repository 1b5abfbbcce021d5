internal import AdaSpot

/// The live profile with the daemon's usual settings, frame by frame, as a stream without end.
final class LiveBenchmarkRun {
  static let revise = 8
  static let hop = 1
  static let lookahead = 8

  private let stream: LiveStream
  private var feed: FrameFeed

  init(_ model: Model, pictures: BenchmarkPictures) {
    stream = LiveStream(
      model,
      parameters: LiveParameters(
        driving: .eager(revise: Self.revise, hop: Self.hop), lookahead: Self.lookahead))
    feed = FrameFeed(pictures, size: model.configuration.highResolution)
  }

  /// As `FrameFeed.run`, for this stream.
  func run(_ count: Int) -> BenchmarkClock.Elapsed { feed.run(count, append: { stream.append($0, emit: { _ in }) }) }
}
