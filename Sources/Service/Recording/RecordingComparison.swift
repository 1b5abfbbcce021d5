import Bus
import Foundation

/// Whether two recordings tell the same: the final events, where they are and how sure, the gaps, and the frames scored; or all that
/// was announced (`ComparedStates`).
///
/// Runs are compared in the order in which they began; when things were published makes no difference.
public struct RecordingComparison: Sendable {
  /// A line for each difference.
  public let differences: [String]

  private static let shownDifferences = 20

  /// Reads both recordings. `epsilon` is how far scores may be apart. Throws for a recording that is unusable: `exitCode` 2.
  public init(
    _ first: String, _ second: String, states: ComparedStates = .final, epsilon: Double
  ) throws(ServiceError) {
    guard (0...1).contains(epsilon) else { throw .argument("--epsilon: \(epsilon) is not a number from 0 to 1") }
    let (ours, theirs) = (try RecordedOutcome.read(first), try RecordedOutcome.read(second))
    var differences: [String] = []
    for stream in Set(ours.keys).union(theirs.keys).sorted(by: { $0.text < $1.text }) {
      let (left, right) = (ours[stream] ?? [], theirs[stream] ?? [])
      for index in 0..<max(left.count, right.count) {
        let place = index == 0 ? "\(stream)" : "\(stream), run \(index + 1)"
        guard index < left.count, index < right.count else {
          differences.append("\(place): only in \(index < left.count ? first : second)")
          continue
        }
        var difference = OutcomeDifference(first: first, second: second, epsilon: epsilon)
        difference.compare(left[index], right[index])
        if states == .all { difference.compareHistories(left[index], right[index]) }
        differences += difference.lines.map { "\(place): \($0)" }
      }
    }
    self.differences = differences
  }

  public var isSame: Bool { differences.isEmpty }

  /// The first differences and how many more there are, a line each.
  public var text: String {
    var lines = Array(differences.prefix(Self.shownDifferences))
    let rest = differences.count - lines.count
    if rest > 0 { lines.append("and \(rest) more differences") }
    return lines.map { $0 + "\n" }.joined()
  }
}
