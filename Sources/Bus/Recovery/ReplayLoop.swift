import Foundation
import Synchronization

/// The body of the replay endpoint's thread.
struct ReplayLoop {
  let socket: Socket
  let wake: WakeUp
  let log: ReplayLog
  let state: ReplayEndpointState
  private var rate = RequestRate()

  init(socket: Socket, wake: WakeUp, log: ReplayLog, state: ReplayEndpointState) {
    self.socket = socket
    self.wake = wake
    self.log = log
    self.state = state
  }

  mutating func run() {
    while !state.isClosed.load(ordering: .acquiring) {
      do {
        switch try socket.receive(atMost: 4) {
        case .nothing: try Socket.wait(for: [socket], until: .max, wake: wake)
        case .tooManyParts:
          state.counters.withLock { counters in
            counters.requests += 1
            counters.malformed += 1
          }
        case .message(let parts): try answer(parts)
        }
      } catch {
        usleep(10_000)  // no reason is known why this should happen; if it does, serving goes on at this pace
      }
    }
  }

  /// `parts` are the client's identity, which ROUTER adds, what a REQ socket puts before a request (an empty part, before
  /// it a number when it correlates), and the request. All but the last go before the answer as they came.
  private mutating func answer(_ parts: [[UInt8]]) throws(BusError) {
    state.counters.withLock { $0.requests += 1 }
    guard let client = parts.first, let request = parts.last, parts.count >= 2,
      parts.count == 2 || parts[parts.count - 2].isEmpty
    else {
      state.counters.withLock { $0.malformed += 1 }
      return
    }
    let answer = rate.admits(client, at: MonotonicClock.now) ? answer(to: request) : refusal()
    guard let head = try? JSONEncoder().encode(answer.head) else { return }
    let envelope = parts.dropLast() + [[UInt8](head)]
    let messages = answer.entries.flatMap { [$0.topic, $0.json] }
    let isSent = try socket.send(envelope + messages) == .sent
    state.counters.withLock { counters in
      if isSent { counters.messages += answer.entries.count } else { counters.undelivered += 1 }
    }
  }

  private typealias Answer = (head: ReplayResponse, entries: [LogEntry])

  private func refusal() -> Answer {
    state.counters.withLock { $0.refused += 1 }
    return (ReplayResponse(state: .busy, currentRun: log.run, retryAfterMilliseconds: 100), [])
  }

  private func answer(to json: [UInt8]) -> Answer {
    let request: ReplayRequest
    do {
      request = try JSONDecoder().decode(ReplayRequest.self, from: Data(json))
      if let problem = problem(with: request) { throw BusError.invalidMessage(reason: problem) }
    } catch {
      state.counters.withLock { $0.malformed += 1 }
      let reason = BusError.invalidMessage(describing: error).description
      return (ReplayResponse(state: .badRequest, currentRun: log.run, reason: reason), [])
    }
    var head = ReplayResponse(request: request.request, state: .ok, currentRun: log.run)
    let key = StreamRun(run: request.run, stream: request.stream)
    switch log.read(key, from: request.from, prefix: Array((request.prefix ?? "").utf8)) {
    case .page(let page, let last):
      head.next = page.next
      head.complete = page.next > last
      head.last = last
      return (head, page.entries)
    case .tooOld(let oldest, let last):
      head.state = .tooOld
      head.oldest = oldest
      head.last = last
    case .unknownRun: head.state = .unknownRun
    }
    return (head, [])
  }

  private func problem(with request: ReplayRequest) -> String? {
    if request.type != ReplayRequest.type { return "type is not \(ReplayRequest.type)" }
    if request.request.utf8.count > 64 { return "request is longer than 64 bytes" }
    if !Message.sequences.contains(request.from) { return "from is not a sequence number" }
    if (request.prefix?.utf8.count ?? 0) > 1_024 { return "prefix is longer than 1024 bytes" }
    return nil
  }
}
