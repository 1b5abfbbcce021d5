import Foundation
import Testing

/// The Debian package of the programs beside the tests, and a folder that takes the place of `/`, in which it can be installed.
/// All goes with this object.
final class PackageRoot {
  /// What dpkg and the maintainer scripts need to find.
  private static let givenFolders = ["etc", "var/lib", "var/lib/dpkg/updates", "var/lib/dpkg/info"]
  private static let givenFiles = ["etc/passwd", "etc/group", "var/lib/dpkg/status"]

  let package: String
  let folder: URL
  private let work: URL

  init() throws {
    work = FileManager.default.temporaryDirectory.appending(path: "spotd-\(UUID().uuidString)")
    folder = work.appending(path: "root")
    for given in Self.givenFolders {
      try FileManager.default.createDirectory(at: folder.appending(path: given), withIntermediateDirectories: true)
    }
    for given in Self.givenFiles { try Data().write(to: folder.appending(path: given)) }
    let binaries = URL(filePath: try Program.spotd.path).deletingLastPathComponent().path
    let result = try Tool.run(Tool.script("package"), ["--binaries", binaries, "--output", work.path])
    try #require(result.status == 0, "\(result.errors)")
    package = result.output.trimmingCharacters(in: .newlines)
  }

  deinit { try? FileManager.default.removeItem(at: work) }

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
