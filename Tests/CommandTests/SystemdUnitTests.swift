import Foundation
import Testing

@Suite("the systemd units")
struct SystemdUnitTests {
  private static let folder = Program.packageFolder.appending(path: "systemd")
  private static let names = ["spotd.service", "spotd@.service"]

  private func lines(_ unit: String) throws -> [String] {
    try String(contentsOf: Self.folder.appending(path: unit), encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test("are exposed no more than 1.5 in systemd's measure", arguments: names)
  func security(unit: String) throws {
    let result = try Tool.run(
      "/usr/bin/systemd-analyze",
      ["security", "--offline=true", "--no-pager", "--threshold=15", Self.folder.appending(path: unit).path])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains("Overall exposure level"))
  }

  @Test("hold nothing that systemd does not know", arguments: names)
  func verified(unit: String) throws {
    // The programs are where the build put them, not yet where the package puts them.
    let folder = FileManager.default.temporaryDirectory.appending(path: "spotd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: unit.replacing("@", with: "@court1")).path
    try lines(unit).joined(separator: "\n").replacing("/usr/bin/spotd", with: try Program.spotd.path)
      .write(toFile: file, atomically: true, encoding: .utf8)
    let result = try Tool.run("/usr/bin/systemd-analyze", ["verify", "--man=no", file])
    #expect(result.status == 0)
    #expect(result.errors == "")
  }

  @Test("differ in nothing but the names of the stream")
  func template() throws {
    let single = try lines("spotd.service")
    let template = try lines("spotd@.service")
    #expect(single.count == template.count)
    for (line, named) in zip(single, template) where line != named {
      let back = named.replacing(", stream %i", with: "").replacing("spotd/%i.yaml", with: "spotd/spotd.yaml")
        .replacing("spotd/%i", with: "spotd").replacing("spotd-%i", with: "spotd")
      #expect(back == line)
    }
  }

  @Test("have a reason for each directive in docs/installation.md")
  func explained() throws {
    let text = try String(
      contentsOf: Program.packageFolder.appending(path: "docs/installation.md"), encoding: .utf8)
    let service = try lines("spotd.service").drop { $0 != "[Service]" }.dropFirst().prefix { !$0.hasPrefix("[") }
    let keys = service.filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: "=").first }
    #expect(keys.count > 40)
    for key in keys { #expect(text.contains("`\(key)"), "\(key)") }
  }

  @Test("give the folder of settings the mode that the package gives it", arguments: names)
  func settingsFolder(unit: String) throws {
    let rule = try #require(try lines("tmpfiles.d/spotd.conf").first { $0.hasPrefix("d /etc/spotd ") })
    let mode = try #require(rule.split(separator: " ").dropFirst(2).first)
    #expect(try lines(unit).contains("ConfigurationDirectoryMode=\(mode)"))
  }

  @Test(
    "leave room for the threads of as many streams as a file may give, and start none that gets no work",
    arguments: names)
  func threads(unit: String) throws {
    let lines = try lines(unit)
    #expect(lines.contains("Environment=OPENBLAS_NUM_THREADS=1"))
    let limit = lines.compactMap { $0.firstMatch(of: /^TasksMax=(\d+)$/) }.first.flatMap { Int($0.1) }
    // Three a stream, and some for bus, HTTP and signals.
    #expect(try #require(limit) >= 3 * 256 + 32)
  }

  @Test("the installed daemon decodes, binds, publishes and records within their sandbox")
  func sandboxed() throws {
    let root = try PackageRoot()
    try root.dpkg("--install", root.package)
    let clips = try DaemonClips()
    try FileManager.default.copyItem(atPath: try clips.start(frames: 30), toPath: root.path("clip.mp4"))
    let run = try confined(
      root,
      "/srv/usr/bin/spotd --input /srv/clip.mp4 --stream court1 --bind 'tcp://127.0.0.1:*' --wait-for-subscriber 30"
        + " --replay-log /var/lib/spotd/log && stat --format=%s,%a /var/lib/spotd/log/*.spotlog")
    let log = try run.wait(for: "msg=publishing", on: .errors, timeout: 60)
    let endpoint = try #require(log.firstMatch(of: /\bendpoint=(\S+)/).map { String($0.1) })
    let received = try Program.spot.run(["subscribe", endpoint, "--json", "--exit-on-end"], timeout: 120).output
    let result = try run.finish()
    #expect(result.status == 0, "\(result.errors)")
    #expect(received.contains(#""reason":"end of file""#), "\(received)")
    #expect(received.contains(#""frames":30"#), "\(received)")
    let recorded = try #require(result.output.firstMatch(of: /(\d+),600\n/), "\(result.output)")
    #expect(try #require(Int(recorded.1)) > 1_000)
  }

  @Test(
    "the sandbox of the tests is one",
    arguments: [
      ("touch /etc/spotd-test", "Read-only file system"),
      ("touch /srv/spotd-test", "Read-only file system"),
      ("unshare --user true", "Operation not permitted"),
      ("chrt --fifo 1 true", "failed to set pid"),
      ("ls /home", "Permission denied"),
      ("cat /proc/cpuinfo", "No such file or directory"),
      (#"python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)'"#, "not supported by protocol"),
      (#"python3 -c 'import mmap; mmap.mmap(-1, 4096, prot=7)'"#, "Operation not permitted"),
    ])
  func confinement(command: String, refusal: String) throws {
    let result = try Tool.run(Tool.script("confined"), [Self.unit, "--bind", "/usr", "/srv", "sh", "-c", command])
    #expect(result.status != 0)
    #expect(result.errors.contains(refusal), "\(result.errors)")
  }

  @Test("what runs in the sandbox ends with it")
  func killed() throws {
    let run = try Tool.start(Tool.script("confined"), [Self.unit, "sh", "-c", "echo inside; exec sleep 100"])
    try run.wait(for: "inside", on: .output)
    run.signal(SIGKILL)
    // What still ran would hold the streams.
    let result = try run.finish(timeout: 30)
    #expect(result.signal == SIGKILL)
  }

  private static let unit = folder.appending(path: "spotd.service").path

  /// Starts a shell command within the sandbox, with the package's root at `/srv`. Swift's libraries are shown, too: the
  /// programs beside the tests are not linked with them, as those of a real package are.
  private func confined(_ root: PackageRoot, _ command: String) throws -> ProgramRun {
    let libraries = try Tool.run("/usr/bin/ldd", [root.path("usr/bin/spotd")]).output
      .firstMatch(of: /libswiftCore.so => (\S+)\/libswiftCore.so/)
    var arguments = [Self.unit, "--bind", root.folder.path, "/srv"]
    if let libraries { arguments += ["--bind", String(libraries.1), "/mnt"] }
    return try Tool.start(
      Tool.script("confined"), arguments + ["sh", "-c", "LD_LIBRARY_PATH=/mnt; export LD_LIBRARY_PATH; \(command)"])
  }
}
