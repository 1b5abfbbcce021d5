import Foundation

/// Compares results with the reference in the network's order and says which differ, the first one first.
struct Comparison {
  private(set) var problems: [String] = []
  private(set) var compared = 0

  mutating func check(_ name: String, _ found: [Float], _ expected: [Float], within tolerance: Float) {
    compared += 1
    guard found.count == expected.count else {
      problems.append("\(name): \(found.count) values, expected \(expected.count)")
      return
    }
    var worst: (index: Int, difference: Float) = (0, 0)
    for (index, pair) in zip(found, expected).enumerated() {
      let difference = abs(pair.0 - pair.1)
      if !(difference <= worst.difference) { worst = (index, difference) }
      if difference.isNaN { break }  // nothing is larger than that
    }
    if !(worst.difference <= tolerance) {
      problems.append(
        "\(name)[\(worst.index)]: \(found[worst.index]), expected \(expected[worst.index]); off by \(worst.difference), allowed \(tolerance)"
      )
    }
  }

  /// The first divergence and how many follow.
  var summary: String { problems.isEmpty ? "equal" : "\(problems[0]) (and \(problems.count - 1) more after it)" }
}
