import AdaSpot
import Foundation
import Glibc
import Tensors
import Testing

/// What a model's files may say, and what is said of them when they are wrong.
@Suite struct ModelFileTests {
  private func problem(_ overrides: [String: Any]) -> String {
    do {
      _ = try TinyModel.configuration(clip: 12, overrides)
      return ""
    } catch { return "\(error)" }
  }

  private func problem(json text: String) throws -> String {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).json")
    try Data(text.utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    do throws(AdaSpotError) {
      _ = try ModelConfiguration.read(path: url.path)
      return ""
    } catch { return "\(error)" }
  }

  @Test func everyWrongKeyIsNamed() throws {
    #expect(problem([:]).isEmpty)
    #expect(problem(["dataset": "golf"]).contains("data.dataset: 'golf' is not one of"))
    #expect(problem(["num_classes": 0]).contains("data.num_classes: 0 is not from 1"))
    #expect(problem(["clip_len": 3]).contains("data.clip_len: 3 is not from 4"))
    #expect(problem(["clip_len": "long"]).contains("data.clip_len: is not of the type Int"))
    // JSON's numbers, but no whole ones or too large: the key is named all the same.
    #expect(problem(["clip_len": 64.5]).contains("data.clip_len: has an unusable value"))
    #expect(problem(["num_classes": 1e30]).contains("data.num_classes: has an unusable value"))
    #expect(problem(["hr_dim": [64, 96.5]]).contains("model.hr_dim.1: has an unusable value"))
    #expect(problem(["threshold": 1e50]).contains("model.threshold: has an unusable value"))
    #expect(problem(["feature_arch": "rny016_gsf"]).contains("model.feature_arch: 'rny016_gsf' is not one of rny002"))
    #expect(problem(["feature_arch": "rny002"]).contains("model.feature_arch"))
    #expect(problem(["aggregation": "concat"]).contains("model.aggregation: 'concat' is not supported"))
    #expect(problem(["temporal_arch": "lstm"]).contains("model.temporal_arch"))
    #expect(problem(["blocks_temporal": [true, false]]).contains("model.blocks_temporal: has 2 entries"))
    #expect(problem(["threshold": 1.5]).contains("model.threshold: 1.5 is not from 0 to 1"))
    #expect(problem(["threshold": true]).contains("model.threshold: is not of the type Float"))
    #expect(problem(["hr_dim": [64]]).contains("model.hr_dim: [64] is not two sizes"))
    #expect(problem(["hr_dim": [64, 100_000]]).contains("model.hr_dim"))
    // Each side is allowed, the area is not: key, value and limit are named.
    #expect(
      problem(["hr_dim": [8192, 8192]]).hasSuffix(
        "model.hr_dim: 8192×8192 are 67108864 pixels, more than 9437184 (2304×4096)"))
    #expect(
      problem(["lr_dim": [8192, 8192], "lr_crop": [2305, 4096]]).hasSuffix(
        "model.lr_crop: 2305×4096 are 9441280 pixels, more than 9437184 (2304×4096)"))
    #expect(problem(["hr_dim": [2304, 4096], "lr_dim": [8192, 8192], "lr_crop": [4096, 2304]]).isEmpty)
    #expect(problem(["hr_crop": [65, 64]]).contains("model.hr_crop: 65×64 is larger than hr_dim 64×96"))
    #expect(problem(["lr_crop": [32, 49]]).contains("model.lr_crop: 32×49 is larger than lr_dim 32×48"))
    #expect(problem(["roi_size": [32, 40]]).contains("model.roi_size: 32×40 is not square"))
    #expect(problem(["roi_size": [64, 64]]).contains("model.roi_size: 64×64 is not smaller than hr_crop"))
    #expect(try problem(json: "{}").contains("data: is missing"))
    #expect(
      try problem(json: #"{"data": {"dataset": "tennis"}, "model": {}}"#).contains("data.num_classes: is missing"))
    #expect(try problem(json: "[1]").contains("is not"))
    #expect(try problem(json: "{").contains("is not a JSON object"))
    #expect(problem(["threshold": 0]).isEmpty)
  }

  @Test func missingFilesAreNamed() {
    #expect(throws: AdaSpotError.self) { try ModelConfiguration.read(path: "/nowhere/config.json") }
    do throws(AdaSpotError) {
      _ = try Model.load(folder: "/nowhere")
      Issue.record("a folder that does not exist was loaded")
    } catch { #expect("\(error)" == "/nowhere: is not a readable model folder") }
  }

  @Test("Weights that are no numbers, and variances below 0, are named")
  func weightsThatAreNoNumbers() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("model-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let configuration = try TinyModel.configuration(clip: 12)
    let file: [String: Any] = [
      "data": ["dataset": "tennis", "num_classes": 3, "clip_len": 12], "model": GoldenCase.tennis,
    ]
    try JSONSerialization.data(withJSONObject: file).write(to: folder.appendingPathComponent("config.json"))
    try Data("a\nb\nc\n".utf8).write(to: folder.appendingPathComponent("classes.txt"))
    let path = folder.appendingPathComponent("w.safetensors").path
    let layout = NetworkWeights.layout(configuration)
    func problem(_ suffix: String, _ value: Float) throws -> String {
      let changed = try #require(layout.last { $0.name.hasSuffix(suffix) }).name
      let tensors = layout.map { entry in
        var values = [Float](repeating: 0, count: entry.shape.reduce(1, *))
        if entry.name == changed { values[1] = value }
        return (name: entry.name, tensor: Tensor(shape: entry.shape, values: values))
      }
      try SafetensorsWriter.write(tensors, precision: .bfloat16, to: path)
      do throws(AdaSpotError) {
        _ = try Model.load(folder: folder.path)
        return "none"
      } catch { return "\(error)".replacingOccurrences(of: "\(path): tensor \(changed): ", with: "") }
    }
    #expect(try problem(".weight", .nan) == "value 1 is nan (expected finite numbers)")
    #expect(try problem(".bias", -.infinity) == "value 1 is -inf (expected finite numbers)")
    #expect(
      try problem(".running_var", -0.5) == "value 1 is -0.5 (expected variances, which are not negative)")
  }

  @Test func framesOfSoccerNetBallAreStrided() throws {
    #expect(try TinyModel.configuration(clip: 12, ["dataset": "soccernetball"]).frameStride == 2)
    #expect(try TinyModel.configuration(clip: 12).frameStride == 1)
  }

  @Test func classListsMustFit() throws {
    let configuration = try TinyModel.configuration(clip: 12)
    func problem(_ text: String) throws -> String {
      let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).txt")
      try Data(text.utf8).write(to: url)
      defer { try? FileManager.default.removeItem(at: url) }
      do throws(AdaSpotError) {
        return try ClassList.read(path: url.path, configuration: configuration).names.joined(separator: " ")
      } catch { return "\(error)" }
    }
    #expect(try problem("serve\nbounce\r\nswing\n\n") == "serve bounce swing")
    #expect(try problem("\u{FEFF}serve\r\nbounce\r\nswing\r\n") == "serve bounce swing")
    #expect(try problem("serve\nbounce").contains("lists 2 classes, the configuration says 3"))
    #expect(try problem("serve\nserve\nswing").contains("names a class twice"))
  }

  @Test("Only regular files are read, and those to a bound", arguments: ["config.json", "classes.txt"])
  func unreadableTexts(_ name: String) throws {
    let configuration = try TinyModel.configuration(clip: 12)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("model-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    func problem(_ path: String) -> String {
      do throws(AdaSpotError) {
        if name == "config.json" {
          _ = try ModelConfiguration.read(path: path)
        } else {
          _ = try ClassList.read(path: path, configuration: configuration)
        }
        return "none"
      } catch { return "\(error)" }
    }
    #expect(problem("/dev/zero") == "/dev/zero: is not a regular file")
    #expect(problem(folder.path) == "\(folder.path): is not a regular file")
    let path = folder.appendingPathComponent(name).path
    #expect(problem(path) == "\(path): cannot be opened: No such file or directory (errno 2)")
    // Nobody writes into it: to open it as a file would be to wait for ever.
    try #require(mkfifo(path, 0o600) == 0)
    #expect(problem(path) == "\(path): is not a regular file")
    try FileManager.default.removeItem(atPath: path)
    try Data(count: (1 << 20) + 1).write(to: URL(fileURLWithPath: path))
    #expect(problem(path) == "\(path): has 1048577 bytes (expected at most 1048576)")
  }

  @Test("Full classes of F3Set fall apart into one sub-class of each group")
  func f3setClasses() throws {
    let model = try GoldenCase("case_E").model()
    #expect(model.classes.names.count == 1108)
    #expect(model.classes.elements[0] == [0, 0, 0, 0, 0, 2, 0, 3])
    #expect(model.classes.elements.allSatisfy { $0.count == 8 })
  }

  @Test("The layout expected of a checkpoint is that of the published ones", arguments: ["rny002", "rny004"])
  func layouts(_ variant: String) throws {
    let data = try Data(contentsOf: GoldenCase.fixtures.appendingPathComponent("layout-\(variant).json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let entries = json["entries"] as? [[String: Any]] ?? []
    var published: [String: [Int]] = [:]
    for entry in entries where entry["aux"] as? Bool == false {
      let name = entry["name"] as? String ?? ""
      if !NetworkWeights.isIgnored(name) { published[name] = entry["shape"] as? [Int] }
    }
    var tennis = GoldenCase.tennis
    tennis["feature_arch"] = "\(variant)_gsf"
    let configuration = try TinyModel.configuration(
      json: ["data": ["dataset": "tennis", "num_classes": 6, "clip_len": 100], "model": tennis])
    let layout = NetworkWeights.layout(configuration)
    #expect(Dictionary(uniqueKeysWithValues: layout.map { ($0.name, $0.shape) }) == published)
    #expect(entries.contains { NetworkWeights.isIgnored($0["name"] as? String ?? "") && $0["aux"] as? Bool == true })
  }
}
