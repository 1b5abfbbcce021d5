internal import Foundation

/// Reads the text files of a model folder, which may be anybody's: never more than a bound.
enum ModelText {
  /// Bytes. Configurations and class lists are a hundred times smaller.
  private static let limit = 1 << 20

  static func read(_ path: String) throws(AdaSpotError) -> [UInt8] {
    let data: Data
    do {
      data = try FileHandle(forReadingFrom: URL(filePath: path)).read(upToCount: limit + 1) ?? Data()
    } catch {
      throw .unreadable(path: path, reason: "cannot be read: \(error.localizedDescription)")
    }
    guard data.count <= limit else { throw .unreadable(path: path, reason: "is larger than \(limit >> 20) MiB") }
    return [UInt8](data)
  }
}
