public import Tensors

/// What can be wrong with a model: its files, its configuration, or what is asked of it.
public enum AdaSpotError: Error, Sendable {
  /// A file of the model cannot be read.
  case unreadable(path: String, reason: String)
  /// A key of the configuration is missing, has the wrong type or an unsupported value.
  case configuration(path: String, key: String, problem: String)
  /// The class list does not fit the configuration or the weights.
  case classes(path: String, problem: String)
  /// The weights file is damaged, or its tensors do not fit the configuration.
  case weights(TensorsError)
}

extension AdaSpotError: CustomStringConvertible {
  /// One line: values and names that come from the files are written so that it stays one.
  public var description: String { TensorsError.printable(text) }

  private var text: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .configuration(let path, let key, let problem): "\(path): \(key): \(problem)"
    case .classes(let path, let problem): "\(path): \(problem)"
    case .weights(let error): "\(error)"
    }
  }
}
