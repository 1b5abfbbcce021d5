import AdaSpot
import Tensors

/// What a model folder holds, as tables. The model was loaded from it, so its parts fit each other.
struct ModelReport {
  let folder: String
  let model: Model
  let weights: StateDict

  /// How many class names are listed; f3set has over a thousand.
  private static let listedClasses = 24

  var text: String { TextTable.facts(facts) + "\n" + classes }

  private var facts: [(String, String)] {
    let configuration = model.configuration
    let layout = NetworkWeights.layout(configuration)
    let stages = configuration.temporalStages.indices.filter { configuration.temporalStages[$0] }.map { "\($0 + 1)" }
    let numbers = layout.reduce(0) { $0 + $1.shape.reduce(1, *) }
    return [
      ("model", folder),
      ("data set", configuration.dataset),
      ("classes", "\(configuration.classes) and background"),
      ("clip", "\(configuration.clipLength) frames"),
      ("frame stride", "\(configuration.frameStride)"),
      ("backbones", configuration.variant.name),
      (
        "temporal shift",
        stages.isEmpty ? "none" : "\(configuration.shift) in stages \(stages.joined(separator: ", "))"
      ),
      ("padding", "\(configuration.padding)"),
      ("high resolution", "\(configuration.highResolution), crop \(configuration.highCrop) (rows × columns)"),
      ("low resolution", "\(configuration.lowResolution), crop \(configuration.lowCrop) (rows × columns)"),
      ("region of interest", "from \(configuration.regionSize), saliency threshold \(configuration.threshold)"),
      ("weights", "\(weights.path) (\(weights.format.rawValue), \(weights.byteCount) bytes)"),
      ("network", "\(numbers) numbers in \(layout.count) tensors, all of them in the weights file"),
    ]
  }

  private var classes: String {
    var table = TextTable([.right, .left], header: ["class", "name"])
    for (index, name) in model.classes.names.prefix(Self.listedClasses).enumerated() {
      table.add(["\(index + 1)", name])
    }
    let rest = model.classes.names.count - Self.listedClasses
    return table.text + (rest > 0 ? "and \(rest) more\n" : "")
  }
}
