internal import AdaSpot
internal import Foundation
internal import Timeline

extension BenchmarkSubject {
  /// What came of starting a process of this program.
  enum Start {
    /// Milliseconds from the start to the first frame's scores.
    case measured(Double)
    /// The network lies in no folder that another process could load.
    case withoutFolder
    /// A start gave no scores; why, in words.
    case failed(String)
  }

  private struct StartFailure: Error {
    let reason: String
  }

  /// The median over `rounds` starts, after one that brings the files into the cache. The first failure ends it.
  func start(rounds: Int) -> Start {
    guard let folder else { return .withoutFolder }
    var times: [Double] = []
    do throws(StartFailure) {
      for _ in 0...rounds { times.append(try Self.startOnce(folder)) }
    } catch {
      return .failed(error.reason)
    }
    return .measured(median(Array(times.dropFirst())))
  }

  private static func startOnce(_ folder: String) throws(StartFailure) -> Double {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["bench", "first-frame", "--model", folder]
    process.standardOutput = FileHandle.nullDevice
    let clock = BenchmarkClock.now()
    do {
      try process.run()
    } catch {
      throw StartFailure(
        reason: "\(process.executableURL?.path ?? "") cannot be started: \(error.localizedDescription)")
    }
    process.waitUntilExit()
    let time = clock.elapsed().wall
    guard process.terminationReason == .exit else {
      throw StartFailure(reason: "the process was ended by signal \(process.terminationStatus)")
    }
    guard process.terminationStatus == 0 else {
      throw StartFailure(reason: "the process ended with code \(process.terminationStatus)")
    }
    return time
  }

  /// Scores one frame as a live stream does, which asks for nothing after it.
  public func scoreFirstFrame() -> [Float] {
    let size = model.configuration.highResolution
    let picture = Picture(rows: size.rows, columns: size.columns)
    let stream = LiveStream(model, parameters: LiveParameters(driving: .eager(revise: 0, hop: 1), lookahead: 0))
    var scores: [Float] = []
    _ = stream.append(picture) { scores = Array($0.row($0.newest)) }
    return scores
  }
}
