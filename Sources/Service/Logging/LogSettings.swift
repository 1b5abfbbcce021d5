package import Logging

/// What is logged, and in which form.
package struct LogSettings: Sendable {
  package enum Format: String, Sendable, CaseIterable {
    case text, json
  }

  package var level = Logger.Level.info
  package var format = Format.text

  package init(level: Logger.Level = .info, format: Format = .text) {
    self.level = level
    self.format = format
  }
}
