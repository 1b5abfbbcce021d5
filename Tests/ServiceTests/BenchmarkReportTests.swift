import Foundation
import Service
import Testing

@Suite struct BenchmarkReportTests {
  private struct Report: BenchmarkReport {
    let machine = BenchmarkMachine.current()
    let ratio: Double
    var description: String { "a table" }
  }

  @Test("A report is a table, or JSON with the machine that it is of")
  func forms() throws {
    let report = Report(ratio: 0.5)
    #expect(try report.text(asJSON: false) == "a table")
    let json = try JSONSerialization.jsonObject(with: Data(report.text(asJSON: true).utf8)) as? [String: Any]
    #expect(json?["ratio"] as? Double == 0.5)
    #expect((json?["machine"] as? [String: Any])?["version"] as? String == BuildInfo.version)
    let libav = try #require((json?["machine"] as? [String: Any])?["libav"] as? String)
    #expect(libav != "unknown" && "\(report.machine)".contains("FFmpeg \(libav)"))
  }

  @Test("A figure that JSON cannot hold is an error that names it, not an empty object")
  func unencodable() {
    do throws(ServiceError) {
      Issue.record("\(try Report(ratio: .nan).json)")
    } catch {
      #expect(error.exitCode == 1)
      #expect("\(error)" == "the report cannot be written as JSON: ratio is nan")
    }
  }

  @Test("A machine of many cores is not measured with each number of streams")
  func streamCounts() {
    let counts = ModelBenchmarkReport.Streams.counts
    #expect(counts(1) == [1])
    #expect(counts(2) == [1, 2])
    #expect(counts(6) == [1, 2, 4, 6])
    #expect(counts(64) == [1, 2, 4, 8, 16, 32, 64])
  }
}
