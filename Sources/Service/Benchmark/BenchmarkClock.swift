internal import Glibc

/// A moment by two clocks: the wall's, which is what a user waits, and the CPU time of this thread, which leaves out
/// the moments in which others had the core.
struct BenchmarkClock {
  /// Milliseconds between two moments.
  struct Elapsed {
    var wall = 0.0
    var cpu = 0.0

    static func + (left: Elapsed, right: Elapsed) -> Elapsed {
      Elapsed(wall: left.wall + right.wall, cpu: left.cpu + right.cpu)
    }

    static func / (left: Elapsed, right: Double) -> Elapsed {
      Elapsed(wall: left.wall / right, cpu: left.cpu / right)
    }
  }

  private var wall: Double
  private var cpu: Double

  private init(wall: Double, cpu: Double) {
    self.wall = wall
    self.cpu = cpu
  }

  static func now() -> BenchmarkClock {
    BenchmarkClock(wall: milliseconds(CLOCK_MONOTONIC), cpu: milliseconds(CLOCK_THREAD_CPUTIME_ID))
  }

  /// From this moment to now.
  func elapsed() -> Elapsed { since(self, .now()) }

  /// From this moment to now, where the next measurement begins.
  mutating func lap() -> Elapsed {
    let now = BenchmarkClock.now()
    defer { self = now }
    return since(self, now)
  }

  private func since(_ start: BenchmarkClock, _ end: BenchmarkClock) -> Elapsed {
    Elapsed(wall: end.wall - start.wall, cpu: end.cpu - start.cpu)
  }

  private static func milliseconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
  }
}

/// The middle value; of an even count the mean of the two in the middle; 0 of none.
func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { return 0 }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The medians of both clocks.
func median(_ values: [BenchmarkClock.Elapsed]) -> BenchmarkClock.Elapsed {
  BenchmarkClock.Elapsed(wall: median(values.map(\.wall)), cpu: median(values.map(\.cpu)))
}
