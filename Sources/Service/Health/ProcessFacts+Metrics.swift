internal import Foundation
internal import Glibc

extension ProcessFacts {
  /// The metrics that Prometheus' own clients give of a process, under the same names.
  static func write(_ page: inout MetricsText) {
    page.family("process_resident_memory_bytes", .gauge, "Resident memory.")
    page.sample("process_resident_memory_bytes", residentBytes)
    page.family("process_cpu_seconds_total", .counter, "CPU time of all threads, user and system.")
    page.sample("process_cpu_seconds_total", processorSeconds)
    if let openDescriptors {
      page.family("process_open_fds", .gauge, "Open file descriptors.")
      page.sample("process_open_fds", openDescriptors)
    }
    page.family("process_max_fds", .gauge, "Most file descriptors that may be open.")
    page.sample("process_max_fds", mostDescriptors)
    page.family("process_start_time_seconds", .gauge, "When the process began, in seconds since 1970.")
    page.sample("process_start_time_seconds", startTime)
  }

  /// CPU time of all threads.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Nil where there is none left to look with.
  private static var openDescriptors: Int? {
    // The folder that is being read is open, too.
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { max(0, $0.count - 1) }
  }

  private static var mostDescriptors: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    return Int(clamping: limit.rlim_cur)
  }

  /// Seconds since 1970, as well as the clock was right at the first call, which is soon after the beginning.
  static let startTime: Double = {
    var uptime = timespec()
    clock_gettime(CLOCK_BOOTTIME, &uptime)
    let stat = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
    // The 22nd field; the second, the name in parentheses, may hold blanks.
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    let ticks = fields.count > 19 ? Double(fields[19]) ?? 0 : 0
    let age = Double(uptime.tv_sec) + Double(uptime.tv_nsec) * 1e-9 - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    return Date().timeIntervalSince1970 - age
  }()
}
