internal import Foundation

/// What a benchmark found: a table for people, JSON for programs.
public protocol BenchmarkReport: Encodable, CustomStringConvertible, Sendable {
  var machine: BenchmarkMachine { get }
}

extension BenchmarkReport {
  /// One JSON object, keys sorted.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Reports hold finite numbers and texts, which always encode.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
