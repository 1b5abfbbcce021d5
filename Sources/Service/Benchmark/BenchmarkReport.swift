/// What a benchmark found: a table for people, JSON for programs.
public protocol BenchmarkReport: Encodable, CustomStringConvertible, Sendable {
  var machine: BenchmarkMachine { get }
}

extension BenchmarkReport {
  /// One JSON object, keys sorted. Throws `.incomplete` where a figure is none that JSON can hold.
  public var json: String {
    get throws(ServiceError) { try ReportJSON.text(of: self) }
  }

  /// JSON or the table.
  public func text(asJSON: Bool) throws(ServiceError) -> String { asJSON ? try json : description }
}
