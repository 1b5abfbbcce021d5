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
      "usr/share/doc/spotd/copyright", "usr/share/doc/spotd/docs/installation.md",
      "usr/share/doc/spotd/examples/sample_0.mp4", "usr/share/doc/spotd/protocol/examples/subscribe.py",
    ] { #expect(listing.contains(" ./\(path)\n"), "\(path)") }
    #expect(listing.split(separator: "\n").allSatisfy { $0.contains(" root/root ") })

    let documents = "usr/share/doc/spotd"
    for path in ["examples/subscribe.py", "make-examples", "validate.py"] {
      let line = listing.split(separator: "\n").first { $0.hasSuffix(" ./\(documents)/protocol/\(path)") }
      #expect(line?.hasPrefix("-rwxr-xr-x ") == true, "\(path): \(line ?? "")")
    }

    // What passwords are put into.
    for path in ["etc/default/spotd", "etc/spotd/spotd.yaml"] {
      let line = listing.split(separator: "\n").first { $0.hasSuffix(" ./\(path)") }
      #expect(line?.hasPrefix("-rw-r----- root/root ") == true, "\(path): \(line ?? "")")
    }

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
    // The files may hold passwords: the daemon reads one through its group, systemd the other, and nobody else any.
    for path in [settings, root.path("etc/default/spotd")] {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o640, "\(path)")
    }
  }

  @Test("its settings name nothing that only one of several daemons may write")
  func settings() throws {
    let text = try String(contentsOf: Program.packageFolder.appending(path: "systemd/spotd.yaml"), encoding: .utf8)
    #expect(text.split(separator: "\n").contains("replay-log: log"))
    #expect(!text.split(separator: "\n").contains { !$0.hasPrefix("#") && $0.contains("/var/lib/spotd") })
  }

  @Test("its documents lead to what is in it")
  func links() throws {
    let root = try PackageRoot()
    let files = root.folder.appending(path: "extracted")
    try #require(try Tool.run("/usr/bin/dpkg-deb", ["--extract", root.package, files.path]).status == 0)
    let documents = files.appending(path: "usr/share/doc/spotd").standardizedFileURL
    let chapters = try FileManager.default.contentsOfDirectory(atPath: documents.appending(path: "docs").path)
      .filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
    #expect(chapters.count > 8)
    var followed = 0
    for page in chapters + ["README.md", "CONTRIBUTING.md", "protocol/README.md"] {
      let text = try String(contentsOf: documents.appending(path: page), encoding: .utf8)
      let folder = documents.appending(path: page).deletingLastPathComponent()
      for link in text.matches(of: /\]\(([^)#\s]+)/) where !link.1.contains("://") {
        let target = folder.appending(path: String(link.1)).standardizedFileURL.path
        // Folders of the sources: for those who have them.
        if ["tools", "Models", "systemd"].contains(where: { target.hasPrefix("\(documents.path)/\($0)/") }) {
          continue
        }
        followed += 1
        #expect(FileManager.default.fileExists(atPath: target), "\(page): \(link.1)")
      }
    }
    #expect(followed > 30)
  }

  @Test("is removed with all its units disabled, also those that do not run")
  func units() throws {
    let root = try PackageRoot()
    let folder = root.path("units")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // A systemctl that knows a unit in each of its lists, and one in both.
    let systemctl = """
      #!/bin/sh
      case "$*" in
        *list-units*--all*) echo "spotd.service loaded inactive dead"; echo "spotd@a.service loaded active running" ;;
        *list-units*) echo "spotd@a.service loaded active running" ;;
        *list-unit-files*--state=enabled*) echo "spotd.service enabled enabled"; echo "spotd@.service enabled enabled" ;;
        *) echo "$*" ;;
      esac

      """
    try systemctl.write(toFile: "\(folder)/systemctl", atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/systemctl")
    let script = try String(
      contentsOf: Program.packageFolder.appending(path: "tools/debian/prerm"), encoding: .utf8)
    #expect(script.contains("/run/systemd/system"))
    try script.replacing("/run/systemd/system", with: folder).write(
      toFile: "\(folder)/prerm", atomically: true, encoding: .utf8)
    func calls(_ action: String, root: String = "") throws -> [String] {
      let environment = ["PATH=\(folder):/usr/bin:/bin", "DPKG_ROOT=\(root)"]
      let result = try Tool.run("/usr/bin/env", environment + ["sh", "\(folder)/prerm", action])
      #expect(result.status == 0, "\(result.errors)")
      return result.output.split(separator: "\n").map(String.init)
    }
    #expect(
      try calls("remove") == ["disable --now spotd.service", "disable --now spotd@a.service", "disable spotd@.service"])
    #expect(try calls("upgrade") == [])
    #expect(try calls("remove", root: "/elsewhere") == [])
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
    for holder in ["JP Simard", "\nCopyright (c) 2006-2016 Kirill Simonov", "Unicode, Inc.", "The SwiftLog Project"] {
      #expect(text.contains(holder), "\(holder)")
    }
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
