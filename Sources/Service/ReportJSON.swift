internal import Foundation

/// A report as JSON.
enum ReportJSON {
  /// One JSON object of `document`, indented, keys sorted. Throws `.incomplete`, naming the key, where a figure is none that JSON can
  /// hold, as NaN is.
  static func text(
    of document: some Encodable, keys: JSONEncoder.KeyEncodingStrategy = .useDefaultKeys
  ) throws(ServiceError) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = keys
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(document), as: UTF8.self)
    } catch EncodingError.invalidValue(let value, let context) {
      let key = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw .incomplete("the report cannot be written as JSON: \(key) is \(value)")
    } catch {
      throw .incomplete("the report cannot be written as JSON: \(error)")
    }
  }
}
