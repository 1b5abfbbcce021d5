import Simulation
import Video

/// An input that nobody has to send: `test:`, a simulated match, with options after a question mark as in `test:?seed=3&rate=50`.
struct TestInput: Sendable {
  private enum Option: String, CaseIterable {
    case seed, rate, frames, pace, noise, camera, light, cuts, replays
    case firstFrame = "first-frame"
    case ballScale = "ball-scale"
  }

  private enum Pace: String, CaseIterable { case realtime, free }

  private static let scheme = "test:"

  /// Which match; its size is the model's.
  private(set) var clip = ClipSettings()
  /// When the match ends; nil: never.
  private(set) var frames: Int?
  /// Plays at its own rate, as a camera would.
  private(set) var isRealtime = true
  let frameRate: Ratio

  static func isTest(_ input: String) -> Bool { input.hasPrefix(scheme) }

  /// - Parameter source: An input for which `isTest` holds.
  init(_ source: SettingValue) throws(ServiceError) {
    let rest = source.text.dropFirst(Self.scheme.count)
    guard rest.isEmpty || rest.first == "?" else {
      throw source.error("test: alone or with options, such as test:?seed=3&rate=50")
    }
    var given: [(Option, SettingValue)] = []
    for part in rest.dropFirst().split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let option = Option(rawValue: pair[0]) else {
        let names = Option.allCases.map(\.rawValue).joined(separator: ", ")
        throw source.refusal("test: has no option '\(pair[0].prefix(40))', only \(names)")
      }
      if given.contains(where: { $0.0 == option }) { throw source.refusal("test: gives '\(option.rawValue)' twice") }
      // Without a value it is an empty one, which no option takes.
      given.append(
        (option, SettingValue(text: pair.count == 2 ? pair[1] : "", origin: "\(source.origin): \(option.rawValue)")))
    }
    frameRate = try Self.rate(given, in: &clip)
    for (option, value) in given { try set(option, value) }
    // What a match cannot be made with is refused before anything is opened.
    let problem: String?
    do { problem = try clip.simulation(0).problem } catch { problem = "\(error)" }
    if let problem { throw source.refusal("test: \(problem)") }
  }

  private static func rate(
    _ given: [(Option, SettingValue)], in clip: inout ClipSettings
  ) throws(ServiceError) -> Ratio {
    let value = given.first { $0.0 == .rate }?.1
    if let value { clip.rate = value.text }
    do { return try clip.frameRate() } catch {
      throw value?.error("a number of frames a second such as 25 or 30000/1001") ?? error
    }
  }

  private mutating func set(_ option: Option, _ value: SettingValue) throws(ServiceError) {
    switch option {
    case .rate: break  // known by now
    case .seed:
      guard let seed = UInt64(value.text) else { throw value.error("a whole number from 0 to \(UInt64.max)") }
      clip.seed = seed
    case .frames: frames = try value.integer(1...ClipSettings.mostFrames)
    case .pace: isRealtime = try value.choice(of: Pace.self) == .realtime
    case .noise: clip.noise = try value.number(0...32)
    case .ballScale: clip.ballScale = try value.positiveNumber(upTo: 8)
    case .firstFrame: clip.start = .frame(try value.integer(0...1_000_000_000))
    case .camera: clip.movesCamera = try value.flag()
    case .light: clip.changesLight = try value.flag()
    case .cuts: clip.hasCuts = try value.flag()
    case .replays: clip.hasReplays = try value.flag()
    }
  }
}
