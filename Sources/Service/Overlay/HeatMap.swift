package import AdaSpot
import Timeline

/// Lays a saliency map over the part of a picture that the network sees.
package struct HeatMap {
  /// Position of the lower neighbour in the map, and the share of the upper one.
  private struct Tap {
    let first: Int
    let second: Int
    let share: Float
  }

  private static let colour = Canvas.Colour(255, 88, 0)
  /// How much of the picture the strongest saliency covers.
  private static let strongest: Float = 0.55

  private let size: PixelSize
  private let top: Int
  private let left: Int
  private let rows: [Tap]
  private let columns: [Tap]

  /// For maps of `size` over the crop in the middle of pictures that are `scale` times the model's.
  package init(_ size: PixelSize, over geometry: RegionGeometry, scale: Int) {
    self.size = size
    top = centred(geometry.crop.rows, in: geometry.picture.rows).lowerBound * scale
    left = centred(geometry.crop.columns, in: geometry.picture.columns).lowerBound * scale
    rows = Self.taps(from: size.rows, to: geometry.crop.rows * scale)
    columns = Self.taps(from: size.columns, to: geometry.crop.columns * scale)
  }

  /// `map` is [rows, columns], 0…1.
  package func draw(_ map: ArraySlice<Float>, on canvas: Canvas) {
    guard map.count == size.rows * size.columns else { return }
    for (row, vertical) in rows.enumerated() {
      let upper = map.startIndex + vertical.first * size.columns
      let lower = map.startIndex + vertical.second * size.columns
      for (column, horizontal) in columns.enumerated() {
        let above =
          map[upper + horizontal.first] * (1 - horizontal.share) + map[upper + horizontal.second] * horizontal.share
        let below =
          map[lower + horizontal.first] * (1 - horizontal.share) + map[lower + horizontal.second] * horizontal.share
        let value = min(max(above * (1 - vertical.share) + below * vertical.share, 0), 1)
        // Squared, so that the faint rest does not veil the picture.
        canvas.blend(top + row, left + column, Self.colour, value * value * Self.strongest)
      }
    }
  }

  private static func taps(from count: Int, to pixels: Int) -> [Tap] {
    (0..<pixels).map { pixel in
      let place = max(0, (Float(pixel) + 0.5) * Float(count) / Float(pixels) - 0.5)
      let first = min(Int(place), count - 1)
      return Tap(first: first, second: min(first + 1, count - 1), share: place - Float(first))
    }
  }
}
