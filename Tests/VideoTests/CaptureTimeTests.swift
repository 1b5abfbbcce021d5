import Foundation
import Glibc
import TestSupport
import Testing
import Timeline
import Video

@Suite("capture times", .timeLimit(.minutes(1)))
struct CaptureTimeTests {
  private let clips: VideoFolder

  init() throws { clips = try VideoFolder() }

  /// A UDP port that is free now, as is the next.
  private func freePort() throws -> Int {
    for port in stride(from: Int.random(in: 20_000..<40_000) & ~1, to: 60_000, by: 2) {
      if [port, port + 1].allSatisfy({ isFree($0) }) { return port }
    }
    throw LocalServer.Refused(code: EADDRINUSE)
  }

  private func isFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  @Test("RTP described by SDP: the sender's clock by its RTCP reports")
  func rtp() throws {
    let port = try freePort()
    let sender = Process()
    sender.executableURL = URL(filePath: "/usr/bin/env")
    sender.arguments =
      "ffmpeg -nostdin -v quiet -re -f lavfi -i testsrc2=size=64x48:rate=25 -t 20 -pix_fmt yuv420p -c:v mpeg2video -g 5 -f rtp rtp://127.0.0.1:\(port)"
      .split(separator: " ").map(String.init)
    sender.standardOutput = FileHandle.nullDevice
    try sender.run()
    defer {
      sender.terminate()
      sender.waitUntilExit()
    }
    let path = try clips.write(
      "stream.sdp",
      Array("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=test\nc=IN IP4 127.0.0.1\nt=0 0\nm=video \(port) RTP/AVP 32\n".utf8))
    var options = SourceOptions()
    options.watchesContinuity = true
    options.openTimeout = 30
    let reader = try VideoReader(path: path, options: options)
    #expect(reader.keepsOwnPace)
    let picture = Picture(rows: reader.outputSize.rows, columns: reader.outputSize.columns)
    var reported = 0
    for _ in 0..<150 where reported < 20 {
      let capture = try #require(try reader.next(into: picture)?.capture)
      guard capture.origin == .rtpNTP else { continue }
      reported += 1
      let age = Date().timeIntervalSince1970 - Double(capture.nanosecondsSince1970) / 1e9
      #expect((-0.5..<20).contains(age))
    }
    #expect(reported == 20)
  }
}
