internal import Foundation
internal import Tensors

extension ModelConfiguration {
  /// Reads the reference's configuration file: JSON with the sections `data` and `model`.
  ///
  /// Keys that inference does not need are ignored, as their training values do not matter here.
  public static func read(path: String) throws(AdaSpotError) -> ModelConfiguration {
    try parse(ModelText.read(path), path: path)
  }

  /// As `read`, with the bytes at hand; `path` stands for the file in errors.
  package static func parse(_ bytes: [UInt8], path: String) throws(AdaSpotError) -> ModelConfiguration {
    let file: ConfigurationFile
    do {
      file = try JSONDecoder().decode(ConfigurationFile.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw error.asAdaSpotError(path: path)
    } catch {
      throw .unreadable(path: path, reason: "is not JSON: \(error.localizedDescription)")
    }
    return try file.configuration(path: path)
  }
}

extension DecodingError {
  /// The same in a reader's words: which key, and what is wrong with it.
  fileprivate func asAdaSpotError(path: String) -> AdaSpotError {
    func key(_ context: Context, _ last: (any CodingKey)? = nil) -> String {
      let keys = context.codingPath + (last.map { [$0] } ?? [])
      return keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
    switch self {
    case .keyNotFound(let missing, let context):
      return .configuration(path: path, key: key(context, missing), problem: "is missing")
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return .configuration(path: path, key: key(context), problem: "is not of the type \(type)")
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return .configuration(path: path, key: key(context), problem: "has an unusable value")
    default:
      return .unreadable(path: path, reason: "is not a JSON object")
    }
  }
}
