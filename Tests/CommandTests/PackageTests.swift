import Foundation
import Testing

@Suite("the Debian package")
struct PackageTests {
  @Test("holds programs, model, units, pages, completions and documents, all root's, and depends on what they link")
  func contents() throws {
    let root = try PackageRoot()
    let listing = try Tool.run("/usr/bin/dpkg-deb", ["--contents", root.package]).output
    for path in [
      "usr/bin/spotd", "usr/bin/spot", "usr/share/spotd/Models/demo/weights.safetensors",
      "lib/systemd/system/spotd.service", "lib/systemd/system/spotd@.service", "usr/lib/sysusers.d/spotd.conf",
      "usr/lib/tmpfiles.d/spotd.conf", "etc/spotd/spotd.yaml", "etc/default/spotd", "usr/share/man/man8/spotd.8.gz",
      "usr/share/man/man1/spot.1.gz", "usr/share/bash-completion/completions/spot",
      "usr/share/zsh/vendor-completions/_spotd", "usr/share/fish/vendor_completions.d/spotd.fish",
      "usr/share/doc/spotd/copyright", "usr/share/doc/spotd/installation.md",
      "usr/share/doc/spotd/examples/sample_0.mp4",
    ] { #expect(listing.contains(" ./\(path)\n"), "\(path)") }
    #expect(listing.split(separator: "\n").allSatisfy { $0.contains(" root/root ") })

    let dependencies = try Tool.run("/usr/bin/dpkg-deb", ["--field", root.package, "Depends"]).output
    for library in ["libavcodec", "libavformat", "libopenblas0", "libswscale", "libzmq5"] {
      #expect(dependencies.contains(library), "\(dependencies)")
    }
    let version = try Tool.run("/usr/bin/dpkg-deb", ["--field", root.package, "Version"]).output
    #expect(version == (try Program.spotd.run(["--version"]).output))
  }

  @Test("is installed, finds its model, is removed, and leaves nothing")
  func installation() throws {
    let root = try PackageRoot()
    let before = root.contents
    try root.dpkg("--install", root.package)
    try expectWorking(root)
    // Again, as an upgrade does it.
    try root.dpkg("--install", root.package)
    try expectWorking(root)

    try root.dpkg("--remove", "spotd")
    let kept = ["etc/default", "etc/default/spotd", "etc/spotd", "etc/spotd/spotd.yaml"]
    #expect(Set(root.contents).subtracting(before) == Set(kept))
    try FileManager.default.createDirectory(
      atPath: root.path("var/lib/spotd/log"), withIntermediateDirectories: true)
    try root.dpkg("--purge", "spotd")
    #expect(root.contents.filter { !before.contains($0) } == [])
  }

  private func expectWorking(_ root: PackageRoot) throws {
    let settings = root.path("etc/spotd/spotd.yaml")
    let check = try Tool.runAsRoot(root.path("usr/bin/spotd"), ["--config", settings, "--check-config"])
    #expect(check.status == 0, "\(check.errors)")
    #expect(check.output.contains("stream: court1  # \(settings):"))
    let detect = try Tool.run(root.path("usr/bin/spot"), ["inspect", root.path("usr/share/spotd/Models/demo")])
    #expect(detect.status == 0, "\(detect.errors)")
    let users = try String(contentsOfFile: root.path("etc/passwd"), encoding: .utf8)
    #expect(users.split(separator: "\n").count { $0.hasPrefix("spotd:") } == 1, "\(users)")
    // The file may hold passwords: its group is the daemon's, and nobody else reads it.
    let mode = try FileManager.default.attributesOfItem(atPath: settings)[.posixPermissions] as? Int
    #expect(mode == 0o640)
  }

  @Test("hands on the licences of what is linked in")
  func licences() throws {
    let root = try PackageRoot()
    try root.dpkg("--install", root.package)
    let text = try String(contentsOfFile: root.path("usr/share/doc/spotd/copyright"), encoding: .utf8)
    for package in ["Yams", "swift-argument-parser", "swift-log", "hdrhistogram-swift"] {
      #expect(text.contains("\n\(package), linked into the programs:\n"), "\(package)")
    }
    #expect(text.contains("Permission is hereby granted, free of charge"))
  }

  @Test("wrong arguments and missing programs are told in a line")
  func failures() throws {
    let wrong = try Tool.run(Tool.script("package"), ["--fast"])
    #expect(wrong.status == 2)
    #expect(wrong.errorLines == ["package: usage: tools/package [--output FOLDER] [--binaries FOLDER]"])
    let missing = try Tool.run(Tool.script("package"), ["--binaries", "/nowhere"])
    #expect(missing.status == 1)
    #expect(missing.errorLines == ["package: /nowhere/spotd: is not there or cannot be run"])
  }
}
