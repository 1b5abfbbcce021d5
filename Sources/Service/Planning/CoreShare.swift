import Foundation

/// What plans assume of the machine when several streams run on it: each stream's network has a core of its own, or where there
/// are fewer cores than streams, an equal share of one. Decoding and publishing take what a plan leaves free.
package struct CoreShare: Sendable, Equatable {
  package let streams: Int
  package let cores: Int

  /// Both 1 or more.
  package init(streams: Int, cores: Int = ProcessInfo.processInfo.activeProcessorCount) {
    self.streams = streams
    self.cores = cores
  }

  /// Of one core, for each stream; above 0, up to 1.
  package var share: Double { min(1, Double(cores) / Double(streams)) }
}

extension CoreShare: CustomStringConvertible {
  package var description: String {
    "\(streams) \(streams == 1 ? "stream" : "streams") on \(cores) \(cores == 1 ? "core" : "cores"): "
      + "plans count on \(String(format: "%.0f", share * 100)) % of a core for each"
  }
}
