internal import Evaluation
internal import Foundation

/// What kind of thing an argument of an evaluation is.
enum EvaluationInput {
  /// Predictions, or lines of messages: JSON.
  case events
  /// A recording of the bus.
  case recording
  case video

  /// Told by how the file begins; what is no file, such as a URL, is taken for a video.
  init(_ path: String) {
    if RecordingSummary.isRecording(path) {
      self = .recording
      return
    }
    guard let file = FileHandle(forReadingAtPath: path), let head = try? file.read(upToCount: 512) else {
      self = path.hasSuffix(".json") || path.hasSuffix(".jsonl") ? .events : .video
      return
    }
    let first = head.first { !" \t\r\n".utf8.contains($0) }
    self = first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? .events : .video
  }

  /// The name under which the predictions of a file are known that does not tell its video: the file's own, without what follows the
  /// first dot.
  static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.firstIndex(of: ".").map { $0 == name.startIndex ? name : String(name[..<$0]) } ?? name
  }
}
