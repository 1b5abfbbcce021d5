internal import Foundation

/// What a benchmark found: a table for people, JSON for programs.
public protocol BenchmarkReport: Encodable, CustomStringConvertible, Sendable {
  var machine: BenchmarkMachine { get }
}

extension BenchmarkReport {
  /// One JSON object, keys sorted. Throws `.incomplete` where a figure is none that JSON can hold.
  public var json: String {
    get throws(ServiceError) {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      do {
        return String(decoding: try encoder.encode(self), as: UTF8.self)
      } catch EncodingError.invalidValue(let value, let context) {
        let key = context.codingPath.map(\.stringValue).joined(separator: ".")
        throw .incomplete("the report cannot be written as JSON: \(key) is \(value)")
      } catch {
        throw .incomplete("the report cannot be written as JSON: \(error)")
      }
    }
  }

  /// JSON or the table.
  public func text(asJSON: Bool) throws(ServiceError) -> String { asJSON ? try json : description }
}
