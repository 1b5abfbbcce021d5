import AdaSpot
import Foundation
import Tensors

/// One reference run: its configuration and the tensors it gave.
struct GoldenCase {
  let name: String
  let json: [String: Any]
  let state: StateDict

  init(_ name: String) throws {
    self.name = name
    let folder = Bundle.module.bundleURL.appendingPathComponent("Fixtures")
    let data = try Data(contentsOf: folder.appendingPathComponent("\(name).json"))
    json = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    state = try StateDict.read(path: folder.appendingPathComponent("\(name).safetensors").path)
  }

  static var fixtures: URL { Bundle.module.bundleURL.appendingPathComponent("Fixtures") }

  func tensor(_ name: String) throws -> Tensor { try state.tensor(name) }
  func has(_ name: String) -> Bool { state[name] != nil }

  var seed: UInt64 { UInt64(json["seed"] as? Int ?? 0) }
  var clipLength: Int { json["clip_len"] as? Int ?? 0 }

  /// The model of the case, formula weights included.
  func model() throws -> Model {
    let configuration = try configuration()
    let names = (1...configuration.classes).map { "class\($0)" }
    let classes =
      configuration.dataset == "f3set"
      ? try ClassList.read(path: Self.f3setClasses().path, configuration: configuration) : ClassList(names: names)
    return Model(
      configuration: configuration, classes: classes,
      weights: NetworkWeights(FormulaWeights(seed: seed).reader, configuration))
  }

  /// Writes the case's settings as a configuration file and reads it as a user's would be.
  func configuration() throws -> ModelConfiguration {
    let dataset = json["dataset"] as? String ?? "tennis"
    let model = json["model"] as? [String: Any] ?? Self.tennis
    let file: [String: Any] = [
      "data": ["dataset": dataset, "num_classes": json["num_classes"] as? Int ?? 6, "clip_len": clipLength],
      "model": model,
    ]
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(name)-\(UUID().uuidString).json")
    try JSONSerialization.data(withJSONObject: file).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try ModelConfiguration.read(path: url.path)
  }

  /// The two lists under the names that a model folder has.
  private static func f3setClasses() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("f3set-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: fixtures.appendingPathComponent("f3set-classes.txt"), to: folder.appendingPathComponent("classes.txt"))
    try FileManager.default.copyItem(
      at: fixtures.appendingPathComponent("f3set-elements.txt"), to: folder.appendingPathComponent("elements.txt"))
    return folder.appendingPathComponent("classes.txt")
  }

  /// Settings of the windowed case, whose file has none.
  static var tennis: [String: Any] {
    [
      "hr_dim": [448, 796], "hr_crop": [448, 448], "lr_dim": [224, 398], "lr_crop": [224, 224], "roi_size": [112, 112],
      "feature_arch": "rny002_gsf", "blocks_temporal": [true, true, true, true], "aggregation": "max",
      "temporal_arch": "gru", "threshold": 0.3, "padding": "replicate",
    ]
  }
}
