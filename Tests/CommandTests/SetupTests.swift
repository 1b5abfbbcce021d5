import Foundation
import TestSupport
import Testing

@Suite("tools/setup")
struct SetupTests {
  @Test(
    "a toolchain that does not run, or tells no version, or is too old is told",
    arguments: [
      (
        "echo libxml2.so.2 is missing >&2; exit 127",
        "'swift --version' fails, is the toolchain at SWIFT whole? libxml2.so.2 is missing"
      ),
      ("echo hello", "'swift --version' names no version: is the toolchain at SWIFT whole?"),
      ("echo Swift version 5.10 >&2", "Swift 5.10 found at SWIFT; spotd needs 6.2 or newer"),
    ])
  func toolchain(script: String, told: String) throws {
    let folder = try VideoFolder()
    // All packages are there.
    for (name, line) in [("swift", script), ("dpkg-query", "printf installed")] {
      let path = try folder.write(name, "#!/bin/sh\n\(line)\n".utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    let result = try Tool.run("/usr/bin/env", ["PATH=\(folder.url.path):/usr/bin:/bin", Tool.script("setup")])
    #expect(result.status == 1)
    #expect(result.errors == "setup: \(told.replacing("SWIFT", with: folder.path("swift")))\n")
  }
}
