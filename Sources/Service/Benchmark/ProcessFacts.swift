internal import Foundation
internal import Glibc

/// What the system tells about this process.
enum ProcessFacts {
  /// Resident memory in megabytes.
  static var residentMegabytes: Double { Double(residentBytes) / 1e6 }

  /// Resident memory in bytes.
  static var residentBytes: Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    let pages = fields.count > 1 ? Int(fields[1]) ?? 0 : 0
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  /// Heap allocations since the process began, if the library of tools/bench-allocations counts them.
  static var allocations: Int? {
    // A null handle is RTLD_DEFAULT: wherever in the process the symbol is.
    guard let symbol = dlsym(nil, "spot_allocation_count") else { return nil }
    return unsafeBitCast(symbol, to: (@convention(c) () -> Int).self)()
  }

  /// FFmpeg's name of the release whose libraries this process has loaded. Asked for by name, since only `Video` imports
  /// libav.
  static var libavVersion: String? {
    guard let symbol = dlsym(nil, "av_version_info") else { return nil }
    // As libavutil/avutil.h declares it; the text is static.
    return unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<CChar>?).self)().map { String(cString: $0) }
  }
}
