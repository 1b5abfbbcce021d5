internal import AdaSpot
internal import Timeline

/// A few drawn pictures, a disc over a moving gradient, shown again and again: the saliency has something to follow.
struct BenchmarkPictures {
  private let pictures: [Picture]

  init(size: PixelSize, count: Int = 20) {
    pictures = (0..<count).map { Self.draw($0, size) }
  }

  /// Fills `picture` as a decoder would.
  func show(_ frame: Int, in picture: Picture) { picture.copy(from: pictures[frame % pictures.count]) }

  private static func draw(_ time: Int, _ size: PixelSize) -> Picture {
    let picture = Picture(rows: size.rows, columns: size.columns)
    let radius = size.rows / 12
    let top = size.rows / 4 + (7 * time) % (size.rows / 2)
    let left = size.columns / 4 + (11 * time) % (size.columns / 2)
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        let isInside = (row - top) * (row - top) + (column - left) * (column - left) < radius * radius
        for channel in 0..<3 {
          let gradient = (2 * column + 3 * row + 40 * channel + 5 * time) % 512
          let value = isInside ? 250 - 20 * channel : (gradient < 256 ? gradient : 511 - gradient) / 2
          picture.bytes[(row * size.columns + column) * 3 + channel] = UInt8(value)
        }
      }
    }
    return picture
  }
}
