import Foundation
import TestSupport
import Testing

@Suite("spot detect with unusable models", .serialized)
struct DetectModelFailureTests {
  let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

  /// Runs with the bundled model, where `configuration` is changed from `old` to `new`, and other weights or classes if given.
  private func detect(
    changing old: String = "", to new: String = "", weights: String? = nil, classes: String? = nil
  ) throws -> ProgramRun.Result {
    let text = try String(contentsOf: Bundled.model.appending(path: "config.json"), encoding: .utf8)
    try #require(old.isEmpty || text.contains(old))
    let configuration = try folder.write("config.json", text.replacing(old, with: new, maxReplacements: 1).utf8)
    return try Program.spot.run([
      "detect", Bundled.sample(0), "--config", configuration,
      "--weights", weights ?? Bundled.model.appending(path: "weights.safetensors").path,
      "--classes", classes ?? Bundled.model.appending(path: "classes.txt").path,
    ])
  }

  @Test("a configuration without a key, or with one of the wrong type")
  func keys() throws {
    expectFailure(
      try detect(changing: "\"clip_len\"", to: "\"length\""), code: 6, "config.json: data.clip_len: is missing")
    expectFailure(
      try detect(changing: "\"clip_len\": 64", to: "\"clip_len\": \"64\""), code: 6,
      "config.json: data.clip_len: is not of the type Int")
  }

  @Test("a configuration that contradicts itself")
  func contradiction() throws {
    // The first 448 is that of hr_dim, which hr_crop then exceeds.
    expectFailure(
      try detect(changing: "448", to: "400"), code: 6,
      "config.json: model.hr_crop: 448×796 is larger than hr_dim 400×796")
  }

  @Test("a configuration that is no JSON")
  func noJSON() throws {
    expectFailure(try detect(changing: "{", to: ""), code: 6, "config.json: is not a JSON object")
  }

  @Test("control characters of a model's files do not reach the terminal")
  func controlCharacters() throws {
    func expectEscaped(_ result: ProgramRun.Result, _ text: String) {
      expectFailure(result, code: 6, text)
      #expect(!result.errors.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
    }
    try expectEscaped(
      detect(changing: "\"tennis\"", to: #""\u001b]0;pwn\u0007\u009b""#),
      #"config.json: data.dataset: '\u{1B}]0;pwn\u{07}\u{009B}' is not one of"#)
    let folder = try VideoFolder()
    for name in ["a\u{1B}[2J.pt", "b.pt"] { try folder.write(name, "x".utf8) }
    try expectEscaped(Program.spot.run(["inspect", folder.url.path]), #"found a\u{1B}[2J.pt, b.pt"#)
  }

  @Test("another number of classes than the class list has, or than the weights have")
  func classes() throws {
    let five = "\"num_classes\": 5"
    expectFailure(
      try detect(changing: "\"num_classes\": 6", to: five), code: 6,
      "classes.txt: lists 6 classes, the configuration says 5")
    let names = try folder.write("five.txt", "a\nb\nc\nd\ne\n".utf8)
    expectFailure(
      try detect(changing: "\"num_classes\": 6", to: five, classes: names), code: 6,
      "_pred_fine._fc_out.weight [7, 736], not [6, 736]")
  }

  @Test("a checkpoint that would run a program")
  func hostileCheckpoint() throws {
    let checkpoint = Program.packageFolder.appending(path: "Tests/TensorsTests/Fixtures/checkpoint/bad_global.pt").path
    expectFailure(try detect(weights: checkpoint), code: 6, "bad_global.pt: ")
  }

  @Test("weights that are missing or none")
  func noWeights() throws {
    expectFailure(try detect(weights: folder.path("none.pt")), code: 6, "none.pt: cannot be opened: No such file")
    expectFailure(
      try detect(weights: folder.write("text.pt", "weights".utf8)), code: 6, "text.pt: is no weights file")
  }
}
