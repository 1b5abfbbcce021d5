import Foundation
import Glibc
import TestSupport
import Testing
import Timeline
import Video

/// Sources that make a reader wait.
@Suite struct WaitingTests {
  private let clips: VideoFolder

  init() throws { clips = try VideoFolder() }

  @Test(.timeLimit(.minutes(1))) func `cancelling ends the wait for a FIFO's writer`() throws {
    let path = clips.path("fifo")
    #expect(mkfifo(path, 0o600) == 0)
    let cancellation = Cancellation()
    Thread.detachNewThread {
      usleep(100_000)
      cancellation.cancel()
    }
    let error = #expect(throws: VideoError.self) { try VideoReader(path: path, cancellation: cancellation) }
    #expect(error?.reason == .cancelled)
  }

  @Test(.timeLimit(.minutes(1))) func `cancelling ends the wait for more frames`() throws {
    try clips.make("\(pattern) -frames:v 10 -c:v ffv1 clip.mkv")
    let bytes = try clips.bytes("clip.mkv")
    let path = clips.path("fifo")
    #expect(mkfifo(path, 0o600) == 0)
    let cancellation = Cancellation()
    let cut = bytes.count / 2
    Thread.detachNewThread {
      let descriptor = open(path, O_WRONLY)
      bytes.withUnsafeBytes { _ = write(descriptor, $0.baseAddress, cut) }
      usleep(500_000)
      cancellation.cancel()
      // Held open until the reader has gone, so that it is not the end of the data that ends the wait.
      usleep(500_000)
      close(descriptor)
    }
    let reader = try VideoReader(path: path, cancellation: cancellation)
    let picture = Picture(rows: 48, columns: 64)
    var frames = 0
    let error = #expect(throws: VideoError.self) {
      while try reader.next(into: picture) != nil { frames += 1 }
    }
    #expect(error?.reason == .cancelled)
    #expect(frames > 0 && frames < 10)
  }

  @Test func `a FIFO is read to its end`() throws {
    try clips.make("\(pattern) -frames:v 10 -c:v ffv1 clip.mkv")
    let bytes = try clips.bytes("clip.mkv")
    let path = clips.path("fifo")
    #expect(mkfifo(path, 0o600) == 0)
    Thread.detachNewThread {
      usleep(100_000)
      let descriptor = open(path, O_WRONLY)
      bytes.withUnsafeBytes { all in
        var written = 0
        while written < all.count {
          let count = write(descriptor, all.baseAddress.map { $0 + written }, all.count - written)
          if count <= 0 { break }
          written += count
        }
      }
      close(descriptor)
    }
    #expect(try VideoReader(path: path).all().stamps.count == 10)
  }

  @Test(.timeLimit(.minutes(1))) func `cancelling ends the wait for a server that never answers`() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // Port 0: the system picks a free one, and getsockname tells which.
    let ready = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    try #require(ready)
    let cancellation = Cancellation()
    Thread.detachNewThread {
      usleep(200_000)
      cancellation.cancel()
    }
    let url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/clip.mp4"
    let error = #expect(throws: VideoError.self) { try VideoReader(path: url, cancellation: cancellation) }
    #expect(error?.reason == .cancelled)
  }
}
