import Foundation
import Glibc
import TestSupport
import Testing
import Video

@Suite("videos sent as transport streams", .timeLimit(.minutes(1)))
struct VideoSenderTests {
  private let clips: VideoFolder

  init() throws { clips = try VideoFolder() }

  @Test("a video that comes through a FIFO is sent whole")
  func fifo() throws {
    try clips.make("\(pattern) -frames:v 30 -pix_fmt yuv420p -c:v mpeg2video -g 5 clip.ts")
    let bytes = try clips.bytes("clip.ts")
    let path = clips.path("fifo")
    try #require(mkfifo(path, 0o600) == 0)
    let cancellation = Cancellation()
    Thread.detachNewThread {
      let descriptor = open(path, O_WRONLY)
      LocalServer.write(bytes, to: descriptor)
      close(descriptor)
      // Who opens it again would wait for another writer for ever.
      sleep(20)
      cancellation.cancel()
    }
    let sender = try VideoSender(path, to: .file(path: clips.path("sent.ts")), cancellation: cancellation)
    #expect(sender.info.codec == "mpeg2video")
    try sender.connect()
    while try sender.next() != nil { try sender.send() }
    try sender.finish()
    #expect(sender.counters.pictures == 30)
    #expect(try VideoReader(path: clips.path("sent.ts")).all().stamps.count == 30)
  }
}
