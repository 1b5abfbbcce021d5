import Bus
import Foundation
import Logging
import Synchronization

/// Streams that run, each on a thread of its own: one that fails leaves the others be.
final class RunningStreams: Sendable {
  private struct State {
    var firstFailure: ServiceError?
    var unfinished: Set<Name>
  }

  private let group = DispatchGroup()
  private let state: Mutex<State>

  init(_ sessions: [StreamSession], _ publisher: Publisher, _ logger: Logger) {
    state = Mutex(State(unfinished: Set(sessions.map(\.settings.name))))
    for session in sessions {
      group.enter()
      let end: @Sendable (ServiceError?) -> Void = { [self] failure in
        // The only stream's failure is the program's, and told at its end.
        self.end(session.settings.name, failure, sessions.count > 1 ? logger : nil)
      }
      do throws(BusError) {
        try WorkThread.start("spotd-stream") {
          do throws(ServiceError) {
            try session.run(on: publisher)
            end(nil)
          } catch {
            end(error)
          }
        }
      } catch {
        session.fail(.bus(error), on: publisher)
        end(.bus(error))
      }
    }
  }

  private func end(_ name: Name, _ failure: ServiceError?, _ logger: Logger?) {
    if let failure {
      state.withLock { $0.firstFailure = $0.firstFailure ?? failure }
      logger?.error("failed", metadata: ["stream": "\(name)", "reason": "\(failure)"])
    }
    state.withLock { _ = $0.unfinished.remove(name) }
    group.leave()
  }

  /// What ended the first stream that failed.
  var firstFailure: ServiceError? { state.withLock { $0.firstFailure } }

  /// True once all have ended; waits for that at most so long.
  func wait(_ interval: DispatchTimeInterval) -> Bool { group.wait(timeout: .now() + interval) == .success }

  /// The streams that run longer than `patience` after the wish to stop.
  func late(after patience: Duration, _ request: StopRequest) -> [String] {
    guard let since = request.time, MonotonicClock.now >= since + UInt64(patience / .nanoseconds(1)) else { return [] }
    return state.withLock { $0.unfinished.map(\.text) }.sorted()
  }
}
