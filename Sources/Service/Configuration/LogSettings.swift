package import Logging

/// What is logged, and in which form.
package struct LogSettings: Sendable {
  package enum Format: String, Sendable, CaseIterable {
    case text, json
  }

  package var level = Logger.Level.info
  package var format = Format.text

  /// A logger that writes to standard error.
  package func logger(label: String) -> Logger {
    var logger = Logger(label: label) { _ in LineLogHandler(format: format) }
    logger.logLevel = level
    return logger
  }
}
