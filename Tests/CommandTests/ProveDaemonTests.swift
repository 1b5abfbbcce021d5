import Foundation
import Testing

@Suite("tools/prove-daemon")
struct ProveDaemonTests {
  @Test("hours that a message's time is ahead are counted right in summer, too", arguments: [-1, 0, 1])
  func hoursAhead(hours: Int) throws {
    let program = """
      import runpy, sys, time
      stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 3600 * \(hours)))
      print(runpy.run_path(sys.argv[1])["hours_ahead"](stamp))
      """
    // Where it is summer all year.
    let result = try Tool.run(
      "/usr/bin/env", ["TZ=XXX0YYY,J1/0,J365/25", "python3", "-c", program, Tool.script("prove-daemon")])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "\(hours)\n")
  }
}
