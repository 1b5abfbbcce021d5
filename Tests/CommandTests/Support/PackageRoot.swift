import Foundation
import Testing

/// The Debian package of the programs beside the tests, and a folder that takes the place of `/`, in which it can be installed.
/// The folder goes with this object; the package is made once, and goes with the process.
final class PackageRoot {
  /// What dpkg and the maintainer scripts need to find.
  private static let givenFolders = ["etc", "var/lib", "var/lib/dpkg/updates", "var/lib/dpkg/info"]
  private static let givenFiles = ["etc/passwd", "etc/group", "var/lib/dpkg/status"]

  /// Where the package is made.
  private static let output = FileManager.default.temporaryDirectory.appending(path: "spotd-\(UUID().uuidString)")

  /// Path of the package. The first who asks for it makes it, and others wait.
  private static let made: Result<String, any Error> = Result { try PackageRoot.make() }

  private static func make() throws -> String {
    atexit { try? FileManager.default.removeItem(at: PackageRoot.output) }
    let binaries = URL(filePath: try Program.spotd.path).deletingLastPathComponent().path
    let result = try Tool.run(Tool.script("package"), ["--binaries", binaries, "--output", output.path])
    try #require(result.status == 0, "\(result.errors)")
    return result.output.trimmingCharacters(in: .newlines)
  }

  let package: String
  let folder: URL

  init() throws {
    package = try Self.made.get()
    folder = FileManager.default.temporaryDirectory.appending(path: "spotd-\(UUID().uuidString)")
    for given in Self.givenFolders {
      try FileManager.default.createDirectory(at: folder.appending(path: given), withIntermediateDirectories: true)
    }
    for given in Self.givenFiles { try Data().write(to: folder.appending(path: given)) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// Runs dpkg on the root, without the packages that this one depends on. Its maintainer scripts run without a `chroot`.
  func dpkg(_ arguments: String...) throws {
    let result = try Tool.runAsRoot(
      "/usr/bin/dpkg",
      ["--root=\(folder.path)", "--force-script-chrootless,depends", "--log=/dev/null"] + arguments)
    try #require(result.status == 0, "\(result.errors)")
  }

  /// Paths of all files and folders of the root, dpkg's own and those of the user data base left out.
  var contents: [String] {
    let all = FileManager.default.subpaths(atPath: folder.path) ?? []
    return all.filter { path in
      !path.hasPrefix("var/lib/dpkg")
        && !["passwd", "group", "shadow", "gshadow", ".pwd.lock"].contains { path.hasPrefix("etc/\($0)") }
    }
    .sorted()
  }
}
