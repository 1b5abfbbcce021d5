public import AdaSpot
internal import Evaluation
public import Timeline

/// Writes events in the published implementation's own form: `{"predictions": [{"frame", "label", "confidence"}, …]}`.
public enum PredictionsFile {
  /// The file's text: an event a line, labels by name.
  public static func text(_ events: [Event], classes: ClassList) -> String {
    EventFile.text(events.map { .init(frame: $0.frame, label: classes.name($0.label), score: $0.score) })
  }

  /// Writes the file at `path` whole or not at all; nil is standard output. The scores, if there is a path for them, go to another file.
  public static func write(_ detection: Detection, to path: String?, scores: String? = nil) throws(ServiceError) {
    let text = text(detection.events, classes: detection.classes)
    func writeScores() throws(ServiceError) {
      if let scores { try detection.scores?.write(to: scores) }
    }
    guard let path else { return try StandardOutput.write(text, after: writeScores) }
    try TextFile.write(text, to: path)
    try writeScores()
  }
}
