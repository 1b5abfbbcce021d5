import Foundation
import Logging
import Service
import Testing

@Suite("the log")
struct LogTests {
  private static let second: UInt64 = 1_000_000_000

  @Test("the same is told once, then counted, then told with its count")
  func repeats() {
    var filter = RepeatFilter()
    #expect(filter.admit("a", now: 5) == 0)
    for time in 6..<129 { #expect(filter.admit("a", now: UInt64(time)) == nil) }
    #expect(filter.admit("b", now: 7) == 0)
    #expect(filter.due(now: 9 * Self.second).isEmpty)
    let due = filter.due(now: 11 * Self.second)
    #expect(due.map(\.entry) == ["a"])
    #expect(due.map(\.count) == [123])
    // Told just now: quiet again. b was told once and is forgotten.
    #expect(filter.admit("a", now: 12 * Self.second) == nil)
    #expect(filter.admit("b", now: 12 * Self.second) == 0)
    #expect(filter.admit("a", now: 22 * Self.second) == 1)
    #expect(filter.due(now: 23 * Self.second, all: true).isEmpty)
  }

  @Test("at the end everything that was held back is told")
  func end() {
    var filter = RepeatFilter()
    for name in ["b", "a", "b", "a", "a"] { _ = filter.admit(name, now: 1) }
    let due = filter.due(now: 2, all: true)
    #expect(due.map(\.entry) == ["a", "b"])
    #expect(due.map(\.count) == [2, 1])
  }

  @Test("numbers do not make entries different, words do")
  func entries() {
    #expect(RepeatFilter.entry("frame 12 of 345 s=1.5") == RepeatFilter.entry("frame 7 of 9 s=22.75"))
    #expect(RepeatFilter.entry("frame 1") != RepeatFilter.entry("frames 1"))
  }

  /// What `body` logs, a line each.
  private func lines(_ settings: LogSettings = LogSettings(), _ body: (LogOutput) -> Void) throws -> [String] {
    let pipe = Pipe()
    let output = LogOutput(settings, descriptor: pipe.fileHandleForWriting.fileDescriptor)
    body(output)
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    return text.split(separator: "\n").map(String.init)
  }

  @Test("warnings that repeat are held back; what is less than a warning is not")
  func throttling() throws {
    let lines = try lines { output in
      let logger = output.logger(label: "test")
      for number in 1...5 { logger.warning("late", metadata: ["frame": "\(number)"]) }
      for _ in 1...3 { logger.info("hello") }
      output.tellRepeats(all: true)
    }
    #expect(lines.count == 5)
    #expect(lines[0].hasSuffix("level=warning msg=late frame=1"))
    #expect(lines[1...3].allSatisfy { $0.hasSuffix("level=info msg=hello") })
    #expect(lines[4].hasSuffix("level=warning msg=late frame=5 repeated=4"))
  }

  @Test("the level can change while loggers are in use")
  func level() throws {
    let lines = try lines(LogSettings(format: .json)) { output in
      let logger = output.logger(label: "test")
      logger.debug("one")
      output.level = .debug
      logger.debug("two")
      output.level = .error
      logger.warning("three")
    }
    #expect(lines.count == 1)
    #expect(lines[0].hasSuffix(#""level":"debug","msg":"two"}"#))
  }

  @Test("of a line longer than what a stopped reader leaves room for the rest is dropped, and nobody waits")
  func longLine() throws {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    let output = LogOutput(LogSettings(), descriptor: descriptor)
    let logger = output.logger(label: "test")
    // A page is left of the 16 that a pipe has.
    let page = [UInt8](repeating: 0x2E, count: 4_095) + [0x0A]
    for _ in 0..<15 { try #require(write(descriptor, page, page.count) == page.count) }
    let logged = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      logger.info("\(String(repeating: "x", count: 20_000))")
      logged.signal()
    }
    let isLogged = logged.wait(timeout: .now() + 20) == .success
    try #require(isLogged)
    var first = Data()
    var readable = pollfd(fd: pipe.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
    while poll(&readable, 1, 0) == 1 { first += pipe.fileHandleForReading.availableData }
    #expect(first.count == 16 * 4_096)
    logger.info("back")
    try pipe.fileHandleForWriting.close()
    let rest = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    // The next line does not continue the one that was cut off.
    #expect(rest.hasPrefix("\n"))
    #expect(rest.hasSuffix("msg=back lost_lines=1\n"), "\(rest)")
  }

  @Test("a line of many pieces arrives whole where there is room")
  func pieces() throws {
    let long = String(repeating: "x", count: 20_000)
    let lines = try lines { $0.logger(label: "test").info("\(long)") }
    #expect(lines.count == 1 && lines[0].hasSuffix("msg=" + long))
  }

  @Test("a reader that has stopped loses lines, and nobody waits for it")
  func stoppedReader() throws {
    let pipe = Pipe()
    let output = LogOutput(LogSettings(), descriptor: pipe.fileHandleForWriting.fileDescriptor)
    let logger = output.logger(label: "test")
    let filler = String(repeating: "x", count: 1_000)
    for _ in 0..<200 { logger.info("\(filler)") }
    // A pipe holds 64 KiB; what is over is lost.
    let first = pipe.fileHandleForReading.availableData
    #expect(first.count <= 1 << 16)
    logger.info("back")
    try pipe.fileHandleForWriting.close()
    let rest = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    let lost = try #require(rest.firstMatch(of: /msg=back lost_lines=(\d+)/).flatMap { Int($0.1) })
    let whole = (String(decoding: first, as: UTF8.self) + rest).split(separator: "\n").count
    #expect(whole + lost == 201)
  }
}
