internal import Foundation
internal import Glibc
internal import Tensors

/// What a figure was measured with: without it the figure says nothing.
public struct BenchmarkMachine: Encodable, Sendable {
  /// The CPU's name for itself.
  public let processor: String
  public let cores: Int
  /// The instruction set that our kernels use.
  public let instructionSet: String
  /// OpenBLAS' version, build options and the core type that it has chosen.
  public let blas: String
  /// Threads that compute; products never start more.
  public let threads: Int
  public let kernel: String
  /// Of spot itself.
  public let version: String
  /// The release of FFmpeg whose libraries decode; "unknown" in a process without them.
  public let libav: String
  /// Processes that wanted a core in the last minute, when the measurement began.
  public let load: Double

  public static func current(threads: Int = 1) -> BenchmarkMachine {
    var load = 0.0
    getloadavg(&load, 1)
    return BenchmarkMachine(
      processor: processorName, cores: ProcessInfo.processInfo.activeProcessorCount,
      instructionSet: InstructionSet.current.rawValue, blas: Kernels.blasDescription, threads: threads,
      kernel: kernelRelease, version: BuildInfo.version, libav: ProcessFacts.libavVersion ?? "unknown", load: load)
  }

  private static var processorName: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":", maxSplits: 1).last
    return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
  }

  private static var kernelRelease: String {
    let release = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
    return release.map { "Linux " + $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? "unknown"
  }

  enum CodingKeys: String, CodingKey {
    case processor, cores, blas, threads, kernel, version, libav, load
    case instructionSet = "instruction_set"
  }
}

extension BenchmarkMachine: CustomStringConvertible {
  public var description: String {
    """
    \(processor), \(cores) cores, load \(fixed(load, 1)), \(kernel)
    kernels: \(instructionSet), threads: \(threads), \(blas)
    spot \(version), FFmpeg \(libav)
    """
  }
}
