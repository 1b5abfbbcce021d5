import Foundation

/// What the replay endpoint answers to a request, out of the log. Knows nothing of sockets.
package struct ReplayResponder: Sendable {
  /// An answer as it is sent.
  package struct Answer: Sendable {
    /// The head, then topics and envelopes of the messages in turn.
    package let parts: [[UInt8]]
    let state: ReplayResponse.State

    /// How many messages it carries.
    package var messages: Int { parts.count / 2 }

    init(_ head: ReplayResponse, _ entries: [LogEntry] = []) {
      let json = (try? JSONEncoder().encode(head)) ?? Data()  // texts and whole numbers, which JSON always holds
      parts = [[UInt8](json)] + entries.flatMap { [$0.topic, $0.json] }
      state = head.state
    }
  }

  private let log: ReplayLog

  package init(log: ReplayLog) { self.log = log }

  /// To a client that asks too often.
  var refusal: Answer {
    Answer(ReplayResponse(state: .busy, currentRun: log.run, retryAfterMilliseconds: Self.pause))
  }

  /// Milliseconds after which to ask again.
  private static let pause = 100

  /// To the bytes of a request, which may come from anywhere.
  ///
  /// `admitsDisk` is asked before the disk is: reading it takes much longer than reading memory.
  package func answer(to json: [UInt8], admitsDisk: () -> Bool = { true }) -> Answer {
    let request: ReplayRequest
    do {
      request = try JSONDecoder().decode(ReplayRequest.self, from: Data(json))
      if let problem = problem(with: request) { throw BusError.invalidMessage(reason: problem) }
    } catch {
      return Answer(
        ReplayResponse(
          request: Self.token(in: json), state: .badRequest, currentRun: log.run, reason: Self.reason(error, in: json)))
    }
    let key = StreamRun(run: request.run, stream: request.stream)
    let current = log.run(of: request.stream)
    var head = ReplayResponse(request: request.request, state: .ok, currentRun: current)
    if key.run != current { head.nextRun = log.successor(of: key) }
    let prefix = Array((request.prefix ?? "").utf8)
    switch log.read(key, from: request.from, prefix: prefix, admitsDisk: admitsDisk) {
    case .page(let page, let last):
      // Whoever asks past the end is to go on at it, not where it asked.
      head.next = min(page.next, last + 1)
      head.complete = page.next > last
      head.last = last
      return Answer(head, page.entries)
    case .tooOld(let oldest, let last):
      head.state = .tooOld
      head.oldest = oldest
      head.last = last
    case .unknownRun: head.state = .unknownRun
    case .busy:
      head.state = .busy
      head.retryAfterMilliseconds = Self.pause
    }
    return Answer(head)
  }

  /// What `request` holds in bytes that are no request otherwise, so that their sender knows which one it was.
  private static func token(in json: [UInt8]) -> String? {
    struct Token: Decodable { let request: String }
    let token = try? JSONDecoder().decode(Token.self, from: Data(json)).request
    return token.flatMap { $0.utf8.count <= 64 ? $0 : nil }
  }

  private static func reason(_ error: any Error, in json: [UInt8]) -> String {
    struct From: Decodable { let from: Double }
    // The decoder calls a fraction where a whole number is expected damage to the JSON.
    if case DecodingError.dataCorrupted = error, (try? JSONDecoder().decode(From.self, from: Data(json))) != nil,
      (try? JSONDecoder().decode(ReplayRequest.From.self, from: Data(json))) == nil
    {
      return BusError.invalidMessage(reason: "from is not a sequence number").description
    }
    return BusError.invalidMessage(describing: error).description
  }

  private func problem(with request: ReplayRequest) -> String? {
    if request.type != ReplayRequest.type { return "type is not \(ReplayRequest.type)" }
    if request.request.utf8.count > 64 { return "request is longer than 64 bytes" }
    if !Message.sequences.contains(request.from) { return "from is not a sequence number" }
    if (request.prefix?.utf8.count ?? 0) > 1_024 { return "prefix is longer than 1024 bytes" }
    return nil
  }
}
