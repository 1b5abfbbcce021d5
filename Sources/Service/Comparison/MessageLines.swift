import Bus
import Evaluation
import Foundation

/// Messages as `spot subscribe --json` prints them, one a line.
enum MessageLines {
  /// The final events of the file at `path`, as those of `video`; nil when its first line is no message.
  static func predictions(path: String, video: String) throws(EvaluationError) -> [PredictedVideo]? {
    guard let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe),
      data.count <= EventFile.sizeLimit
    else { return nil }  // the reader of event files says what is wrong
    var events: [PredictedVideo.Event] = []
    let decoder = JSONDecoder()
    for (index, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let message = try? decoder.decode(Message.self, from: line) else {
        if index == 0 { return nil }
        throw .malformed(file: path, key: "line \(index + 1)", reason: "is not a message of the bus")
      }
      guard case .event(let event) = message.body, event.state == .final else { continue }
      events.append(.init(frame: event.moment.frame, label: event.label.text, score: event.score))
    }
    return events.isEmpty && data.isEmpty ? nil : [PredictedVideo(video: video, events: events)]
  }
}
