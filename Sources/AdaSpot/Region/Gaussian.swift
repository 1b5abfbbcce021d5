internal import Foundation

/// The saliency's Gaussian: 7 frames × 9 rows × 9 columns, σ a quarter of each, normalised, separable; applied twice.
enum Gaussian {
  static let time = kernel(7)
  static let space = kernel(9)

  private static func kernel(_ size: Int) -> [Double] {
    let sigma = Double(size) / 4
    let raw = (0..<size).map { index in
      let distance = Double(index) - Double(size - 1) / 2
      return exp(-distance * distance / (2 * sigma * sigma))
    }
    let total = raw.reduce(0, +)
    return raw.map { $0 / total }
  }

  /// Mirrors a position into `range` without repeating the border, again and again where the range is short.
  static func reflected(_ position: Int, in range: ClosedRange<Int>) -> Int {
    guard range.lowerBound < range.upperBound else { return range.lowerBound }
    var position = position
    while !range.contains(position) {
      position = position < range.lowerBound ? 2 * range.lowerBound - position : 2 * range.upperBound - position
    }
    return position
  }

  /// One axis of what happens in space as one matrix [8·size, size]: nearest-neighbour upsampling by 8, then the kernel
  /// twice with reflected borders. All of it is linear, so the order of time, rows and columns is free.
  static func upsampledTwice(_ size: Int) -> [[Double]] {
    let large = 8 * size
    var matrix = (0..<large).map { row in (0..<size).map { $0 == row / 8 ? 1.0 : 0 } }
    for _ in 0..<2 {
      matrix = (0..<large).map { row in
        var sums = [Double](repeating: 0, count: size)
        for (tap, weight) in space.enumerated() {
          let source = matrix[reflected(row + tap - space.count / 2, in: 0...large - 1)]
          for column in 0..<size { sums[column] += weight * source[column] }
        }
        return sums
      }
    }
    return matrix
  }
}
