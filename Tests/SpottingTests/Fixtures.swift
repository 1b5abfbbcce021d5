import Foundation
import Testing

/// Files that the published PyTorch implementation computed; Fixtures/README.md tells how.
enum Fixtures {
  static func data(_ name: String) throws -> Data {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return try Data(contentsOf: folder.appendingPathComponent(name))
  }

  static func json<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
    try JSONDecoder().decode(type, from: data(name))
  }

  /// The float32 tensors of a safetensors file, in C order: an 8-byte header length, a JSON header, the bytes.
  static func tensors(_ name: String) throws -> [String: [Float]] {
    struct Entry: Decodable {
      let dtype: String
      let offsets: [Int]

      enum CodingKeys: String, CodingKey {
        case dtype
        case offsets = "data_offsets"
      }
    }
    let bytes = [UInt8](try data(name))
    let headerLength = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = Data(bytes[8..<8 + headerLength])
    var object = try #require(try JSONSerialization.jsonObject(with: header) as? [String: Any])
    object["__metadata__"] = nil
    let entries = try JSONDecoder().decode(
      [String: Entry].self, from: JSONSerialization.data(withJSONObject: object))
    return try entries.mapValues { entry in
      try #require(entry.dtype == "F32")
      let start = 8 + headerLength + entry.offsets[0]
      let end = 8 + headerLength + entry.offsets[1]
      return stride(from: start, to: end, by: 4).map { offset in
        Float(bitPattern: bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
      }
    }
  }
}
