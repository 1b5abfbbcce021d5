/// Latencies counted in buckets for Prometheus, with an edge exactly at the budget, so that the share in time is exact.
package struct LatencyBuckets: Sendable, Equatable {
  /// Seconds. Each is about twice the one before: from a frame period to beyond the exact profile's wait.
  private static let usualEdges = [0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8]

  /// Upper edges in seconds, ascending, without the last, infinite one.
  package let edges: [Double]
  /// How many fell between the edge before and each one; the last beyond all edges.
  package private(set) var counts: [Int]
  /// Seconds of all together.
  package private(set) var sum = 0.0

  /// - Parameter budget: Seconds; nil: no edge of its own.
  package init(budget: Double?) {
    edges = Set(Self.usualEdges + (budget.map { [$0] } ?? [])).sorted()
    counts = Array(repeating: 0, count: edges.count + 1)
  }

  package mutating func record(seconds: Double) {
    counts[edges.firstIndex { seconds <= $0 } ?? edges.count] += 1
    sum += seconds
  }

  package var total: Int { counts.reduce(0, +) }
}
