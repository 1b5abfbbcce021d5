internal import AdaSpot
internal import Timeline

/// Shows drawn pictures to a stream, one after another, and times what it makes of them.
struct FrameFeed {
  /// Frames shown so far.
  private(set) var shown = 0

  private let pictures: BenchmarkPictures
  private var picture: Picture

  /// `pictures` are of `size`.
  init(_ pictures: BenchmarkPictures, size: PixelSize) {
    self.pictures = pictures
    picture = Picture(rows: size.rows, columns: size.columns)
  }

  /// The time that `append` takes for `count` frames, a frame; what a decoder would do is left out. `append` is a
  /// stream's: it takes a picture and gives one back. `begin` is called in front of each frame and `end` after it.
  mutating func run(
    _ count: Int, begin: () -> Void = {}, end: () -> Void = {}, append: (Picture) -> Picture
  ) -> BenchmarkClock.Elapsed {
    var total = BenchmarkClock.Elapsed()
    for _ in 0..<count {
      pictures.show(shown, in: picture)
      begin()
      let start = BenchmarkClock.now()
      picture = append(picture)
      total = total + start.elapsed()
      end()
      shown += 1
    }
    return total / Double(count)
  }
}
