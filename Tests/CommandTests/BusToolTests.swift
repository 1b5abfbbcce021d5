import Bus
import Foundation
import Testing

@Suite("Arguments of spot record, replay and compare; spot keygen")
struct BusToolTests {
  @Test("refuses to overwrite, and nonsense")
  func refusals() throws {
    let (court, path) = try Court.recording(0..<2)
    let existing = try court.record("run.spotlog").finish(timeout: 20)
    #expect(existing.status == 1)
    #expect(existing.errorLines == ["spot: \(path): cannot create the file: File exists (errno 17)"])
    for arguments in [
      ["record", "--output", court.path("x"), "--duration", "0"], ["record", "nonsense", "--output", court.path("y")],
      ["record", "--output", court.path("z"), "--curve-server", "short"], ["replay", court.path("missing")],
      ["replay", path, "--speed", "0"], ["replay", path, "--from", "yesterday"],
      ["replay", path, "--bind", "tcp://127.0.0.1:*", "--from", "1000"], ["replay", path, "--bind", "tcp://*:*"],
      ["compare", path, court.path("missing")], ["compare", path, path, "--epsilon", "2"],
    ] {
      let result = try Program.spot.run(arguments)
      #expect(result.status == 2, "\(arguments) \(result)")
      #expect(result.errors.split(separator: "\n").last?.hasPrefix("spot: ") == true, "\(result.errors)")
    }
    // One key in 85 begins with a minus sign.
    let key = "-" + String(repeating: "0", count: 39)
    let secretless = try Program.spot.run(["record", "--output", court.path("z"), "--curve-server", key])
    expectFailure(secretless, code: 2, "expected both --curve-server and --curve-key, or neither")
    // Nothing is left that would stand in the way of the right command.
    for name in ["x", "y", "z"] { #expect(!FileManager.default.fileExists(atPath: court.path(name))) }
    let portless = try Program.spot.run(["record", "tcp://127.0.0.1:65535", "--output", court.path("x")])
    expectFailure(
      portless, code: 2, "--replay: expected, or --no-recovery, since tcp://127.0.0.1:65535 has no next port")
    // Before anybody is waited for.
    let late = try Program.spot.run(
      ["replay", path, "--bind", "tcp://127.0.0.1:*", "--from", "1000", "--wait-for-subscriber", "600"])
    expectFailure(late, code: 2, "--from: nothing of the recording is left to play")
  }

  @Test("a recording that is damaged before what is to be played is called so", arguments: [0, 2])
  func damagedBeforeStart(whole: Int) throws {
    let (court, path) = try Court.recording(0..<4)
    let reader = try RecordingReader(path)
    for _ in 0..<whole { _ = try reader.next() }
    var bytes = try Data(contentsOf: URL(filePath: path))
    // Within the record: its checksum tells.
    bytes[reader.offset + 60] ^= 0xFF
    let damaged = court.path("damaged.spotlog")
    try bytes.write(to: URL(filePath: damaged))
    let from = whole == 0 ? [] : ["--from", "3"]
    let result = try Program.spot.run(
      ["replay", damaged, "--bind", "tcp://127.0.0.1:*", "--wait-for-subscriber", "600"] + from)
    let wanted = whole == 0 ? "any message" : "what --from names"
    expectFailure(result, code: 2, "\(damaged): is damaged at byte \(reader.offset), before \(wanted)")
  }

  @Test("keygen writes a secret once, and prints what others may know")
  func keygen() throws {
    let court = try Court()
    let result = try Program.spot.run(["keygen", court.path("key")])
    #expect(result.status == 0)
    let key = try CurveSecretKey(path: court.path("key"))
    #expect(result.output == "\(key.publicKey)\n")
    let again = try Program.spot.run(["keygen", court.path("key")])
    #expect(again.status == 2)
    #expect(again.errorLines == ["spot: \(court.path("key")): cannot create the key file: File exists (errno 17)"])
  }
}
