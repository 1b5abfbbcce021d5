import Bus
import Foundation
import Service
import TestSupport
import Testing

@Suite("the watchdog is fed by progress only")
struct WatchdogTests {
  private let later: UInt64 = 100_000_000_000

  @Test("a thread that does not come to the end of its turn shows; one that waits does not")
  func stages() {
    let watch = StageWatch()
    #expect(watch.stillSeconds(at: MonotonicClock.now + later) == 0)
    watch.move()
    let now = MonotonicClock.now
    #expect((100..<101).contains(watch.stillSeconds(at: now + later)))
    #expect(watch.stillSeconds(at: now - 1_000_000_000) == 0)
    watch.rest()
    #expect(watch.stillSeconds(at: MonotonicClock.now + later) == 0)
  }

  @Test("stuck parts are named; a source that is gone or silent is no fault")
  func faults() {
    func fault(_ change: (inout StreamPulse) -> Void) -> String? {
      var pulse = StreamPulse()
      change(&pulse)
      return pulse.fault(patience: 15)
    }
    #expect(fault { _ in } == nil)
    #expect(fault { $0.silence = 16 } == "publishing has not got on for 16 s")
    #expect(fault { $0.scoring = 16.5 } == "scoring has not got on for 16 s")
    #expect(fault { ($0.decoding, $0.sourceSilence) = (40, 20) } == "decoding has not got on for 20 s")
    #expect(fault { ($0.decoding, $0.sourceSilence) = (40, 1) } == nil)
    #expect(fault { ($0.decoding, $0.sourceSilence) = (0, 40) } == nil)
    #expect(fault { ($0.decoding, $0.sourceSilence, $0.isReconnecting) = (40, 40, true) } == nil)
    #expect(fault { ($0.silence, $0.isReconnecting) = (40, true) } != nil)
    #expect(fault { ($0.silence, $0.scoring, $0.isRunning) = (40, 40, false) } == nil)
    #expect(fault { ($0.silence, $0.scoring) = (15, 15) } == nil)
  }

  @Test("each turn feeds it while nothing is stuck, and none does while something is")
  func feeding() throws {
    let manager = try NotifySocket()
    let (pipe, log) = try quietLog()
    var stuck: [String] = []
    var caretaker = Caretaker(
      faults: { stuck }, summary: { "court1: running" }, manager: manager.client(["WATCHDOG_USEC": "30000000"]),
      log: log)
    caretaker.turn()
    caretaker.turn()
    #expect(manager.received() == ["WATCHDOG=1", "STATUS=court1: running", "WATCHDOG=1"])
    stuck = ["court1: scoring has not got on for 16 s"]
    for _ in 0..<5 { caretaker.turn() }
    #expect(manager.received().isEmpty)
    stuck = []
    caretaker.turn()
    #expect(manager.received() == ["WATCHDOG=1"])
    try pipe.fileHandleForWriting.close()
    let lines = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(lines.split(separator: "\n").count == 1)
    #expect(lines.contains("level=error msg=stuck what=\"court1: scoring has not got on for 16 s\""))
  }

  private func quietLog() throws -> (Pipe, LogOutput) {
    let pipe = Pipe()
    return (pipe, LogOutput(LogSettings(), descriptor: pipe.fileHandleForWriting.fileDescriptor))
  }

  @Test("without a watchdog nothing feeds it, without a manager nothing is sent")
  func absent() throws {
    let manager = try NotifySocket()
    let (_, log) = try quietLog()
    var caretaker = Caretaker(faults: { [] }, summary: { "s" }, manager: manager.client(), log: log)
    caretaker.turn()
    #expect(manager.received() == ["STATUS=s"])
    for socket in ["", "relative", "/nowhere/socket", "/" + String(repeating: "x", count: 200)] {
      let client = manager.client(["NOTIFY_SOCKET": socket])
      client.notify("READY=1")
      #expect(client.watchdogSeconds == nil)
    }
    #expect(manager.received().isEmpty)
  }

  @Test(
    "the watchdog's time is that of the environment, if it means this process",
    arguments: [
      (["WATCHDOG_USEC": "30000000"], 30.0), (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "x"], nil), ([:], nil),
      (["WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"], nil),
      (["WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "\(getpid())"], 1.0),
    ] as [([String: String], Double?)])
  func time(environment: [String: String], seconds: Double?) {
    #expect(ServiceManager(environment: environment).watchdogSeconds == seconds)
  }
}

extension NotifySocket {
  fileprivate func client(_ environment: [String: String] = [:]) -> ServiceManager {
    ServiceManager(environment: environment.merging(["NOTIFY_SOCKET": path]) { first, _ in first })
  }
}
