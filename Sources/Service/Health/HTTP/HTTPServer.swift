import Bus
import Foundation
import Synchronization

/// Answers GET requests for small pages on one thread of its own.
///
/// Whatever clients do costs the daemon little: there are few connections, the oldest gives way to a new one; each has a few seconds and a
/// few kilobytes; no call waits for a client. Where descriptors run out it goes on when there are some again.
final class HTTPServer: Sendable {
  private static let mostConnections = 16
  /// How long nobody is let in after the system refused a connection.
  private static let pause = Duration.milliseconds(100)

  /// The address with the port that was really taken.
  let address: String

  private let listener: Int32
  private let wakeEnds: (read: Int32, write: Int32)
  private let ended = DispatchSemaphore(value: 0)
  private let isClosed = Atomic(false)

  /// Binds `address` and starts the thread. `respond` is called on it with the path of each request; it must be quick.
  init(_ address: HTTPAddress, respond: @escaping @Sendable (String) -> HTTPAnswer) throws(ServiceError) {
    let listener = address.listen()
    guard listener >= 0 else { throw .cannotListen(address: address.description, code: errno) }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      let code = errno
      Foundation.close(listener)
      throw .cannotListen(address: address.description, code: code)
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let (wake, ended) = (ends[0], self.ended)
    do throws(BusError) {
      try WorkThread.start("spotd-http") {
        HTTPServer.serve(listener, wake: wake, respond)
        ended.signal()
      }
    } catch {
      for descriptor in ends + [listener] { Foundation.close(descriptor) }
      throw .bus(error)
    }
    self.listener = listener
    self.address = address.taken(by: listener)
    wakeEnds = (ends[0], ends[1])
  }

  /// Ends the thread and all connections; may be called again.
  func close() {
    guard !isClosed.exchange(true, ordering: .sequentiallyConsistent) else { return }
    Foundation.close(wakeEnds.write)
    ended.wait()
    Foundation.close(wakeEnds.read)
    Foundation.close(listener)
  }

  deinit { close() }

  /// Runs until the other end of `wake` is closed.
  private static func serve(_ listener: Int32, wake: Int32, _ respond: (String) -> HTTPAnswer) {
    var connections: [Box] = []
    var pausedUntil: UInt64 = 0
    while true {
      let now = MonotonicClock.now
      var waits = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
      // A negative descriptor is left out.
      waits.append(pollfd(fd: now < pausedUntil ? -1 : listener, events: Int16(POLLIN), revents: 0))
      waits += connections.map { pollfd(fd: $0.connection.descriptor, events: $0.connection.wanted, revents: 0) }
      let deadlines = connections.map { $0.connection.deadline } + (now < pausedUntil ? [pausedUntil] : [])
      let milliseconds = deadlines.min().map { Int32(clamping: ($0 - min(now, $0)) / 1_000_000 + 1) } ?? -1
      _ = poll(&waits, nfds_t(waits.count), milliseconds)
      if waits[0].revents != 0 { return }
      for (box, wait) in zip(connections, waits.dropFirst(2)) where wait.revents != 0 {
        box.connection.proceed(respond)
      }
      let then = MonotonicClock.now
      connections.removeAll { $0.connection.isDone || $0.connection.deadline <= then }
      guard waits[1].revents != 0 else { continue }
      let accepted = accept(listener, nil, nil)
      if accepted >= 0 {
        _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        if connections.count == mostConnections { connections.removeFirst() }
        connections.append(Box(connection: HTTPConnection(accepted)))
      } else if errno != EAGAIN && errno != EINTR && errno != ECONNABORTED {
        pausedUntil = MonotonicClock.deadline(after: pause)
      }
    }
  }

  /// Arrays hold no noncopyable values.
  private final class Box {
    var connection: HTTPConnection
    init(connection: consuming HTTPConnection) { self.connection = connection }
  }
}
