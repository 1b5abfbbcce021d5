import Foundation
import Testing

/// One file of `Fixtures/checkpoint`, with what `expected.json` says of it.
struct CheckpointFixture: Decodable, CustomTestStringConvertible {
  struct ExpectedTensor: Decodable {
    let dtype: String
    let shape: [Int]
    let values: [Value]
  }

  /// A number; infinities are texts in the JSON.
  struct Value: Decodable {
    let float: Float

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        float = text == "inf" ? .infinity : -.infinity
      } else {
        float = Float(try container.decode(Double.self))
      }
    }
  }

  let file: String
  let kind: String
  let container: String?
  let tensors: [String: ExpectedTensor]?

  var testDescription: String { file }

  var path: String { Self.directory.appending(path: file).path }

  var bytes: [UInt8] {
    get throws { Array(try Data(contentsOf: Self.directory.appending(path: file))) }
  }

  static var all: [CheckpointFixture] {
    get throws {
      let json = try Data(contentsOf: directory.appending(path: "expected.json"))
      return try JSONDecoder().decode([CheckpointFixture].self, from: json)
    }
  }

  static var valid: [CheckpointFixture] {
    get throws { try all.filter { $0.kind == "valid" } }
  }

  private static var directory: URL {
    Bundle.module.resourceURL!.appending(path: "Fixtures/checkpoint")
  }
}
