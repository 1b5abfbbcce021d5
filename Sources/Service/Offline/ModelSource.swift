public import AdaSpot

/// Where a model's files are.
public enum ModelSource: Sendable, Equatable {
  /// A folder with `config.json`, `classes.txt` and one weights file.
  case folder(String)
  case files(configuration: String, weights: String, classes: String)

  /// What the model is read from: nothing may be written there.
  public var paths: [OutputPath.Role] {
    switch self {
    case .folder(let folder):
      var paths: [OutputPath.Role] = [
        ("the configuration", "\(folder)/config.json"), ("the class names", "\(folder)/classes.txt"),
        ("the sub-classes", "\(folder)/elements.txt"),
      ]
      // A folder without one weights file is no model, which loading it tells.
      if let weights = try? Model.weightsFile(in: folder) { paths.append((name: "the weights", path: weights)) }
      return paths
    case .files(let configuration, let weights, let classes):
      return [("the configuration", configuration), ("the weights", weights), ("the class names", classes)]
    }
  }

  /// Throws `.model` for files that are missing, cannot be read or do not fit each other.
  public func load() throws(ServiceError) -> Model {
    do throws(AdaSpotError) {
      switch self {
      case .folder(let folder): return try Model.load(folder: folder)
      case .files(let configuration, let weights, let classes):
        return try Model.load(configuration: configuration, weights: weights, classes: classes)
      }
    } catch {
      throw .model(error)
    }
  }
}
