import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing
import Timeline
import Video

@Suite("live sources", .timeLimit(.minutes(2)))
struct LiveSourceTests {
  private let clips: VideoFolder
  private let size = PictureSize(rows: 48, columns: 64)

  init() throws { clips = try VideoFolder() }

  private func clip(frames: Int) throws -> [UInt8] {
    try clips.make("\(pattern) -frames:v \(frames) -pix_fmt yuv420p -c:v mpeg2video -g 5 clip\(frames).ts")
    return try clips.bytes("clip\(frames).ts")
  }

  /// A source that is tried again at once, and all that it tells.
  private func source(
    _ path: String, _ cancellation: Cancellation = Cancellation(), _ change: (inout SourceOptions) -> Void = { _ in }
  ) throws -> (LiveSource, Changes) {
    var options = SourceOptions()
    options.watchesContinuity = true
    options.retry = .atMost(0.02)
    change(&options)
    let source = try LiveSource(path: path, output: size, options: options, cancellation: cancellation)
    let changes = Changes()
    source.observe { changes.all.append($0) }
    return (source, changes)
  }

  private final class Changes {
    var all: [SourceChange] = []

    var ends: [Discontinuity] { all.compactMap { if case .epochEnded(let end) = $0 { end } else { nil } } }
    var outages: [String] { all.compactMap { if case .disconnected(let reason) = $0 { reason } else { nil } } }
  }

  /// Reads until `count` frames came.
  private func read(_ source: LiveSource, _ count: Int) throws -> [FrameStamp] {
    let picture = Picture(rows: size.rows, columns: size.columns)
    var stamps: [FrameStamp] = []
    while stamps.count < count, let stamp = try source.next(into: picture) { stamps.append(stamp) }
    return stamps
  }

  @Test("a source that is lost 20 times comes back 20 times, each time as a new epoch")
  func reconnecting() throws {
    let bytes = try clip(frames: 12)
    let server = try LocalServer { connection, _ in LocalServer.write(bytes, to: connection) }
    let (source, changes) = try source("tcp://127.0.0.1:\(server.port)")
    let stamps = try read(source, 21 * 12)
    #expect(stamps.map(\.epoch) == (0..<21).flatMap { Array(repeating: $0, count: 12) })
    #expect(stamps.map(\.index) == (0..<21).flatMap { _ in 0..<12 })
    #expect(source.losses.breaks.reconnects == 20)
    #expect(changes.ends.count == 20)
    #expect(changes.ends.allSatisfy { $0.delivered == 12 && $0.missing == nil && $0.reason == .source })
    #expect(changes.outages.count == 20 + source.losses.breaks.failedConnections)
    #expect(changes.all.count { $0 == .connected } == 21)
    #expect(source.keepsOwnPace && source.frameRate?.value == 25)
  }

  @Test("a source that falls silent counts as lost")
  func stalling() throws {
    let bytes = try clip(frames: 100)
    let server = try LocalServer { connection, number in
      LocalServer.write(number == 0 ? Array(bytes.prefix(bytes.count / 2)) : bytes, to: connection)
      LocalServer.waitForEnd(of: connection)
    }
    let (source, changes) = try source("tcp://127.0.0.1:\(server.port)") {
      $0.stallTimeout = 0.3
      $0.openTimeout = 20
    }
    let stamps = try read(source, 60)
    #expect(source.losses.breaks.stalls == 1, "\(changes.outages)")
    #expect(stamps.last?.epoch == 1)
    #expect(changes.outages.first?.contains("no frame came for 0.3 s") == true)
  }

  @Test("a source that is not there yet is waited for")
  func lateStart() throws {
    let bytes = try clip(frames: 5)
    var server: LocalServer? = try LocalServer { _, _ in }
    let port = try #require(server?.port)
    server = nil
    let (source, changes) = try source("tcp://127.0.0.1:\(port)")
    let late = Mutex<LocalServer?>(nil)
    Thread.detachNewThread {
      usleep(200_000)
      late.withLock { $0 = try? LocalServer(port: port) { connection, _ in LocalServer.write(bytes, to: connection) } }
    }
    try source.connect()
    #expect(source.losses.breaks.failedConnections > 0)
    #expect(changes.outages.first?.contains("Connection refused") == true)
    #expect(try read(source, 5).count == 5)
    late.withLock { $0 = nil }
  }

  @Test("a server that never answers is given up after the time for opening, and tried again until cancelled")
  func noAnswer() throws {
    let server = try LocalServer { connection, _ in LocalServer.waitForEnd(of: connection) }
    let cancellation = Cancellation()
    let (source, changes) = try source("http://127.0.0.1:\(server.port)/clip.ts", cancellation) { $0.openTimeout = 0.2 }
    Thread.detachNewThread {
      usleep(1_000_000)
      cancellation.cancel()
    }
    let error = #expect(throws: VideoError.self) { try source.connect() }
    #expect(error?.reason == .cancelled)
    #expect(changes.outages.count >= 2)
    #expect(changes.outages.allSatisfy { $0.contains("nothing came within 0.2 s") })
  }

  @Test("a server that falls silent while the source is opened is no connection")
  func silentOpening() throws {
    // Enough to know the streams, too little to know the rate.
    let bytes = try clip(frames: 5)
    let server = try LocalServer { connection, _ in
      LocalServer.write(bytes, to: connection)
      LocalServer.waitForEnd(of: connection)
    }
    let cancellation = Cancellation()
    let (source, changes) = try source("tcp://127.0.0.1:\(server.port)", cancellation) { $0.openTimeout = 0.3 }
    Thread.detachNewThread {
      usleep(1_000_000)
      cancellation.cancel()
    }
    let error = #expect(throws: VideoError.self) { try source.connect() }
    #expect(error?.reason == .cancelled)
    #expect(!changes.outages.isEmpty && !changes.all.contains(.connected))
    #expect(changes.outages.allSatisfy { $0.contains("nothing came within 0.3 s") }, "\(changes.outages)")
    #expect(source.losses.breaks.failedConnections > 0 && source.losses.breaks.stalls == 0)
  }

  @Test("UDP from which nothing ever comes is given up after the time for opening")
  func silentDatagrams() throws {
    let server = try LocalServer { _, _ in }
    var options = SourceOptions()
    options.openTimeout = 0.3
    let url = "udp://127.0.0.1:\(server.port)"
    let error = #expect(throws: VideoError.self) { try VideoReader(path: url, options: options) }
    #expect(error?.reason == .noAnswer(seconds: 0.3))
  }

  @Test("a file is read once, and a file that is not there is an error")
  func files() throws {
    _ = try clip(frames: 10)
    let (source, changes) = try source(clips.path("clip10.ts"))
    #expect(try read(source, 100).count == 10)
    #expect(!source.keepsOwnPace && changes.all == [.connected])
    let (none, _) = try self.source("/nowhere.mp4")
    #expect(throws: VideoError.self) { try none.connect() }
  }

  @Test("a FIFO whose writer leaves is waited for again where that is asked for, and read once where not")
  func pipes() throws {
    // More than a pipe holds: a writer is still there when its reader comes.
    let bytes = try clip(frames: 150)
    try #require(bytes.count > 100_000)
    let path = clips.path("fifo")
    try #require(mkfifo(path, 0o600) == 0)
    // Holds what is written between two openings.
    let keeper = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    defer { close(keeper) }
    let (again, changes) = try source(path)
    let isLost = Mutex(false)
    again.observe { change in
      changes.all.append(change)
      if case .disconnected = change { isLost.withLock { $0 = true } }
    }
    Thread.detachNewThread {
      for _ in 0..<2 {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        LocalServer.write(bytes, to: descriptor)
        close(descriptor)
        waitUntil { isLost.withLock { $0 } }
      }
    }
    let stamps = try read(again, 300)
    #expect(stamps.map(\.epoch) == (0..<2).flatMap { Array(repeating: $0, count: 150) })
    #expect(stamps.map(\.index) == (0..<2).flatMap { _ in 0..<150 })
    #expect(changes.outages == ["the source ended"] && !again.keepsOwnPace)

    let (once, _) = try source(path) { $0.retry = .usual }
    Thread.detachNewThread {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      LocalServer.write(bytes, to: descriptor)
      close(descriptor)
    }
    #expect(try read(once, 200).count == 150)
  }

  @Test("a file behind HTTP ends where it ends")
  func finiteHTTP() throws {
    let server = try LocalServer.http(["/clip.ts": clip(frames: 10)])
    let (source, changes) = try source("http://127.0.0.1:\(server.port)/clip.ts")
    #expect(try read(source, 100).count == 10)
    #expect(changes.outages.isEmpty && !source.keepsOwnPace)
  }

  @Test("waits grow to their limit, never beyond, and begin anew")
  func delays() {
    var delay = RetryDelay(longest: 3)
    let taken = (0..<20).map { _ in delay.take() }
    #expect(taken.allSatisfy { (0.1...3).contains($0) })
    #expect(taken[0] <= 0.2 && taken[3] >= 0.8 && taken[10...].allSatisfy { $0 >= 1.5 })
    #expect(Set(taken).count > 10)
    delay.reset()
    #expect(delay.take() <= 0.2)
  }
}
