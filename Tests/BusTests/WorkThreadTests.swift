import Bus
import Foundation
import Synchronization
import Testing

@Suite("a thread of the daemon's own")
struct WorkThreadTests {
  private final class Told: Sendable {
    let name = Mutex<String?>(nil)
    let isThere = DispatchSemaphore(value: 0)
  }

  @Test("shows its name to top -H")
  func name() throws {
    let told = Told()
    try WorkThread.start("spotd-test") {
      let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
      told.name.withLock { $0 = name }
      told.isThere.signal()
    }
    #expect(told.isThere.wait(timeout: .now() + 10) == .success)
    let name = told.name.withLock { $0 }
    #expect(name == "spotd-test\n")
  }
}
