import Bus
import Foundation
import Testing

@Suite("spotd fails with one clear line and its code")
struct DaemonFailureTests {
  private let clips: DaemonClips

  init() throws { clips = try DaemonClips() }

  private func expectFailure(
    _ arguments: [String], environment: [String: String] = [:], code: Int32, _ parts: String...,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let result = try Program.spotd.run(arguments, environment: environment)
    #expect(result.status == code, "\(result)", sourceLocation: location)
    #expect(result.errorLines.count == 1, "\(result.errors)", sourceLocation: location)
    #expect(result.output == "", sourceLocation: location)
    for part in parts { #expect(result.errors.contains(part), "\(result.errors)", sourceLocation: location) }
  }

  private func arguments(_ input: String = DaemonHarness.sample) -> [String] {
    ["--input", input, "--stream", "s", "--bind", "tcp://127.0.0.1:*", "--log-level", "error"]
  }

  @Test("a port in use: 1")
  func portInUse() throws {
    let other = try Publisher(PublisherSettings(endpoint: "tcp://127.0.0.1:*"))
    try expectFailure(
      arguments() + ["--bind", other.endpoint], code: 1, "spotd: \(other.endpoint): cannot", "Address already in use")
  }

  @Test(
    "an address that no interface has at the moment: 1, so that systemd tries again", arguments: ["192.0.2.1", "eth99"])
  func addressNotThere(host: String) throws {
    try expectFailure(
      arguments() + ["--bind", "tcp://\(host):5570", "--allow-plain-remote"], code: 1,
      "spotd: tcp://\(host):5570: cannot")
  }

  @Test("an endpoint that is none: 2")
  func badEndpoint() throws { try expectFailure(arguments() + ["--bind", "5570"], code: 2, "5570") }

  @Test("input that is missing, no video, or without pictures: 2")
  func input() throws {
    try expectFailure(arguments("/nowhere.mp4"), code: 2, "/nowhere.mp4", "there is no such file")
    let text = try clips.write("no video", to: "text.mp4")
    try expectFailure(arguments(text), code: 2, text)
    let sound = try clips.make("-f", "lavfi", "-i", "anullsrc", "-t", "1", "sound.wav")
    try expectFailure(arguments(sound), code: 2, sound, "no video stream, only audio")
  }

  @Test(
    "input that is refused whatever lies there: 2, also when the settings are only checked",
    arguments: ["ftp://x/y", "concat:a"])
  func refusedInput(input: String) throws {
    for check in [[], ["--check-config"]] { try expectFailure(arguments(input) + check, code: 2, "spotd: \(input): ") }
  }

  @Test("wrong arguments: 2")
  func wrongArguments() throws {
    try expectFailure([], code: 2, "input is missing", "--input", "SPOTD_INPUT", "input:")
    try expectFailure(["--input", "x"], code: 2, "stream is missing")
    try expectFailure(arguments() + ["--fast"], code: 2, "--fast")
    try expectFailure(arguments() + ["--threshold", "2"], code: 2, "--threshold: '2' is not a number from 0 to 1")
    try expectFailure(arguments() + ["--nms-window", "x"], code: 2, "--nms-window: 'x' is not a whole number")
    try expectFailure(arguments() + ["--log-format", "xml"], code: 2, "--log-format", "one of text, json")
  }

  @Test(
    "a start padding that leaves a clip no frame: 2, also when the settings are only checked",
    arguments: [[], ["--check-config"]])
  func startPadding(check: [String]) throws {
    try expectFailure(
      arguments() + ["--start-padding", "64"] + check, code: 2,
      "--start-padding: '64' is not a whole number from 0 to 63")
  }

  @Test("a model folder that is none: 6")
  func model() throws {
    try expectFailure(arguments() + ["--model", "/nowhere"], code: 6, "/nowhere", "model folder")
  }

  @Test("a wrong value in the environment: 6")
  func environment() throws {
    try expectFailure(
      arguments(), environment: ["SPOTD_NMS_WINDOW": "0"], code: 6, "SPOTD_NMS_WINDOW: '0' is not a whole number from 1"
    )
  }

  @Test(
    "a configuration file that cannot be used: 6, with its line",
    arguments: [
      ("stream: s\ntreshold: 0.5\n", "c.yaml:2: there is no setting 'treshold'; did you mean 'threshold'?"),
      ("nms_window: 3\n", "c.yaml:1: there is no setting 'nms_window'; did you mean 'nms-window'?"),
      ("colour: red\n", "c.yaml:1: there is no setting 'colour'"),
      ("stream: s\nbind: \"open\n", "c.yaml:"), ("stream: [a, b]\n", "c.yaml:1: stream: expected a single value"),
      ("stream: a\nstream: b\n", "given twice: stream"), ("- a\n- b\n", "expected lines of the form 'key: value'"),
      ("stream: s\n\nstart-padding: five\n", "c.yaml:3: start-padding: 'five' is not a whole number"),
      ("stream: s\nrealtime: 7\n", "c.yaml:2: realtime: '7' is not true or false"),
      ("stream:\n", "c.yaml:1: stream: expected a single value"),
    ])
  func configurationFile(text: String, problem: String) throws {
    let path = try clips.write(text, to: "c.yaml")
    try expectFailure(["--input", DaemonHarness.sample, "--config", path], code: 6, problem)
  }

  @Test("a configuration file that is not there: 6")
  func noConfigurationFile() throws {
    try expectFailure(["--config", "/nowhere.yaml"], code: 6, "/nowhere.yaml: cannot be read: No such file")
  }

  @Test("an empty name of a configuration file is told by where it stands: 6 of the variable, 2 of the flag")
  func emptyConfigurationFile() throws {
    try expectFailure(arguments(), environment: ["SPOTD_CONFIG": ""], code: 6, "spotd: SPOTD_CONFIG: '' is not a file")
    try expectFailure(arguments() + ["--config", ""], code: 2, "spotd: --config: '' is not a file")
  }

  @Test("settings: flags win over the environment, the environment over the file, the file over the defaults")
  func precedence() throws {
    let path = try clips.write("input: a.mp4\nstream: file\nthreshold: 0.3\nnms-window: 4\n", to: "c.yaml")
    let result = try Program.spotd.run(
      ["--config", path, "--check-config", "--stream", "flag"],
      environment: ["SPOTD_STREAM": "environment", "SPOTD_THRESHOLD": "0.4"])
    #expect(result.status == 0, "\(result)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.contains("stream: flag  # --stream"))
    #expect(lines.contains("threshold: 0.4  # SPOTD_THRESHOLD"))
    #expect(lines.contains("nms-window: 4  # \(path):4: nms-window"))
    #expect(lines.contains("start-padding: 5  # default start-padding"))
  }
}
