import Glibc
import Synchronization

/// The body of the replay endpoint's thread.
struct ReplayLoop {
  let socket: Socket
  let wake: WakeUp
  let responder: ReplayResponder
  let state: ReplayEndpointState
  private var rate = RequestRate()
  /// Of all clients together, what is not in memory: so many of them, each within its own rate, must not keep the thread from
  /// answering others.
  private var diskRate = RequestRate()

  init(socket: Socket, wake: WakeUp, log: ReplayLog, state: ReplayEndpointState) {
    self.socket = socket
    self.wake = wake
    responder = ReplayResponder(log: log)
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
    let isAdmitted = rate.admits(client, at: MonotonicClock.now)
    let answer =
      isAdmitted
      ? responder.answer(to: request) { diskRate.admits([], at: MonotonicClock.now) } : responder.refusal
    let isSent = try socket.send(parts.dropLast() + answer.parts) == .sent
    state.counters.withLock { counters in
      if answer.state == .busy { counters.refused += 1 }
      if answer.state == .badRequest { counters.malformed += 1 }
      if isSent { counters.messages += answer.messages } else { counters.undelivered += 1 }
    }
  }
}
