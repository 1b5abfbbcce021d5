public import AdaSpot
internal import Foundation
internal import Tensors
public import Timeline

/// Writes events in the published implementation's own form: `{"predictions": [{"frame", "label", "confidence"}, …]}`.
public enum PredictionsFile {
  /// The file's text: an event a line, labels by name.
  public static func text(_ events: [Event], classes: ClassList) -> String {
    let lines = events.map { event in
      #"  {"frame": \#(event.frame), "label": \#(quoted(classes.name(event.label))), "confidence": \#(event.score)}"#
    }
    guard !lines.isEmpty else { return #"{"predictions": []}"# + "\n" }
    return "{\"predictions\": [\n" + lines.joined(separator: ",\n") + "\n]}\n"
  }

  /// Writes the file at `path` whole or not at all; nil is standard output.
  public static func write(_ detection: Detection, to path: String?) throws(ServiceError) {
    let text = text(detection.events, classes: detection.classes)
    guard let path else { return try StandardOutput.write(text) }
    do throws(TensorsError) {
      try FileReplacement.write(to: path) { (file) throws(TensorsError) in try file.write(Array(text.utf8)) }
    } catch {
      throw .output(error)
    }
  }

  /// Class names come from a file, so they may hold anything.
  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    let json = try? encoder.encode(text)
    return json.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}
