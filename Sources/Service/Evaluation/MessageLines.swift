import Bus
import Evaluation
import Foundation

/// Messages as `spot subscribe --json` prints them, one a line.
enum MessageLines {
  /// What each stream's runs came to; nil when the file's first line is no message.
  static func read(_ path: String) throws(ServiceError) -> [Name: [RecordedOutcome]]? {
    // The reader of event files says what is wrong with one that cannot be read or is too large.
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: EventFile.sizeLimit + 1),
      data.count <= EventFile.sizeLimit
    else { return nil }
    var streams: [Name: [RecordedOutcome]] = [:]
    let decoder = JSONDecoder()
    for (index, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard line.count <= Message.maximumBytes, let message = try? decoder.decode(Message.self, from: line) else {
        if index == 0 { return nil }
        throw .events(.malformed(file: path, key: "line \(index + 1)", reason: "is not a message of the bus"))
      }
      RecordedOutcome.add(message, to: &streams)
    }
    return streams.isEmpty ? nil : streams
  }
}
