extension DaemonSetting {
  /// What help texts say about it, a sentence or two.
  public var help: String {
    let ending =
      switch definition.fallback {
      case .value(let text) where definition.valueName != nil: " (default: \(text))"
      case .described(let text): " (default: \(text))"
      case .value, .required: ""
      }
    return "\(definition.summary)\(ending)."
  }

  /// Its row in the tables of docs/operations.md.
  package var documentationRow: String {
    let fallback =
      switch definition.fallback {
      case .required: "–"
      case .value(let text): "`\(text)`"
      case .described(let text): text
      }
    return "| `\(flag)` | `\(variable)` | `\(key)` | \(fallback) | \(definition.summary) |"
  }
}
