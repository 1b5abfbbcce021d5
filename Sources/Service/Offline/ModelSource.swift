public import AdaSpot

/// Where a model's files are.
public enum ModelSource: Sendable, Equatable {
  /// A folder with `config.json`, `classes.txt` and one weights file.
  case folder(String)
  case files(configuration: String, weights: String, classes: String)

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
