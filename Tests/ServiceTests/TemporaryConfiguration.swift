import Foundation

/// A configuration file that goes with this object.
final class TemporaryConfiguration {
  private let url = FileManager.default.temporaryDirectory.appending(path: "spotd-\(UUID().uuidString).yaml")

  init(_ text: String) throws { try text.write(to: url, atomically: true, encoding: .utf8) }

  deinit { try? FileManager.default.removeItem(at: url) }

  var path: String { url.path }

  func write(_ text: String) throws { try text.write(to: url, atomically: true, encoding: .utf8) }
}
