import CKernels

#if canImport(Glibc)
  import Glibc
#endif

/// What the kernels may use of the CPU. The best one is in use from the start, unless the environment variable
/// `SPOT_ISA` names another (`portable`, `avx2`, `avx512`).
public enum InstructionSet: String, Sendable, CaseIterable {
  /// What every CPU of the architecture has (SSE2, NEON).
  case portable
  /// AVX2 and FMA.
  case avx2
  /// AVX-512 F, BW, VL and DQ.
  case avx512

  /// The best one that this CPU and this build offer.
  public static var best: InstructionSet { InstructionSet(spot_isa_best()) }

  /// The one in use.
  public static var current: InstructionSet { InstructionSet(spot_isa_current()) }

  /// Switches every kernel that the calling thread runs; false, and no change, where the CPU lacks it. For tests and
  /// benchmarks.
  public static func select(_ set: InstructionSet) -> Bool { spot_isa_select(set.native) }

  /// Ends what `select` began on the calling thread.
  public static func deselect() { spot_isa_deselect() }

  /// One line on why `SPOT_ISA` could not be followed; nil if it was, or is empty or not set. Ask at start.
  public static var environmentProblem: String? {
    guard let value = getenv("SPOT_ISA") else { return nil }
    let name = String(cString: value)
    return name.isEmpty ? nil : problem(requesting: name)
  }

  /// One line on why the kernels cannot use the instruction set of that name; nil if they can.
  package static func problem(requesting name: String) -> String? {
    guard let set = InstructionSet(rawValue: name) else {
      let names = allCases.map(\.rawValue).joined(separator: ", ")
      return "SPOT_ISA: unknown instruction set \"\(name)\", expected one of \(names)"
    }
    return spot_isa_available(set.native) ? nil : "SPOT_ISA: this CPU or build has no \(name)"
  }

  private init(_ native: spot_isa) {
    switch native {
    case SPOT_ISA_AVX2: self = .avx2
    case SPOT_ISA_AVX512: self = .avx512
    default: self = .portable
    }
  }

  private var native: spot_isa {
    switch self {
    case .portable: SPOT_ISA_PORTABLE
    case .avx2: SPOT_ISA_AVX2
    case .avx512: SPOT_ISA_AVX512
    }
  }
}
