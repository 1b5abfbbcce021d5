public import AdaSpot
internal import Evaluation
internal import Tensors
public import Timeline

/// Writes events in the published implementation's own form: `{"predictions": [{"frame", "label", "confidence"}, …]}`.
public enum PredictionsFile {
  /// The file's text: an event a line, labels by name.
  public static func text(_ events: [Event], classes: ClassList) -> String {
    EventFile.text(events.map { .init(frame: $0.frame, label: classes.name($0.label), score: $0.score) })
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
}
