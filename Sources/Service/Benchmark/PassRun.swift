internal import AdaSpot
internal import Timeline

/// Clips one after another, each frame computed once: what one pass of the whole network costs, without the overlap of
/// the clip grid.
final class PassRun {
  /// Frames of a clip, and so of a round.
  let frames: Int
  let stream: ExactStream

  private let pictures: BenchmarkPictures
  private var picture: Picture
  private var next = 0

  init(_ model: Model, pictures: BenchmarkPictures, lanes: Int = 1) {
    let configuration = model.configuration
    frames = configuration.clipLength
    // Every second clip begins where the one before ends; all of them overlap.
    stream = ExactStream(
      model, grid: ClipGrid(length: frames, padding: 0), share: lanes == 1 ? (0, 2) : (0, 1))
    self.pictures = pictures
    picture = Picture(rows: configuration.highResolution.rows, columns: configuration.highResolution.columns)
  }

  /// The time that `count` frames take, a frame; what a decoder would do is left out. `begin` is called in front of
  /// each frame and `end` after it.
  func run(_ count: Int, begin: () -> Void = {}, end: () -> Void = {}) -> BenchmarkClock.Elapsed {
    var total = BenchmarkClock.Elapsed()
    for _ in 0..<count {
      pictures.show(next, in: picture)
      begin()
      let start = BenchmarkClock.now()
      picture = stream.append(picture) { _ in }
      total = total + start.elapsed()
      end()
      next += 1
    }
    return total / Double(count)
  }
}
