internal import Foundation
internal import Glibc

/// Finds the folder of the model to use when none is named.
///
/// In this order: the environment's `SPOTD_MODEL`; then, in the folder of the executable and each one above it, `Models/demo` (a
/// build inside the source tree) and `share/spotd/Models/demo` (an installation with the executable in `bin`).
public struct ModelLocator: Sendable {
  /// The environment variable that names a model folder.
  public static let variable = "SPOTD_MODEL"
  private static let places = ["Models/demo", "share/spotd/Models/demo"]

  private let environment: [String: String]
  private let executable: String

  /// A locator for this process.
  public init() {
    self.init(
      environment: ProcessInfo.processInfo.environment,
      executable: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path)
  }

  package init(environment: [String: String], executable: String) {
    self.environment = environment
    self.executable = executable
  }

  /// The model folder's path.
  public func folder() throws(ServiceError) -> String {
    if let named = environment[Self.variable], !named.isEmpty { return named }
    var above = URL(filePath: executable)
    repeat {
      above.deleteLastPathComponent()
      for place in Self.places {
        let folder = above.appending(path: place).path
        if FileManager.default.fileExists(atPath: folder + "/config.json") { return folder }
      }
    } while above.path != "/"
    throw .argument(
      "no model named, none in \(Self.variable), and no \(Self.places.joined(separator: " or ")) above \(executable)")
  }
}
