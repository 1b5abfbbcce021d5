import Foundation
import Service
import Testing

@Suite("one HTTP client")
struct HTTPConnectionTests {
  /// Bytes that wait to be read, up to 64 KiB.
  private func waiting(_ descriptor: Int32) -> Int {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    return recv(descriptor, &buffer, buffer.count, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
  }

  @Test("what a client sends after its answer is taken a piece at a time, so that the others get their turn")
  func talker() throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let client = ends[1]
    defer { close(client) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    var connection = HTTPConnection(ends[0])
    let sent = Array("GET /live HTTP/1.1\r\n\r\n".utf8) + [UInt8](repeating: 0x78, count: 20_000)
    try #require(send(client, sent, sent.count, Int32(MSG_NOSIGNAL)) == sent.count)
    connection.proceed { HTTPAnswer(.ok, $0) }
    #expect(waiting(client) > 0, "no answer")
    var left = waiting(ends[0])
    #expect(left > 10_000)
    // Each turn takes something, and none ends it before the client has gone.
    while left > 0 {
      connection.proceed { HTTPAnswer(.ok, $0) }
      let now = max(0, waiting(ends[0]))
      try #require(now < left)
      left = now
    }
    let isDoneEarly = connection.isDone
    #expect(!isDoneEarly)
    shutdown(client, Int32(SHUT_WR))
    connection.proceed { HTTPAnswer(.ok, $0) }
    let isDone = connection.isDone
    #expect(isDone)
  }
}
