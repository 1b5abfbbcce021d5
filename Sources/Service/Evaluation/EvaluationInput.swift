internal import Evaluation
internal import Foundation

/// What kind of thing an argument of an evaluation is.
enum EvaluationInput {
  /// Predictions, or lines of messages: JSON.
  case events
  /// A recording of the bus.
  case recording
  case video

  /// Told by how the file begins; what is no file, such as a URL, is taken for a video. A pipe is not opened: it would lose what it
  /// begins with, or wait for ever.
  init(_ path: String) {
    if Self.isPipe(path) {
      self = .video
      return
    }
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

  /// Whether at `path` is neither a file nor a folder, but a pipe, a device or a socket, which cannot be read twice.
  static func isPipe(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  /// The name under which the predictions of a file are known that does not tell its video: the file's own, without what follows the
  /// first dot.
  static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.firstIndex(of: ".").map { $0 == name.startIndex ? name : String(name[..<$0]) } ?? name
  }

  /// Those among the `videos` of one truth file that the input at `path` may be of, where it does not tell: the sole one; of a game's
  /// halves the one that has events; where both have, the one that `half` finds, or both. None where several games or other videos are
  /// there.
  static func candidates(_ path: String, in videos: [TruthVideo]) -> [TruthVideo] {
    if videos.count == 1 { return videos }
    guard isOneGame(videos) else { return [] }
    let told = videos.filter { !$0.events.isEmpty }
    if told.count <= 1 { return told.isEmpty ? [videos[0]] : told }
    return half(path, of: told).map { [$0] } ?? told
  }

  /// The half of the game that `videos` are of whose number the file's name begins with, as SoccerNet's videos do (`2_720p.mkv`).
  static func half(_ path: String, of videos: [TruthVideo]) -> TruthVideo? {
    guard videos.count > 1, isOneGame(videos) else { return nil }
    let name = stem(path)
    let named = videos.filter {
      let half = EventFile.half($0.video).half
      return name == "\(half)" || name.hasPrefix("\(half)_")
    }
    return named.count == 1 ? named[0] : nil
  }

  private static func isOneGame(_ videos: [TruthVideo]) -> Bool {
    Set(videos.map { EventFile.half($0.video).game }).count == 1
  }

  /// The error for the input at `path` where it may be of any of the videos `names`, halves of a game.
  static func ambiguous(_ path: String, _ names: [String]) -> ServiceError {
    let list = names.map { "\"\($0.printable)\"" }.joined(separator: " or ")
    return .argument(
      "\(path): does not tell whether it is of \(list), which both have true events: "
        + "let its name begin with 1_ or 2_, as those of SoccerNet's videos do")
  }
}
