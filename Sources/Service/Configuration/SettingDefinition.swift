/// What is said about a setting, once: help text, example file and documentation are made of it.
public struct SettingDefinition: Sendable {
  public enum Scope: Sendable {
    /// For the process: the bus, the log.
    case daemon
    /// For each stream its own; at the top of a file it is the default of all.
    case stream
  }

  /// What it is without being given.
  public enum Default: Sendable {
    /// There must be one.
    case required
    /// This value, as it would be written.
    case value(String)
    /// Nothing, or what depends on other things, in words.
    case described(String)
  }

  public let scope: Scope
  /// What it does, in a sentence without its end.
  public let summary: String
  /// What stands for the value in help texts; nil for what is only on or off.
  public let valueName: String?
  public let fallback: Default
  /// A value for the example file.
  public let example: String

  init(_ scope: Scope, _ summary: String, _ valueName: String, _ fallback: Default, example: String? = nil) {
    self.scope = scope
    self.summary = summary
    self.valueName = valueName
    self.fallback = fallback
    if case .value(let text) = fallback { self.example = example ?? text } else { self.example = example ?? "" }
  }

  /// Something that is off unless it is asked for.
  init(switch scope: Scope, _ summary: String) {
    self.scope = scope
    self.summary = summary
    valueName = nil
    fallback = .value("false")
    example = "true"
  }
}
