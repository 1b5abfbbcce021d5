import Foundation
import Logging
import Service
import Testing

@Suite("health: what systemd, HTTP and Prometheus are told")
struct HealthTests {
  @Test(
    "HTTP addresses",
    arguments: [
      ("127.0.0.1:9570", "127.0.0.1:9570", true), ("localhost:80", "127.0.0.1:80", true),
      ("127.8.0.1:1", "127.8.0.1:1", true),
      ("[::1]:9570", "[::1]:9570", true), ("0.0.0.0:9570", "0.0.0.0:9570", false), ("[::]:9570", "[::]:9570", false),
      ("10.0.0.1:*", "10.0.0.1:*", false), ("127.0.0.1:*", "127.0.0.1:*", true),
    ])
  func addresses(text: String, description: String, isLoopback: Bool) throws {
    let address = try #require(HTTPAddress(text))
    #expect(address.description == description)
    #expect(address.isLoopback == isLoopback)
  }

  @Test(
    "what is no HTTP address",
    arguments: [
      "", "9570", ":9570", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "::1:80", "[::1]", "host:80",
      "127.0.0.1:x",
    ])
  func noAddresses(text: String) { #expect(HTTPAddress(text) == nil) }

  @Test("HTTP that others can reach needs allow-plain-remote")
  func remote() throws {
    let flags: [DaemonSetting: String] = [.input: "a", .stream: "s", .http: "0.0.0.0:9570"]
    let error = try #require(throws: ServiceError.self) { _ = try DaemonConfiguration(flags: flags) }
    #expect(error.exitCode == 2)
    #expect(
      "\(error)" == "--http: 0.0.0.0:9570 is open to the network: expected a loopback address, or allow-plain-remote")
    let allowed = try DaemonConfiguration(flags: flags.merging([.allowPlainRemote: "true"]) { $1 })
    #expect(allowed.http == HTTPAddress("0.0.0.0:9570"))
  }

  @Test("latencies are counted below their edges, one of which is the budget")
  func buckets() {
    var buckets = LatencyBuckets(budget: 0.3)
    #expect(buckets.edges == [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8])
    for seconds in [0.0, 0.01, 0.3, 0.300001, 100] { buckets.record(seconds: seconds) }
    #expect(buckets.counts == [2, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1])
    #expect(buckets.total == 5)
    #expect(LatencyBuckets(budget: 0.4).edges == LatencyBuckets(budget: nil).edges)
  }

  @Test("metrics are written in Prometheus' text format")
  func text() {
    var page = MetricsText()
    page.family("a_total", .counter, "Counts.")
    page.sample("a_total", ["stream": "a\"b\\c\n"], 3)
    page.family("b", .gauge, "Measures.")
    page.sample("b", 0.25)
    var buckets = LatencyBuckets(budget: nil)
    buckets.record(seconds: 0.03)
    buckets.record(seconds: 20)
    page.histogram("c_seconds", ["s": "x"], buckets)
    let lines = page.text.split(separator: "\n").map(String.init)
    #expect(lines[0] == "# HELP a_total Counts.")
    #expect(lines[1] == "# TYPE a_total counter")
    #expect(lines[2] == #"a_total{stream="a\"b\\c\n"} 3"#)
    #expect(lines[5] == "b 0.25")
    #expect(lines.contains(#"c_seconds_bucket{s="x",le="0.025"} 0"#))
    #expect(lines.contains(#"c_seconds_bucket{s="x",le="0.05"} 1"#))
    #expect(lines.contains(#"c_seconds_bucket{s="x",le="+Inf"} 2"#))
    #expect(lines.contains(#"c_seconds_sum{s="x"} 20.03"#))
    #expect(lines.contains(#"c_seconds_count{s="x"} 2"#))
  }

  @Test("metrics of one name stand together, with one kind and one help text")
  func families() {
    for (former, metric) in zip(StreamMetric.all, StreamMetric.all.dropFirst()) where former.name != metric.name {
      #expect(StreamMetric.all.filter { $0.name == metric.name }.first?.counter == metric.counter)
    }
    for metric in StreamMetric.all {
      let family = StreamMetric.all.filter { $0.name == metric.name }
      #expect(family.allSatisfy { $0.help == metric.help && $0.kind == metric.kind })
      #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter))
    }
  }

  @Test("the journal is known by device and inode of standard error")
  func journal() throws {
    let file = try TemporaryConfiguration("")
    let handle = try FileHandle(forReadingFrom: URL(filePath: file.path))
    var status = stat()
    try #require(fstat(handle.fileDescriptor, &status) == 0)
    func isJournal(_ value: String?) -> Bool {
      LogPriority.isJournal(
        environment: value.map { ["JOURNAL_STREAM": $0] } ?? [:], descriptor: handle.fileDescriptor)
    }
    #expect(isJournal("\(status.st_dev):\(status.st_ino)"))
    #expect(!isJournal("\(status.st_dev):\(status.st_ino + 1)"))
    #expect(!isJournal("\(status.st_ino)"))
    #expect(!isJournal("x:y"))
    #expect(!isJournal(nil))
  }

  @Test("levels are those of syslog")
  func priorities() {
    let all: [Logger.Level] = [.trace, .debug, .info, .notice, .warning, .error, .critical]
    #expect(all.map(LogPriority.number) == [7, 7, 6, 5, 4, 3, 2])
  }
}
