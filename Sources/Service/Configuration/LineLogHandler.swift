import Bus
import Logging

/// Writes each log event as one line to standard error: `time=… level=… msg=… key=value …`, or the same as a JSON object.
package struct LineLogHandler: LogHandler {
  let format: LogSettings.Format
  var logLevel = Logger.Level.info
  var metadata = Logger.Metadata()

  init(format: LogSettings.Format) { self.format = format }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var fields = [
      ("time", WallTime.now.description), ("level", event.level.rawValue), ("msg", event.message.description),
    ]
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    fields += all.map { ($0.key, $0.value.description) }.sorted { $0.0 < $1.0 }
    let line: String
    switch format {
    case .text: line = fields.map { "\($0.0)=\(Self.quoted($0.1))" }.joined(separator: " ")
    case .json: line = "{" + fields.map { "\(Self.json($0.0)):\(Self.json($0.1))" }.joined(separator: ",") + "}"
    }
    // One write a line, so that lines of several threads and programs do not mix. If nobody reads them, nothing is lost
    // that could be told otherwise.
    LineWriter.standardError.write(line)
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
