/// What can be wrong with the settings of this target; the sequence of calls is checked by preconditions.
public enum SpottingError: Error, Equatable {
  /// The setting `name` has `value`, where `expected` was required.
  case invalidSetting(name: String, value: String, expected: String)
}

extension SpottingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidSetting(let name, let value, let expected): "\(name) is \(value), expected \(expected)"
    }
  }
}

/// Throws unless `holds`, naming the setting.
func require(
  _ holds: Bool, _ name: String, _ value: some CustomStringConvertible, _ expected: String
) throws(SpottingError) {
  guard holds else { throw .invalidSetting(name: name, value: value.description, expected: expected) }
}
