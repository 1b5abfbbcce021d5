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
    Answer(ReplayResponse(state: .busy, currentRun: log.run, retryAfterMilliseconds: 100))
  }

  /// To the bytes of a request, which may come from anywhere.
  package func answer(to json: [UInt8]) -> Answer {
    let request: ReplayRequest
    do {
      request = try JSONDecoder().decode(ReplayRequest.self, from: Data(json))
      if let problem = problem(with: request) { throw BusError.invalidMessage(reason: problem) }
    } catch {
      let reason = BusError.invalidMessage(describing: error).description
      return Answer(ReplayResponse(state: .badRequest, currentRun: log.run, reason: reason))
    }
    var head = ReplayResponse(request: request.request, state: .ok, currentRun: log.run)
    let key = StreamRun(run: request.run, stream: request.stream)
    switch log.read(key, from: request.from, prefix: Array((request.prefix ?? "").utf8)) {
    case .page(let page, let last):
      head.next = page.next
      head.complete = page.next > last
      head.last = last
      return Answer(head, page.entries)
    case .tooOld(let oldest, let last):
      head.state = .tooOld
      head.oldest = oldest
      head.last = last
    case .unknownRun: head.state = .unknownRun
    }
    return Answer(head)
  }

  private func problem(with request: ReplayRequest) -> String? {
    if request.type != ReplayRequest.type { return "type is not \(ReplayRequest.type)" }
    if request.request.utf8.count > 64 { return "request is longer than 64 bytes" }
    if !Message.sequences.contains(request.from) { return "from is not a sequence number" }
    if (request.prefix?.utf8.count ?? 0) > 1_024 { return "prefix is longer than 1024 bytes" }
    return nil
  }
}
