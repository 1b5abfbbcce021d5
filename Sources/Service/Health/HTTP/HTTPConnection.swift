import Bus
import Foundation

/// One client of the HTTP server: its request as far as it has come, and its answer as far as it has gone. It lives for one
/// request and a bounded time, and its socket never blocks.
package struct HTTPConnection: ~Copyable {
  /// Bytes of a request with its header; ours have a line or two.
  private static let largestRequest = 8_192
  /// How long a client may take for everything.
  private static let longestLife = Duration.seconds(5)

  private enum Phase { case reading, writing, closing, done }

  let descriptor: Int32
  let deadline: UInt64
  private var phase = Phase.reading
  private var request: [UInt8] = []
  private var answer: [UInt8] = []
  private var sent = 0

  /// Takes over an accepted socket.
  package init(_ descriptor: Int32) {
    self.descriptor = descriptor
    deadline = MonotonicClock.deadline(after: Self.longestLife)
  }

  deinit { close(descriptor) }

  package var isDone: Bool { phase == .done }

  /// What the socket is waited for.
  var wanted: Int16 { Int16(phase == .writing ? POLLOUT : POLLIN) }

  /// Goes on as far as it can without waiting. `respond` is given the path of a GET or HEAD.
  package mutating func proceed(_ respond: (String) -> HTTPAnswer) {
    if phase == .reading { read(respond) }
    if phase == .writing { write() }
    if phase == .closing { discard() }
  }

  private mutating func read(_ respond: (String) -> HTTPAnswer) {
    var buffer = [UInt8](repeating: 0, count: 2_048)
    while phase == .reading {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else {
        if count < 0, errno == EINTR { continue }
        if count == 0 || errno != EAGAIN { phase = .done }
        return
      }
      request += buffer[..<count]
      if let end = Self.headEnd(request) {
        (answer, phase) = (Self.answer(to: request[..<end], respond), .writing)
      } else if request.count > Self.largestRequest {
        (answer, phase) = (HTTPAnswer(.tooLarge, "the request is too large\n").bytes(isHead: false), .writing)
      }
    }
  }

  /// Where the header ends: behind an empty line.
  private static func headEnd(_ bytes: [UInt8]) -> Int? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    return lines.first { $0.isEmpty || $0.elementsEqual([UInt8(ascii: "\r")]) }?.endIndex
  }

  static func answer(to head: ArraySlice<UInt8>, _ respond: (String) -> HTTPAnswer) -> [UInt8] {
    let line = head.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    let words = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/") else {
      return HTTPAnswer(.badRequest, "expected an HTTP/1.1 request\n").bytes(isHead: false)
    }
    guard words[0] == "GET" || words[0] == "HEAD" else {
      return HTTPAnswer(.methodNotAllowed, "expected GET or HEAD\n").bytes(isHead: false)
    }
    let path = words[1].prefix { $0 != "?" }
    return respond(String(path)).bytes(isHead: words[0] == "HEAD")
  }

  private mutating func write() {
    while sent < answer.count {
      let count = answer[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else {
        if errno == EINTR { continue }
        if errno != EAGAIN { phase = .done }
        return
      }
      sent += count
    }
    // Closing at once could take the answer away from a client that still sends.
    shutdown(descriptor, Int32(SHUT_WR))
    phase = .closing
  }

  /// Reads on until the client has closed its side, too: a piece at a time, so that one that never ceases to send neither keeps
  /// the others waiting nor outlives its deadline.
  private mutating func discard() {
    var buffer = [UInt8](repeating: 0, count: 2_048)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { phase = .done }
  }
}
