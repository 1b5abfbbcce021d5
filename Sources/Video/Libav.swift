import CLibav
import Glibc

/// libav's AV_NOPTS_VALUE, a macro that Swift does not import.
let noTimestamp = Int64.min

/// Tells libav once to write nothing on stderr: what a user reads comes from us. Its first words on a failure are kept.
let silenceLibav: Void = clibav_keep_words()

// Each object file has a copy of its own of what CLibav's header keeps, and Swift may make one of each source file. So the
// words are kept and read in this file alone, by functions that are copied into no other.

/// Forgets what libav said on this thread.
@inline(never)
func forgetLibavWords() { clibav_forget_words() }

/// What libav said first as an error on this thread since `forgetLibavWords`, as it said it; empty: nothing.
@inline(never)
func firstLibavWords() -> String { String(cString: clibav_first_words()) }

/// The system's words for an errno (positive) or libav's for an AVERROR (negative).
func nativeText(_ code: Int32) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
    // Both an errno and an AVERROR of one are known to av_strerror; the buffer ends with a zero even for an unknown code.
    _ = av_strerror(code > 0 ? -code : code, buffer.baseAddress, buffer.count)
    return buffer.baseAddress.map { String(cString: $0) } ?? ""
  }
}

/// Nanoseconds of CLOCK_MONOTONIC.
func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Nanoseconds since 1970 of the system's clock (CLOCK_REALTIME).
func civilNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

extension Ratio {
  init?(_ rational: AVRational) { self.init(Int(rational.num), Int(rational.den)) }
}
