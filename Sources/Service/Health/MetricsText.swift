/// Metrics in Prometheus' text format 0.0.4, a family after the other.
package struct MetricsText: Sendable {
  package enum Kind: String, Sendable { case counter, gauge, histogram }

  /// Names with their values, in the order in which they are written.
  package typealias Labels = KeyValuePairs<String, String>

  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  package private(set) var text = ""

  package init() {}

  /// Begins a family. `help` is one line.
  package mutating func family(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  package mutating func sample(_ name: String, _ labels: Labels, _ value: Double) {
    sample(name, labels.map { ($0.key, $0.value) }, Self.number(value))
  }

  package mutating func sample(_ name: String, _ labels: Labels, _ value: Int) {
    sample(name, labels.map { ($0.key, $0.value) }, String(value))
  }

  package mutating func sample(_ name: String, _ value: Double) { sample(name, [:], value) }

  package mutating func sample(_ name: String, _ value: Int) { sample(name, [:], value) }

  /// The samples of a histogram: each bucket holds those before it, too.
  package mutating func histogram(_ name: String, _ labels: Labels, _ buckets: LatencyBuckets) {
    let labels = labels.map { ($0.key, $0.value) }
    var below = 0
    for (edge, count) in zip(buckets.edges + [.infinity], buckets.counts) {
      below += count
      sample(name + "_bucket", labels + [("le", Self.number(edge))], String(below))
    }
    sample(name + "_sum", labels, Self.number(buckets.sum))
    sample(name + "_count", labels, String(below))
  }

  private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
    let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
    text += list.isEmpty ? "\(name) \(value)\n" : "\(name){\(list)} \(value)\n"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    guard value.isFinite else { return value > 0 ? "+Inf" : "-Inf" }
    return "\(value)"
  }

  private static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
