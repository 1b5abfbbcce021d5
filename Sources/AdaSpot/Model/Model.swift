internal import Foundation
internal import Tensors

/// A trained AdaSpot network with its configuration and class names. Immutable: any number of streams may share one.
public final class Model: Sendable {
  public let configuration: ModelConfiguration
  public let classes: ClassList
  package let weights: NetworkWeights

  package init(configuration: ModelConfiguration, classes: ClassList, weights: NetworkWeights) {
    Kernels.useOneBLASThread()
    self.configuration = configuration
    self.classes = classes
    self.weights = weights
  }

  /// Size of the low-resolution branch's last map, and so of `ClipScores.saliency`.
  public var saliencySize: PixelSize {
    let last = weights.low.shapes[weights.low.shapes.count - 1]
    return PixelSize(rows: last.rows, columns: last.columns)
  }

  /// Loads a model folder: `config.json`, `classes.txt` (for f3set `elements.txt` too) and one weights file,
  /// `*.safetensors` or `*.pt`.
  public static func load(folder: String) throws(AdaSpotError) -> Model {
    let root = URL(fileURLWithPath: folder)
    return try load(
      configuration: root.appendingPathComponent("config.json").path, weights: weightsFile(in: folder),
      classes: root.appendingPathComponent("classes.txt").path)
  }

  /// Path of the one weights file in a model folder.
  package static func weightsFile(in folder: String) throws(AdaSpotError) -> String {
    let files: [String]
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw .unreadable(path: folder, reason: "is not a readable model folder")
    }
    let weights = files.filter { $0.hasSuffix(".safetensors") || $0.hasSuffix(".pt") }.sorted()
    guard let file = weights.first, weights.count == 1 else {
      let found = weights.isEmpty ? "none" : weights.joined(separator: ", ")
      throw .unreadable(
        path: folder, reason: "a model folder holds one weights file (*.safetensors or *.pt); found \(found)")
    }
    return URL(fileURLWithPath: folder).appendingPathComponent(file).path
  }

  /// Loads a model from its three files.
  public static func load(
    configuration configurationPath: String, weights weightsPath: String, classes classesPath: String
  ) throws(AdaSpotError) -> Model {
    let configuration = try ModelConfiguration.read(path: configurationPath)
    let classes = try ClassList.read(path: classesPath, configuration: configuration)
    return Model(
      configuration: configuration, classes: classes, weights: try readWeights(weightsPath, configuration))
  }

  private static func readWeights(
    _ path: String, _ configuration: ModelConfiguration
  ) throws(AdaSpotError) -> NetworkWeights {
    do throws(TensorsError) {
      let state = try StateDict.read(path: path)
      let layout = NetworkWeights.layout(configuration)
      try state.check(against: layout, ignoring: NetworkWeights.isIgnored)
      // The walk over the weights cannot throw, so all are decoded before it.
      var values: [String: [Float]] = [:]
      for entry in layout {
        let tensor = try state.tensor(entry.name).values
        try check(tensor, entry.name, path)
        values[entry.name] = tensor
      }
      return NetworkWeights(TensorReader { name, _ in values[name] ?? [] }, configuration)
    } catch {
      throw .weights(error)
    }
  }

  /// One number that is none would make every score that depends on it none, too.
  private static func check(_ values: [Float], _ name: String, _ path: String) throws(TensorsError) {
    // The bit patterns without sign rise with the magnitude, and infinity and NaN come last. A maximum of integers is vectorised.
    let largest = values.reduce(0) { max($0, $1.bitPattern & 0x7FFF_FFFF) }
    if largest >= Float.infinity.bitPattern, let index = values.firstIndex(where: { !$0.isFinite }) {
      throw TensorsError(
        path: path, part: "tensor \(name)", problem: "value \(index) is \(values[index])", expected: "finite numbers")
    }
    if name.hasSuffix(".running_var"), let index = values.firstIndex(where: { $0 < 0 }) {
      throw TensorsError(
        path: path, part: "tensor \(name)", problem: "value \(index) is \(values[index])",
        expected: "variances, which are not negative")
    }
  }
}
