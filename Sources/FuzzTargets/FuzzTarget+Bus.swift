internal import Bus
internal import Service

extension FuzzTarget {
  /// The run and stream that the corpus speaks of.
  private static let run = "20260101T000000Z-0123456789abcdef"
  private static let stream = "court1"

  /// Reads a recording to its end, sums it up, and compares it with itself; whether it is whole.
  static func readRecording(_ bytes: [UInt8]) throws -> Bool {
    let file = try ScratchFolder.shared.write(withRightChecksums(bytes), to: "fuzz.spotlog")
    let reader = try RecordingReader(file)
    while try reader.next() != nil {}
    let summary = try RecordingSummary(file)
    precondition(!summary.text.isEmpty)
    if let comparison = try? RecordingComparison(file, file, epsilon: 0) { precondition(comparison.isSame) }
    return reader.end == .whole
  }

  /// Opens a log of one or two segments and asks for all of it; whether there was something. The first byte says at which
  /// quarter of the bytes the second segment begins.
  static func readLog(_ bytes: [UInt8]) throws -> Bool {
    guard let cut = bytes.first else { return false }
    let rest = bytes.dropFirst()
    let middle = rest.startIndex + rest.count * Int(cut % 4) / 4
    let folder = try ScratchFolder.shared.folder("log")
    _ = try ScratchFolder.shared.write(
      withRightChecksums(Array(rest[middle...])), to: "log/000000000001.spotlog")
    _ = try ScratchFolder.shared.write(
      withRightChecksums(Array(rest[..<middle])), to: "log/000000000002.spotlog")
    var settings = ReplayLogSettings()
    settings.disk = .init(folder: folder)
    let log = try ReplayLog(settings, run: RunID("now"))
    let answer = ReplayResponder(log: log).answer(to: Array(query.utf8))
    return answer.messages > 0
  }

  /// Has a request answered by a log that holds one message; whether it gave that.
  static func answerRequest(_ bytes: [UInt8]) throws -> Bool {
    responder.answer(to: bytes).messages > 0
  }

  /// Asks for everything.
  private static let query =
    #"{"type":"spotd.replay.request.v1","request":"1","run":"\#(run)","stream":"\#(stream)","from":1}"#

  /// Answers out of a log in memory.
  private static let responder: ReplayResponder = {
    do {
      let key = StreamRun(run: try RunID(run), stream: try Name(stream))
      let log = try ReplayLog(run: key.run)
      log.append(LogEntry(key: key, sequence: 1, topic: Array("spot.court1.status.".utf8), json: Array("{}".utf8)))
      return ReplayResponder(log: log)
    } catch { fatalError("\(error)") }  // the names of this file, which are right
  }()

  /// `bytes` with the checksum of each record made right: a fuzzer cannot guess them, and would never get behind.
  private static func withRightChecksums(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var start = 8
    while bytes.count - start >= 8 {
      let length = (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
      guard length <= bytes.count - start - 8 else { break }
      let checksum = CRC32.checksum(bytes[(start + 8)..<(start + 8 + length)])
      for index in 0..<4 { bytes[start + 4 + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index)) }
      start += 8 + length
    }
    return bytes
  }
}
