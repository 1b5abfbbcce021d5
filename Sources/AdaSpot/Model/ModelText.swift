internal import Tensors

/// Reads the text files of a model folder, which may be anybody's: regular ones, never more than a bound.
enum ModelText {
  /// Bytes. Configurations and class lists are a hundred times smaller.
  private static let limit = 1 << 20

  static func read(_ path: String) throws(AdaSpotError) -> [UInt8] {
    do throws(TensorsError) {
      return try FileBytes(reading: path, limit: limit).bytes
    } catch {
      let expected = error.expected.map { " (expected \($0))" } ?? ""
      throw .unreadable(path: path, reason: error.problem + expected)
    }
  }
}
