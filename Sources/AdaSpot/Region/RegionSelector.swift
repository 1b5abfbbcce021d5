internal import Tensors

/// Picks a frame's region of interest from its smoothed saliency: the smallest square window that holds more than τ of
/// it.
///
/// Follows AdaSpot's parameter-free selector (arXiv 2602.22073) in the published code's every detail, slips of its
/// fallback included, because the high-resolution branch was trained behind it.
package final class RegionSelector {
  /// A side length that may be tried, with its window on the saliency grid.
  private struct Candidate {
    let side: Int
    let windowRows: Int
    let windowColumns: Int
  }

  private let crop: PixelSize
  private let threshold: Float
  private let rows: Int
  private let columns: Int
  private let candidates: [Candidate]
  /// The sizes that the fallback takes: the last height with the last width, paired or not.
  private let fallback: PixelSize
  /// [8H][H].
  private let rowMatrix: [[Double]]
  /// [W][8W].
  private let columnMatrix: [[Double]]
  private var half: [Double]
  private var integral: [Double]
  /// The smoothed saliency [8H, 8W] before it is divided by its sum.
  package private(set) var smooth: [Double]
  /// The largest window sum at the size chosen last.
  package private(set) var bestScore: Float = 0

  /// `map` is the size of the low-resolution map; side lengths begin at `region` and rise by 28 pixels below `crop`.
  package init(map: PixelSize, crop: PixelSize, region: PixelSize, threshold: Float) {
    self.crop = crop
    self.threshold = threshold
    rows = 8 * map.rows
    columns = 8 * map.columns
    rowMatrix = Gaussian.upsampledTwice(map.rows)
    let ofColumns = Gaussian.upsampledTwice(map.columns)
    columnMatrix = (0..<map.columns).map { source in ofColumns.map { $0[source] } }
    let heights = Array(stride(from: region.rows, to: crop.rows, by: 28))
    let widths = Array(stride(from: region.columns, to: crop.columns, by: 28))
    let gridRows = rows
    let gridColumns = columns
    func odd(_ size: Int) -> Int { size % 2 == 0 ? size + 1 : size }
    candidates = zip(heights, widths).map { height, width in
      Candidate(
        side: height,
        windowRows: odd(Int(Double(height) / Double(crop.rows) * Double(gridRows))),
        windowColumns: odd(Int(Double(width) / Double(crop.columns) * Double(gridColumns))))
    }
    fallback = PixelSize(rows: heights.last ?? region.rows, columns: widths.last ?? region.columns)
    half = Array(repeating: 0, count: rows * map.columns)
    integral = Array(repeating: 0, count: (rows + 1) * (columns + 1))
    smooth = Array(repeating: 0, count: rows * columns)
  }

  /// The region for one frame's saliency map [H, W], scaled to 0…1 and smoothed along time.
  package func select(_ map: UnsafePointer<Float>) -> RegionOfInterest {
    let total = smoothInSpace(map)
    fillIntegral(scale: 1 / (total + 1e-5))
    var chosen: (index: Int, side: Int)?
    for candidate in candidates {
      let best = bestWindow(candidate)
      bestScore = best.score
      if best.score > threshold {
        chosen = (best.index, candidate.side)
        break
      }
    }
    let size = chosen.map { PixelSize(rows: $0.side, columns: $0.side) } ?? fallback
    // No window, or one at index 0: the reference takes the middle of the *small* map as an index of the large one.
    var index = chosen?.index ?? 0
    if index == 0 { index = (rows / 8) * (columns / 8) / 2 }
    return region(index: index, size: size)
  }

  private func region(index: Int, size: PixelSize) -> RegionOfInterest {
    let (row, column) = index.quotientAndRemainder(dividingBy: columns)
    let centreRow = Float(row) / Float(rows)
    let centreColumn = Float(column) / Float(columns)
    // Only paired sizes are cropped; the fallback may be none of them.
    let isPaired = candidates.contains { $0.side == size.rows && $0.side == size.columns }
    let origin =
      isPaired
      ? RegionOfInterest.Origin(
        top: Self.firstPixel(centreRow, extent: crop.rows, size: size.rows),
        left: Self.firstPixel(centreColumn, extent: crop.columns, size: size.columns)) : nil
    return RegionOfInterest(
      centreRow: centreRow, centreColumn: centreColumn, rows: size.rows, columns: size.columns, origin: origin)
  }

  /// float32 product, truncated, clamped: one pixel here moves a probability by up to 0.02.
  private static func firstPixel(_ centre: Float, extent: Int, size: Int) -> Int {
    let pixel = Int(centre * Float(extent))
    return min(max(pixel, size / 2), extent - size / 2 - 1) - size / 2
  }

  /// Upsampling and both Gaussians in rows and columns; returns the sum over the frame.
  private func smoothInSpace(_ map: UnsafePointer<Float>) -> Double {
    let mapRows = rows / 8
    let mapColumns = columns / 8
    for row in 0..<rows {
      for column in 0..<mapColumns {
        var sum = 0.0
        for source in 0..<mapRows { sum += rowMatrix[row][source] * Double(map[source * mapColumns + column]) }
        half[row * mapColumns + column] = sum
      }
    }
    var total = 0.0
    smooth.withUnsafeMutableBufferPointer { smooth in
      for row in 0..<rows {
        let line = UnsafeMutableBufferPointer(rebasing: smooth[row * columns..<(row + 1) * columns])
        line.update(repeating: 0)
        for source in 0..<mapColumns { add(columnMatrix[source], times: half[row * mapColumns + source], to: line) }
        for value in line { total += value }
      }
    }
    return total
  }

  /// line += weights · factor, several at a time.
  private func add(_ weights: [Double], times factor: Double, to line: UnsafeMutableBufferPointer<Double>) {
    weights.withUnsafeBufferPointer { weights in
      for column in 0..<columns { line[column] += weights[column] * factor }
    }
  }

  private func fillIntegral(scale: Double) {
    let width = columns + 1
    integral.withUnsafeMutableBufferPointer { integral in
      smooth.withUnsafeBufferPointer { smooth in
        for row in 0..<rows {
          var line = 0.0
          for column in 0..<columns {
            line += smooth[row * columns + column] * scale
            integral[(row + 1) * width + column + 1] = integral[row * width + column + 1] + line
          }
        }
      }
    }
  }

  /// The largest window sum, zero outside the map, and the first position that has it; sums compare as float32.
  private func bestWindow(_ candidate: Candidate) -> (score: Float, index: Int) {
    let width = columns + 1
    let reach = (rows: candidate.windowRows / 2, columns: candidate.windowColumns / 2)
    var best: (score: Float, index: Int) = (-.infinity, 0)
    integral.withUnsafeBufferPointer { integral in
      for row in 0..<rows {
        let top = max(row - reach.rows, 0) * width
        let bottom = min(row + reach.rows + 1, rows) * width
        for column in 0..<columns {
          let left = max(column - reach.columns, 0)
          let right = min(column + reach.columns + 1, columns)
          let sum = integral[bottom + right] - integral[top + right] - integral[bottom + left] + integral[top + left]
          if Float(sum) > best.score { best = (Float(sum), row * columns + column) }
        }
      }
    }
    return best
  }
}
