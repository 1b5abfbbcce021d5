internal import AdaSpot

/// Clips one after another, each frame computed once: what one pass of the whole network costs, without the overlap of
/// the clip grid.
final class PassRun {
  /// Frames of a clip, and so of a round.
  let frames: Int
  let stream: ExactStream

  private var feed: FrameFeed

  init(_ model: Model, pictures: BenchmarkPictures, lanes: Int = 1) {
    let configuration = model.configuration
    frames = configuration.clipLength
    // Every second clip begins where the one before ends; all of them overlap.
    stream = ExactStream(
      model, grid: ClipGrid(length: frames, padding: 0), share: lanes == 1 ? (0, 2) : (0, 1))
    feed = FrameFeed(pictures, size: configuration.highResolution)
  }

  /// Frames run so far: where on the clip grid the next one lies.
  var next: Int { feed.shown }

  /// As `FrameFeed.run`, for this stream.
  func run(_ count: Int, begin: () -> Void = {}, end: () -> Void = {}) -> BenchmarkClock.Elapsed {
    feed.run(count, begin: begin, end: end, append: { stream.append($0) { _ in } })
  }
}
