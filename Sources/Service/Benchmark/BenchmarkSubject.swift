public import AdaSpot
internal import Tensors

/// The network that a benchmark runs.
public struct BenchmarkSubject: Sendable {
  /// What the report calls it.
  public let name: String
  public let model: Model
  /// The folder that the model was loaded from.
  let folder: String?

  /// The model in a folder.
  public init(folder: String) throws(ServiceError) {
    name = folder
    model = try ModelSource.folder(folder).load()
    self.folder = folder
  }

  /// A published configuration. Its weights are random: arithmetic does not get faster with training.
  public init(_ network: PublishedNetwork) {
    let configuration = network.configuration
    let names = (1...configuration.classes).map { "class_\($0)" }
    name = network.rawValue
    folder = nil
    model = Model(
      configuration: configuration, classes: ClassList(names: names),
      weights: NetworkWeights(RandomWeights(seed: 6).reader, configuration))
  }

  /// Which network it is, in one line.
  var title: String { "\(name): \(model.configuration.title)" }
}
