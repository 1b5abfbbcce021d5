package import Logging

/// Writes each log event as one line: `time=… level=… msg=… key=value …`, or the same as a JSON object.
package struct LineLogHandler: LogHandler {
  package var metadata = Logger.Metadata()
  private let output: LogOutput
  /// Nil: the output's, which may change.
  private var ownLevel: Logger.Level?

  init(output: LogOutput) { self.output = output }

  package var logLevel: Logger.Level {
    get { ownLevel ?? output.level }
    set { ownLevel = newValue }
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    output.log(event.level, event.message.description, metadata.merging(event.metadata ?? [:]) { _, new in new })
  }

  /// The value as it is where it is plain, else in quotes with `"`, `\` and control characters escaped.
  package static func quoted(_ value: String) -> String {
    let isPlain =
      !value.isEmpty
      && value.unicodeScalars.allSatisfy { $0.value > 32 && $0 != "\"" && $0 != "=" && $0 != "\\" && $0.value != 127 }
    return isPlain ? value : json(value)
  }

  /// A JSON string, which is a YAML string, too.
  static func json(_ value: String) -> String {
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case _ where scalar.value < 32 || scalar.value == 127:
        text += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
